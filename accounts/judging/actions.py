"""What a PDF may not bring along: anything that acts, hides a file or reaches outside. Runs in the child."""

from __future__ import annotations

import pikepdf

from accounts.judging.verdict import Code, Refusal

# qpdf has undone #-escapes and object streams before these are compared. The values are keys of messages.ACTIVE.
FORBIDDEN_KEYS = {
    "/JS": "script",
    "/JavaScript": "script",
    "/AA": "script",
    "/EmbeddedFiles": "attachment",
    "/EF": "attachment",
    "/AF": "attachment",
    "/Collection": "attachment",
    "/XFA": "form",
    "/RichMediaContent": "media",
    "/RichMediaSettings": "media",
}
FORBIDDEN_ACTIONS = {
    "/JavaScript": "script",
    "/Launch": "program",
    "/GoToR": "outside",
    "/GoToE": "attachment",
    "/SubmitForm": "form",
    "/ImportData": "form",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
}
FORBIDDEN_ANNOTATIONS = {
    "/FileAttachment": "attachment",
    "/RichMedia": "media",
    "/Screen": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/3D": "media",
}
EXTERNAL_KEYS = ("/F", "/FFilter", "/FDecodeParms")
HARMLESS_OPENING = ("/GoTo", "/Named")
HARMLESS_SCHEMES = (b"http:", b"https:", b"mailto:", b"tel:")


def check_value(value: pikepdf.Object) -> None:
    """Refuse a dictionary or stream that can act."""
    if not isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key in value.keys():  # noqa: SIM118  # a stream is not iterated by its keys
        if key in FORBIDDEN_KEYS:
            raise Refusal(Code.ACTIVE_CONTENT, what=FORBIDDEN_KEYS[key])
    _check_name(value, "/S", FORBIDDEN_ACTIONS)
    _check_name(value, "/Subtype", FORBIDDEN_ANNOTATIONS)
    if isinstance(value, pikepdf.Stream) and any(key in value for key in EXTERNAL_KEYS):
        raise Refusal(Code.ACTIVE_CONTENT, what="outside")
    if value.get("/S") == "/URI":
        _check_link(value.get("/URI"))
    opening = value.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and (action := str(opening.get("/S", ""))) not in HARMLESS_OPENING:
        raise Refusal(Code.ACTIVE_CONTENT, what=FORBIDDEN_ACTIONS.get(action, "script"))


def _check_name(value: pikepdf.Object, key: str, forbidden: dict[str, str]) -> None:
    named = value.get(key)
    if isinstance(named, pikepdf.Name) and str(named) in forbidden:
        raise Refusal(Code.ACTIVE_CONTENT, what=forbidden[str(named)])


def _check_link(target: object) -> None:
    if not isinstance(target, pikepdf.String):
        raise Refusal(Code.ACTIVE_CONTENT, what="outside")
    address = bytes(target).strip().lower()
    # A relative address has no scheme before its first slash.
    if b":" in address.partition(b"/")[0] and not address.startswith(HARMLESS_SCHEMES):
        raise Refusal(Code.ACTIVE_CONTENT, what="script")
