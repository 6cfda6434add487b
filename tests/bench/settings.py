"""The bare view's settings: the portal's database and sessions, and no middleware but what a signed-in page needs."""

from portal.settings.embedded import *

ROOT_URLCONF = "tests.bench.bare"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # allauth refuses to start without it; it does next to nothing
]
