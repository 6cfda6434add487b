"""Routes of the gate, the documents and one's own page."""

from django.urls import path

from consent.views import documents, gate, me, receipts

urlpatterns = [
    path("terms/", documents.document, {"kind": "TERMS"}, name="terms"),
    path("privacy/", documents.document, {"kind": "PRIVACY"}, name="privacy"),
    path("zones/<slug:zone>/gate/", gate.gate, name="gate"),
    path("zones/<slug:zone>/gate/agreement/", gate.agreement, name="agreement"),
    path("zones/<slug:zone>/gate/informed-consent/", gate.informed_consent, name="informed-consent"),
    path("zones/<slug:zone>/gate/declined/", gate.declined, name="declined"),
    path("zones/<slug:zone>/gate/passed/", gate.passed, name="passed"),
    path("me/", me.me, name="me"),
    path("me/terms/", documents.accept, {"kind": "TERMS"}, name="terms-accept"),
    path("me/privacy/", documents.accept, {"kind": "PRIVACY"}, name="privacy-accept"),
    path("me/consents/<uuid:public_id>/", receipts.receipt, name="receipt"),
    path("me/consents/<uuid:public_id>/print/", receipts.receipt_print, name="receipt-print"),
    path("me/consents/<uuid:public_id>/receipt.json", receipts.receipt_file, name="receipt-file"),
    path("me/consents/<uuid:public_id>/withdraw/", receipts.withdraw, name="withdraw"),
    path("me/consents/<uuid:public_id>/withdrawn/", receipts.withdrawn, name="withdrawn"),
    path("me/export/", me.export, name="export"),
    path("me/erase/", me.erase, name="erase"),
    path("me/erase/back/<str:token>/", me.erasure_back, name="erasure-back"),
]
