"""A zone's landing: titles and public abstracts for everybody, links for those let in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import landing
from consent.gate import Step, standing
from consent.models import Agreement, AgreementVersion
from portal.localise import localised
from portal.models import Zone
from portal.names import phrases
from portal.templatetags.portal import duration


@require_safe
def zone(request: HttpRequest, zone: str) -> HttpResponse:
    """What is inside, what is asked before, and the way in."""
    place = request.zone  # type: ignore[attr-defined]
    if place is None:
        raise Http404
    context = {
        "phrases": phrases(localised(place, "name")),
        "articles": landing.articles_of(place),
        "tools": landing.tools_of(place),
        "plan": _plan(place),
        "plan_time": _("填写约 6 分钟，之后是人工审核"),
        "is_open_for_user": standing(request.user, place) == Step.OPEN,
        "gate_url": reverse("gate", kwargs={"zone": place.slug}),
    }
    return render(request, "portal/zone.html", context)


def _plan(place: Zone) -> list[dict[str, Any]]:
    """The steps before the zone opens, with what each asks."""
    plan = [
        {"title": _("身份认证协议"), "time": duration(1), "note": _("同意才能继续；拒绝不影响账号")},
        {"title": _("知情同意"), "time": duration(1), "note": _("只关乎一份调研，可以跳过")},
        {"title": _("完善信息"), "time": duration(2), "note": _("姓名、医院、科室、职称等，只问一次")},
        {"title": _("上传资质"), "time": duration(2), "note": _("执业证书与在职证明，手机拍照即可")},
        {"title": _("人工审核"), "time": _("时间因排队而异"), "note": _("有结果会通知您")},
    ]
    if AgreementVersion.objects.current(Agreement.Kind.INFORMED_CONSENT, place) is None:
        del plan[1]
    return plan
