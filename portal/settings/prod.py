"""Production: refuses to start without its secrets, and says which."""

import json

from portal import env
from portal.settings.base import *
from portal.settings.base import EMAIL_URL, SITE_URL

SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", [])
MASTER_KEYS = json.loads(env.text("MASTER_KEYS"))  # {"key id": base64 of 32 bytes}; the first one is used for new keys
RECORD_KEY = env.text("RECORD_KEY")
BLIND_INDEX_KEY = env.text("BLIND_INDEX_KEY")
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", []) or [env.text("ALLOWED_HOSTS")]
REQUIRED_CHECKS = env.words("REQUIRED_CHECKS", ["NAME", "REGISTER", "INSTITUTION", "VALIDITY"])

SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

if EMAIL_URL:
    from portal.mail import smtp_settings

    globals().update(smtp_settings(EMAIL_URL))
