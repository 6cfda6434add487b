"""The product's routes, and two that nobody listed among the doors."""

from django.http import HttpResponse
from django.urls import path

from portal.urls import handler400, handler403, handler404, handler500
from portal.urls import urlpatterns as shipped

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def new(request, zone=""):
    """Nothing stands here but that it was reached."""
    return HttpResponse("reached")


urlpatterns = [*shipped, path("new/", new, name="new"), path("zones/<slug:zone>/new/", new, name="new-in-zone")]
