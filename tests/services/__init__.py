"""Throw-away PostgreSQL, Redis and Celery: real processes on free ports, gone when the tests are.

`python -m tests.services CMD…` runs CMD with DATABASE_URL and REDIS_URL set. They run unprivileged: root hands
PostgreSQL and Redis to their own users. Nothing here is durable; tests of crashes that must keep data pass fsync="on".
"""
