"""For pytest: throw-away keys and folders, fast hashing, in-memory mail; PostgreSQL and Redis by environment."""

import atexit
import base64
import os
import shutil
import tempfile
from pathlib import Path

from portal.settings.base import *
from portal.settings.base import CACHES, CELERY, DATA_DIR, DATABASE_URL, MIDDLEWARE, REDIS_URL, database

_key = base64.b64encode(bytes(range(32))).decode()
if not os.environ.get("DATA_DIR"):
    DATA_DIR = Path(tempfile.mkdtemp(prefix="portal-test-"))
    atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
OUTBOX_DIR, EVIDENCE_DIR = DATA_DIR / "outbox", DATA_DIR / "evidence"
RECORD_HEADS = DATA_DIR / "record" / "heads.jsonl"
SECRET_KEY = "test-only-" + "x" * 50
MASTER_KEYS = {"t1": _key}
RECORD_KEY = _key
BLIND_INDEX_KEY = _key
METRICS_TOKEN = "test-metrics-token"  # noqa: S105

_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), DATA_DIR / "portal.sqlite3")}
if not DATABASE_URL:  # a file, as in the embedded default: WAL and its locks are what is tested, not shared memory
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
if REDIS_URL:  # each pytest worker has its own two databases in Redis: clearing a cache leaves every queue alone
    _server, _number = REDIS_URL.rsplit("/", 1)[0], 2 * int(_worker.removeprefix("gw"))
    CELERY["broker_url"], CACHES["default"]["LOCATION"] = f"{_server}/{_number}", f"{_server}/{_number + 1}"
MIDDLEWARE = [  # as everywhere, but the static files are looked up once
    "tests.served_static.SharedStaticMiddleware" if "whitenoise" in name else name for name in MIDDLEWARE
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
SITE_URL = "http://testserver"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment]  # limits have their own tests, which set them
