"""For pytest: throw-away keys and folders, fast hashing, in-memory mail; PostgreSQL and Redis by environment."""

import base64
import os
import tempfile
from pathlib import Path

from portal.settings.base import *
from portal.settings.base import database

_key = base64.b64encode(bytes(range(32))).decode()
DATA_DIR = Path(os.environ.get("DATA_DIR") or tempfile.mkdtemp(prefix="portal-test-"))
OUTBOX_DIR, EVIDENCE_DIR, STATIC_ROOT = DATA_DIR / "outbox", DATA_DIR / "evidence", DATA_DIR / "static"
SECRET_KEY = "test-only-" + "x" * 50
MASTER_KEYS = {"t1": _key}
RECORD_KEY = _key
BLIND_INDEX_KEY = _key
METRICS_TOKEN = "test-metrics-token"

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), DATA_DIR / "portal.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
SITE_URL = "http://testserver"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
ACCOUNT_RATE_LIMITS = False  # tests/accounts/test_limits.py turns them on again
