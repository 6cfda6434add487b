"""PDFs: the structure judged by qpdf within its limits, written anew, then drawn page by page. Runs in the child."""

from __future__ import annotations

from io import BytesIO

import pikepdf
from pikepdf import settings
from PIL import Image

from accounts.judging.actions import check_value
from accounts.judging.images import Page, check_size
from accounts.judging.raster import draw
from accounts.judging.streams import MAX_STREAM, measure
from accounts.judging.verdict import MAX_PAGES, MAX_POINTS, Code, Refusal

MAX_OBJECTS = 60_000
MAX_VALUES = 600_000
MAX_DEPTH = 60
MAX_UNPACKED = 512 * 1024 * 1024
MAX_ONE_BIT_PIXELS = 160_000_000
MIN_POINTS = 8
ZIP_END = b"PK\x05\x06"

settings.set_qpdf_limits(
    flate_max_memory=MAX_STREAM,
    run_length_max_memory=MAX_STREAM,
    png_max_memory=MAX_STREAM,
    tiff_max_memory=MAX_STREAM,
    dct_max_memory=MAX_STREAM,
    max_stream_filters=4,
    parser_max_container_size=500_000,
)


def pages(data: bytes) -> list[Page]:
    """Judge a PDF and return its pages as pictures."""
    check_ends(data)
    try:
        with pikepdf.open(BytesIO(data)) as pdf:
            check_document(pdf)
            # Seals of electronic licences are form fields; drawn into the page they need no form engine.
            pdf.flatten_annotations("screen")
            # PDFium gets what qpdf understood, not what was sent: the two cannot read different files. Encryption
            # by an owner password alone is gone with it.
            plain = BytesIO()
            pdf.save(plain, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    except pikepdf.PasswordError as error:
        raise Refusal(Code.ENCRYPTED) from error
    return draw(plain.getvalue())


def check_ends(data: bytes) -> None:
    """Refuse a file that is also something else: an archive at its end, anything after the end mark."""
    start = len(data)
    while (start := data.rfind(ZIP_END, max(0, len(data) - 65_600), start)) >= 0:
        comment = int.from_bytes(data[start + 20 : start + 22], "little")
        if start + 22 + comment == len(data):
            raise Refusal(Code.POLYGLOT)
    tail = data[data.rfind(b"%%EOF") + 5 :] if b"%%EOF" in data else b""
    if tail.strip(b" \t\r\n\f\0\x1a"):
        raise Refusal(Code.POLYGLOT)


def check_document(pdf: pikepdf.Pdf) -> None:
    """Walk everything the file holds, in object streams too, and refuse at the first reason."""
    if len(pdf.objects) > MAX_OBJECTS:
        raise Refusal(Code.TOO_MANY_PAGES if len(pdf.pages) > MAX_PAGES else Code.TOO_COMPLEX)
    count = len(pdf.pages)
    if not count:
        raise Refusal(Code.BROKEN)
    if count > MAX_PAGES:
        raise Refusal(Code.TOO_MANY_PAGES, pages=count)
    for number, page in enumerate(pdf.pages, start=1):
        _check_page(page, number)
    _walk(pdf)
    if any("nest" in str(warning) for warning in pdf.get_warnings()):
        raise Refusal(Code.TOO_COMPLEX)


def _walk(pdf: pikepdf.Pdf) -> None:
    values = unpacked = 0
    for top in (pdf.trailer, *pdf.objects):
        waiting = [(top, 0)] if isinstance(top, pikepdf.Object) else []
        while waiting:
            value, depth = waiting.pop()
            children = _children(value)
            check_value(value)
            if isinstance(value, pikepdf.Stream):
                unpacked += _check_stream(value)
            values += len(children) + 1
            if depth > MAX_DEPTH or values > MAX_VALUES or unpacked > MAX_UNPACKED:
                raise Refusal(Code.TOO_COMPLEX)
            waiting += [(child, depth + 1) for child in children if not child.is_indirect]


def _children(value: pikepdf.Object) -> list[pikepdf.Object]:
    """Containers directly inside; indirect ones are walked by themselves."""
    if isinstance(value, pikepdf.Array):
        inside = list(value)
    elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        inside = [item for _, item in value.items()]
    else:
        return []
    return [item for item in inside if isinstance(item, pikepdf.Array | pikepdf.Dictionary | pikepdf.Stream)]


def _check_stream(stream: pikepdf.Stream) -> int:
    """Check a stream's decoded size, and a picture's pixels by what it declares and by its own header."""
    filters = [str(name) for name in _listed(stream.get("/Filter"))]
    largest, picture, left = measure(stream.read_raw_bytes(), filters)
    if largest > MAX_STREAM:
        raise Refusal(Code.TOO_COMPLEX)
    if stream.get("/Subtype") == "/Image":
        _check_picture(int(stream.get("/Width", 1)), int(stream.get("/Height", 1)), _is_one_bit(stream, picture))
    for parms in _listed(stream.get("/DecodeParms")):
        if isinstance(parms, pikepdf.Dictionary):
            _check_picture(int(parms.get("/Columns", 1)), int(parms.get("/Rows", 1)), is_one_bit=True)
    if picture in ("/DCTDecode", "/JPXDecode"):
        check_size(*_header_size(left))
    return largest


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _is_one_bit(stream: pikepdf.Stream, picture: str) -> bool:
    return (
        picture in ("/CCITTFaxDecode", "/JBIG2Decode")
        or bool(stream.get("/ImageMask", False))
        or (stream.get("/BitsPerComponent") == 1 and stream.get("/ColorSpace") == "/DeviceGray")
    )


def _check_picture(width: int, height: int, is_one_bit: bool) -> None:
    # A fax-like scan at 1,200 dpi has 140 Mpx and needs 17 MB: those may be larger than what is decoded to colours.
    if not is_one_bit:
        check_size(max(width, 1), max(height, 1))
    elif width * height > MAX_ONE_BIT_PIXELS or max(width, height) > 30_000:
        raise Refusal(Code.TOO_MANY_PIXELS, width=width, height=height)


def _header_size(data: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(data), formats=["JPEG", "JPEG2000"]) as image:
        return image.size


def _check_page(page: pikepdf.Page, number: int) -> None:
    unit = float(page.obj.get("/UserUnit", 1))
    for box in (page.mediabox, page.cropbox):
        left, bottom, right, top = (float(edge) for edge in box)
        for side in (abs(right - left) * unit, abs(top - bottom) * unit):
            if not MIN_POINTS <= side <= MAX_POINTS:
                raise Refusal(Code.PAGE_SIZE, page=number)
