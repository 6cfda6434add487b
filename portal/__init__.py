"""The site, and the ground every app stands on.

Owns: settings, urls, zones, guarded moves (workflow.py), the outbox (outbox.py), the sealed record
(record.py), keys (keys.py), text cleaning (text.py), idempotent posts (idempotency.py).
Refuses: to know any other app; only urls.py, settings/ and celery.py see them all.
Start at workflow.py: every state change of the product goes through it.
"""
