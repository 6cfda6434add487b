"""Agreements, consent records, and the gate that judges.

Owns: what people were shown and what they answered (append-only), standing() and the doors.
Refuses: any change to a published text or a given consent; exceptions deny.
Start at gate.py (who may go where) and doors.py (the list of open doors).
"""
