"""Routes of the gate, the documents and one's own page."""

from django.urls import path

from consent.views import documents, gate, me

urlpatterns = [
    path("terms/", documents.document, {"kind": "TERMS"}, name="terms"),
    path("privacy/", documents.document, {"kind": "PRIVACY"}, name="privacy"),
    path("zones/<slug:zone>/gate/", gate.gate, name="gate"),
    path("zones/<slug:zone>/gate/agreement/", gate.agreement, name="agreement"),
    path("zones/<slug:zone>/gate/informed-consent/", gate.informed_consent, name="informed-consent"),
    path("zones/<slug:zone>/gate/declined/", gate.declined, name="declined"),
    path("zones/<slug:zone>/gate/passed/", gate.passed, name="passed"),
    path("me/", me.me, name="me"),
    path("me/consents/<uuid:public_id>/", me.receipt, name="receipt"),
    path("me/consents/<uuid:public_id>/withdraw/", me.withdraw, name="withdraw"),
    path("me/export/", me.export, name="export"),
    path("me/erase/", me.erase, name="erase"),
]
