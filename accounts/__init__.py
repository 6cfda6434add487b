"""People: users and sign-in, questions and answers, verification cases, evidence files, the review desk.

Owns every fact about who somebody is and what was decided of it; only accounts reads evidence.
Refuses: to decide who may read what (consent/gate.py does).
Start at models/verification.py: only its named methods change a case's status.
"""
