"""True everywhere. What differs is in dev.py, test.py, embedded.py (make run) and prod.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal import env
from portal.settings.people import *

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = env.directory("DATA_DIR", BASE_DIR / "var")

DEBUG = False
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SITE_NAME_ZH, SITE_NAME_EN = env.text("SITE_NAME", "医学专区"), env.text("SITE_NAME_EN", "Medical Zones")
OPERATOR_ZH = env.text("OPERATOR", "本平台运营者")
OPERATOR_EN = env.text("OPERATOR_EN", "the operator of this platform")
CONTACT_EMAIL = env.text("CONTACT_EMAIL", "privacy@example.org")
JURISDICTION = env.text("JURISDICTION", "CN")  # where the data lie and whose law holds, as consent receipts say it
SITE_URL = env.text("SITE_URL", f"http://localhost:{env.number('PORT', 8000)}")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

INSTALLED_APPS = [
    "portal.apps.DeskConfig",  # Django's admin on our own site, which asks for a second factor
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.forms",  # its widgets can be drawn by our own templates
    "crispy_forms",
    "django_htmx",
    "django_prose_editor",
    "csp",
    "portal.apps.PortalConfig",
    "accounts.apps.AccountsConfig",
    "consent.apps.ConsentConfig",
    "articles.apps.ArticlesConfig",
    "strategy.apps.StrategyConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.PrivateHeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.LanguageMiddleware",
    # The gate stands before everything that could answer by itself (slash redirects, fallbacks).
    "consent.middleware.GateMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.RefusalMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "crispy_portal"
CRISPY_FAIL_SILENTLY = False

# Databases: SQLite in the embedded default, PostgreSQL by DATABASE_URL; one code path.
DATABASE_URL = env.text("DATABASE_URL", "")


def database(url: str, sqlite_name: Path | str) -> dict[str, Any]:
    """Return the DATABASES entry of a PostgreSQL URL, or of the embedded SQLite file."""
    if url:
        entry: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
        entry["OPTIONS"] = {**entry.get("OPTIONS", {}), "options": "-c lock_timeout=5s -c statement_timeout=20s"}
        return entry
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": sqlite_name,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            " PRAGMA recursive_triggers=ON; PRAGMA secure_delete=ON;",
        },
    }


DATABASES = {"default": database(DATABASE_URL, DATA_DIR / "portal.sqlite3")}

# The cache holds rate limits, so it is shared by all workers: the database, or Redis by REDIS_URL.
REDIS_URL = env.text("REDIS_URL", "")
if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

CELERY = {
    "broker_url": REDIS_URL or "memory://",
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_max_tasks_per_child": 500,
    "task_time_limit": 300,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {"visibility_timeout": 3600, "socket_timeout": 5, "max_retries": 1},
    "beat_schedule": {
        "drain-notices": {"task": "portal.tasks.drain_notices", "schedule": 15.0},
        "sweep": {"task": "portal.tasks.sweep", "schedule": 60.0},
        "seal-record": {"task": "portal.tasks.seal_record", "schedule": 10.0},
    },
}

# Comments of one person: so many in the window.
COMMENT_LIMIT, COMMENT_WINDOW_SECONDS = env.number("LIMIT_COMMENTS", 10), 600
REPORT_LIMIT = env.number("LIMIT_REPORTS", 20)  # reports of comments, in the same window
COMMENT_REPORTS_HOLD = env.number("COMMENT_REPORTS_HOLD", 3)  # so many reports hold a comment until it is judged
MODERATION_DIGEST_MINUTES = env.number("MODERATION_DIGEST_MINUTES", 15)  # what waits is gathered so long, then told
MFA_TOTP_ISSUER = SITE_NAME_EN  # people.py says the rest of signing in

# Messages to people: files under DATA_DIR/outbox unless a mail server or an SMS sender is named.
OUTBOX_DIR = DATA_DIR / "outbox"
EMAIL_URL = env.text("EMAIL_URL", "")
DEFAULT_FROM_EMAIL = env.text("FROM_EMAIL", "portal@example.org")
EMAIL_BACKEND = "portal.mail.FileBackend"
EMAIL_TIMEOUT = 15
SMS_BACKEND = env.text("SMS_BACKEND", "portal.sms.FileBackend")

# Evidence
EVIDENCE_DIR = DATA_DIR / "evidence"
EVIDENCE_MAX_FILES, EVIDENCE_MAX_BYTES = 5, 10 * 1024 * 1024
EVIDENCE_STORED_FILES = env.number("EVIDENCE_STORED_FILES", 20)  # of one person
EVIDENCE_STORED_BYTES = env.number("EVIDENCE_STORED_MIB", 60) * 1024 * 1024
# No new files when the volume is so full and less than the reserve is left.
EVIDENCE_DISK_PERCENT = env.number("EVIDENCE_DISK_PERCENT", 85)
EVIDENCE_DISK_RESERVE = env.number("EVIDENCE_DISK_RESERVE_MIB", 2048) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS, DATA_UPLOAD_MAX_NUMBER_FILES = 500, 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 11 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["accounts.uploads.CappedUploadHandler"]
CLAIM_MINUTES = env.number("CLAIM_MINUTES", 15)
REVIEW_TARGET_HOURS = env.number("REVIEW_TARGET_HOURS", 24)  # a case that waits longer is late
REGISTER_URL = env.text("REGISTER_URL", "https://zwfw.nhc.gov.cn/")  # the official register; opened, never called
# What must be answered before approving: NAME, REGISTER, INSTITUTION, VALIDITY. None in the demo: it has no register.
REQUIRED_CHECKS = env.words("REQUIRED_CHECKS", [])
# Whose decision a second reviewer must confirm: off | final | refusals | approvals | all.
SECOND_PAIR_OF_EYES = env.choice("SECOND_PAIR_OF_EYES", "off", ("off", "final", "refusals", "approvals", "all"))
# The key of a person's evidence is destroyed so long after the case is closed; refused for good is closed when the
# appeal has run out.
EVIDENCE_KEY_DAYS, APPEAL_DAYS = env.number("EVIDENCE_KEY_DAYS", 30), env.number("APPEAL_DAYS", 30)
MASTER_KEYS_FILE: Path | None = None  # where keys are added while the portal serves; the embedded default only

# Language and time
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "zh-hans", "Asia/Shanghai", True
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = "language", True, "Lax"

# Static files: served from the source folders, each address carrying its content's hash.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = None  # nothing is collected
STATICFILES_FINDERS = [
    "portal.sheets.SheetFinder",  # first: what it puts together has the name that pages ask for
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS, WHITENOISE_AUTOREFRESH = True, False
WHITENOISE_MAX_AGE = 31536000
STORAGES = {
    "default": {"BACKEND": "portal.storage.NoStorage"},
    "staticfiles": {"BACKEND": "portal.storage.VersionedStaticFilesStorage"},
}

# Browser-side rules
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_HTTPONLY, SESSION_COOKIE_SAMESITE, SESSION_COOKIE_AGE = True, "Lax", 14 * 24 * 3600
CSRF_COOKIE_SAMESITE, CSRF_FAILURE_VIEW = "Lax", "portal.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF, SECURE_REFERRER_POLICY, X_FRAME_OPTIONS = True, "same-origin", "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
USE_X_FORWARDED_HOST = False

# The record's signing key is derived from RECORD_KEY; another seed and the public keys before it are for rotation.
RECORD_SIGNING_KEY = env.text("RECORD_SIGNING_KEY", "")  # base64 of 32 bytes
RECORD_PUBLIC_KEYS = env.words("RECORD_PUBLIC_KEYS", [])  # base64 of 32 bytes each, of signing keys used before
RECORD_HEADS = DATA_DIR / "record" / "heads.jsonl"  # every signed tree head, one a line, outside the database

METRICS_TOKEN = env.text("METRICS_TOKEN", "")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.security.csrf": {"level": "ERROR"},
        "fontTools": {"level": "WARNING"},
    },
}
DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
