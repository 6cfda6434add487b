"""Posts that must not happen twice: the same key gives the same answer, with another body 409.

The key's row, the act and the answer are one transaction: a second post of the same key waits for the first on the
unique constraint, then gets its answer. A refusal (4xx) stores nothing: what was typed may be sent again.
A stored redirect is repeated; a stored page is answered by a redirect to its own address.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from portal.models import StoredAnswer

IGNORED = {"csrfmiddlewaretoken", "idempotency_key"}


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Honour an optional hidden field idempotency_key on this view's posts by signed-in people."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get("idempotency_key", "") if request.method == "POST" else ""
        if not key or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        key, body_hash = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest(), _body_hash(request)
        try:
            with transaction.atomic():
                row = StoredAnswer.objects.create(person_id=request.user.pk, key=key, body_hash=body_hash)
                response = view(request, *args, **kwargs)
                if response.status_code < 400:
                    location = response.url if isinstance(response, HttpResponseRedirect) else request.path
                    StoredAnswer.objects.filter(pk=row.pk).update(code=response.status_code, location=location)
                else:
                    transaction.set_rollback(True)
                return response
        except IntegrityError:
            stored = StoredAnswer.objects.filter(person_id=request.user.pk, key=key).first()
            if stored is None:  # not ours: the act itself broke a constraint
                raise
        if stored.body_hash != body_hash:
            context = {"reason": _("这次提交与先前用同一编号提交的内容不同，未作任何更改。请刷新页面后重试。")}
            return render(request, "409.html", context, status=409)
        return HttpResponseRedirect(stored.location)

    return guarded


def _body_hash(request: HttpRequest) -> str:
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in IGNORED)
    files = [(name, file.name, _file_hash(file)) for name, files in request.FILES.lists() for file in files]
    return hashlib.sha256(repr((request.path, fields, sorted(files))).encode("utf-8", "replace")).hexdigest()


def _file_hash(file: Any) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
