"""What a post to the tool must be before anything of it is read: a whole form. Else it would pass for an empty one.

Django reads a body of another type, or a broken one, as a form without fields; here that is a patient of whom nothing
is known, and an answer. Nothing at all is what a form sends in which nothing was chosen, and is answered as one.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest
from django.utils.translation import gettext as _

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


class NoForm(ValueError):
    """The body is no form of ours; the message is for the reader, `status` for the answer."""

    def __init__(self, message: str, status: HTTPStatus) -> None:
        super().__init__(message)
        self.status = status


def check_body(request: HttpRequest) -> None:
    """NoForm for another content type (415) or a multipart body that breaks off (400).

    Must come before anything asks for `request.POST`.
    """
    kind = request.content_type or ""
    if not kind and not request.body:
        return
    if kind not in (FORM, MULTIPART):
        raise NoForm(_("只接受表单提交，未作任何计算。"), HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if kind == MULTIPART and not _is_whole(request.body, (request.content_params or {}).get("boundary", "")):
        raise NoForm(_("提交的内容不完整，未作任何计算。请重试。"), HTTPStatus.BAD_REQUEST)


def _is_whole(body: bytes, boundary: str) -> bool:
    """Whether the body begins with its boundary and ends with the closing one, as every browser sends it."""
    mark = b"--" + boundary.encode("latin-1", "replace")
    return bool(boundary) and body.startswith(mark) and body.rstrip().endswith(mark + b"--")
