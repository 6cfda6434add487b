"""Every route of the product. What is not listed in consent/doors.py is behind its zone's gate."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from portal import health, views

handler400, handler403, handler404, handler500 = (
    "portal.errors.bad_request",
    "portal.errors.forbidden",
    "portal.errors.not_found",
    "portal.errors.server_error",
)
handler429 = "portal.errors.too_many"  # allauth's name

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.language, name="language"),
    path("favicon.ico", RedirectView.as_view(url="/static/icon.svg", permanent=True), name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path("styleguide/", views.styleguide, name="styleguide"),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("metrics", health.metrics, name="metrics"),
    path("record/keys.json", views.record_keys, name="record-keys"),
    path("record/verify_receipt.py", views.record_verifier, name="record-verifier"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("consent.urls")),
    path("", include("articles.urls")),
    path("zones/<slug:zone>/strategy/", include("strategy.urls")),
]
