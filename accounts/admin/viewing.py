"""One page of evidence, large: zoomed and turned by links, so that it works without a script too."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.admin import material
from accounts.admin.access import DECIDE, holder_of, reviewable
from accounts.comparing import changes_since

ZOOMS, TURNS = (1, 2, 3, 4), (0, 1, 2, 3)


@require_safe
def page(request: HttpRequest, pk: int, public_id: Any, number: int) -> HttpResponse:
    """Show the page to who holds the case; ?zoom=1…4, ?turn=0…3 quarters to the right. The picture records the view."""
    case = reviewable(request, pk)
    held = holder_of(case, timezone.now())
    if held is None or held.reviewer_id != request.user.pk:
        return redirect(DECIDE, pk)
    changes = changes_since(case.current)
    pages = material.pages_now(case, changes) + material.pages_gone(case, changes)
    address = request.path
    at = next((index for index, row in enumerate(pages) if row.bigger == address), None)
    if at is None:
        raise Http404
    zoom, turn = _one_of(request, "zoom", ZOOMS), _one_of(request, "turn", TURNS)
    context = {
        "title": _("%(case)s 的证据") % {"case": case.case_number},
        "case": case,
        "page": pages[at],
        "number": at + 1,
        "count": len(pages),
        "before": pages[at - 1] if at else None,
        "after": pages[at + 1] if at + 1 < len(pages) else None,
        "zoom": zoom,
        "turn": turn,
        "larger": min(zoom + 1, ZOOMS[-1]),
        "smaller": max(zoom - 1, ZOOMS[0]),
        "turned": (turn + 1) % len(TURNS),
        "percent": zoom * 100,
    }
    return render(request, "admin/accounts/verification/page.html", context)


def _one_of(request: HttpRequest, name: str, known: tuple[int, ...]) -> int:
    text = request.GET.get(name, "")
    return int(text) if text in {str(value) for value in known} else known[0]
