"""What `make run` serves: DEBUG off, SQLite, keys and messages as files under DATA_DIR, no question asked."""

from django.core.exceptions import ImproperlyConfigured

from portal.keyfiles import load_or_create
from portal.settings.base import *
from portal.settings.base import DATA_DIR

try:
    _keys = load_or_create(DATA_DIR / "keys")
except OSError as error:
    raise ImproperlyConfigured(f"DATA_DIR {DATA_DIR} cannot be used: {error.strerror}.") from error
SECRET_KEY = _keys.secret_key
MASTER_KEYS, MASTER_KEYS_FILE = _keys.master_keys, DATA_DIR / "keys" / "master_keys.json"
RECORD_KEY = _keys.record_key
BLIND_INDEX_KEY = _keys.blind_index_key

MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http://localhost only; browsers refuse passkeys elsewhere without TLS
