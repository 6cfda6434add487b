"""Routes of the tool, under zones/<slug:zone>/strategy/."""

from django.urls import path

from strategy import certificate, resting, views

urlpatterns = [
    path("", views.ruleset_list, name="strategy-list"),
    path("<slug:ruleset>/", views.tool, name="strategy"),
    path("<slug:ruleset>/sentences/", resting.sentences, name="strategy-sentences"),
    path("<slug:ruleset>/certificate/", certificate.certificate, name="strategy-certificate"),
]
