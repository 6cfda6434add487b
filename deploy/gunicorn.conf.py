"""Gunicorn, for `manage.py serve` and for production alike. Read by `gunicorn --config deploy/gunicorn.conf.py`."""

import os
from pathlib import Path

wsgi_app = "portal.wsgi:application"
bind = os.environ.get("BIND", "127.0.0.1:8000").split()
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # Django is imported once; the workers share its memory

# A hung request takes its worker down after `timeout`; judging five large photographs must fit.
timeout = 60
graceful_timeout = 20
keepalive = 5
# Memory that leaks somewhere in a native library never adds up; the jitter keeps two workers from leaving together.
max_requests, max_requests_jitter = 20000, 2000

# Addresses of the portal are short; a search is a line of text.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# By default a client on this machine could name another SCRIPT_NAME by a header of that name.
forwarder_headers = ""

# The heartbeat file lives in memory where there is such a place: a slow disk must not look like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True  # it would be one socket for every instance of this user

# The address of a page, never its query string, nor who asked: no personal data and nothing a reader typed.
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"
errorlog = "-"
loglevel = "warning"
