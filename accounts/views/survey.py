"""收集问题: the zone's own questions, where the informed consent stands."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.answers import save_survey
from accounts.models import QuestionSet
from accounts.questions import QuestionForm
from portal.idempotency import once


@require_http_methods(["GET", "HEAD", "POST"])
@once
def survey(request: HttpRequest, zone: str) -> HttpResponse:
    """Ask once; every question gets its row, so that the way goes on whatever was left blank."""
    place = request.zone  # type: ignore[attr-defined]
    question_set = QuestionSet.objects.current_survey(place)
    if question_set is None:
        raise Http404
    form = QuestionForm(question_set, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "accounts/survey.html", {"form": form})
    if not form.is_valid():
        return render(request, "accounts/survey.html", {"form": form}, status=422)
    save_survey(request.user, place, question_set, form.answers(), at=timezone.now())  # type: ignore[arg-type]
    return redirect("gate", zone=zone)
