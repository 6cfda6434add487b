"""`make bench`: the gated article page against a bare signed-in Django view, both measured in one run.

Ratios of CPU time, because requests per second swing with whatever else the machine does. The bare view is the least
that a signed-in Django page can cost: session and user from the database, 60 KB from memory, under the same gunicorn.
"""
