"""Routes of the applicant's pages and of the evidence."""

from django.urls import path

from accounts.views import evidence, notices, profile, survey, waiting

urlpatterns = [
    path("zones/<slug:zone>/gate/profile/", profile.profile, name="profile"),
    path("zones/<slug:zone>/gate/survey/", survey.survey, name="survey"),
    path("zones/<slug:zone>/gate/evidence/", evidence.evidence, name="evidence"),
    path("zones/<slug:zone>/gate/evidence/<uuid:public_id>/discard/", evidence.discard, name="evidence-discard"),
    path("zones/<slug:zone>/gate/pending/", waiting.pending, name="pending"),
    path("zones/<slug:zone>/gate/rejected/", waiting.rejected, name="rejected"),
    path("zones/<slug:zone>/gate/expired/", waiting.expired, name="expired"),
    path("zones/<slug:zone>/gate/revoked/", waiting.revoked, name="revoked"),
    path("me/notices/", notices.notices, name="notices"),
    path("evidence/<uuid:public_id>/", evidence.file, name="evidence-file"),
]
