"""Routes of accounts."""

from django.urls import URLPattern, path  # noqa: F401

urlpatterns: list[URLPattern] = []
