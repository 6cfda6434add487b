"""The bare signed-in view that everything else is measured against."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"x" * 61440


def page(request: HttpRequest) -> HttpResponse:
    """60 KB for whoever is signed in."""
    return HttpResponse(BODY, status=200 if request.user.is_authenticated else 403)


urlpatterns = [path("bare/", page)]
