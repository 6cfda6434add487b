"""Hostile uploads 01-54 and benign controls B1-B7, made on the spot: none is stored, each carries a canary.

`CASES` maps a number to a Case whose `make()` gives (file name, bytes); `answer` is the code of the refusal, or None
where the file is accepted with its payload gone. PDFs are in hostile_pdfs; importing this module registers them too.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from zipfile import ZipFile

from PIL import Image, ImageDraw, PngImagePlugin

from accounts.judging import MAX_BYTES, Code

Made = tuple[str, bytes]


@dataclass(frozen=True)
class Case:
    """One upload: what it is, how to make it, what must be answered."""

    number: str
    title: str
    make: Callable[[], Made]
    answer: Code | None


CASES: dict[str, Case] = {}


def case(number: str, title: str, answer: Code | None) -> Callable[[Callable[[], Made]], Callable[[], Made]]:
    """Register a generator under its number."""

    def register(make: Callable[[], Made]) -> Callable[[], Made]:
        CASES[number] = Case(number, title, cache(make), answer)
        return make

    return register


def canary(number: str) -> bytes:
    """A string that must be found nowhere in what is kept."""
    return f"CANARY-{number}-4f1c".encode()


def picture(size: tuple[int, int] = (320, 200), mode: str = "RGB") -> Image.Image:
    """A white page with a red square in its lower left corner and a blue stroke."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, size[1] - 60, 60, size[1]), fill="red")
    draw.line((80, 20, size[0] - 20, 20), fill="blue", width=5)
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    return saved(picture(), "JPEG", **options)


def png() -> bytes:
    return saved(picture(), "PNG")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, pixels: bytes, *extra: bytes, depth: int = 1, colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = (chunk(b"IHDR", header), *extra, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def zeros(mebibytes: int) -> bytes:
    """A zlib stream of so many MiB of zeros, made by repeating one block: half a megabyte for 512 MiB, at once."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = machine.compress(bytes(1024 * 1024)) + machine.flush(zlib.Z_FULL_FLUSH)
    total = mebibytes * 1024 * 1024
    return b"\x78\x9c" + block * mebibytes + b"\x03\x00" + struct.pack(">I", (total % 65521) << 16 | 1)


def archive(name: str, body: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as made:
        made.writestr(name, body)
    return out.getvalue()


def after_start(data: bytes, marker: int, body: bytes) -> bytes:
    """The JPEG with one more segment right after its start."""
    return data[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body + data[2:]


HTML = b"<!DOCTYPE html><script>alert('%s')</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert('%s')</script></svg>"


@case("01", "HTML named .png", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    return "a.png", HTML % canary("01")


@case("02", "GIF89a with PHP", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    return "a.gif", saved(picture(mode="P"), "GIF") + b"<?php echo '%s';?>" % canary("02")


@case("03", "SVG with script", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    return "a.svg", SVG % canary("03")


@case("04", "SVG named .png", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    return "a.png", b"<?xml version='1.0'?>\n" + SVG % canary("04")


@case("05", "program named .pdf", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    return "a.pdf", b"MZ\x90\x00" + canary("05") * 20


@case("06", "macro ZIP with a climbing entry, named .pdf", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    return "a.pdf", archive("../../word/vbaProject.bin", canary("06"))


@case("07", "PNG named .pdf", Code.NAME_MISMATCH)
def _() -> Made:
    return "a.pdf", png()


@case("09", "empty file", Code.EMPTY)
def _() -> Made:
    return "a.jpg", b""


@case("10", "EPS named .jpg", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    return "a.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%touch " + canary("10") + b") (w) file\n"


@case("11", "FITS of 40 Gpx named .png", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2"]
    cards += ["NAXIS1  =               200000", "NAXIS2  =               200000", f"OBJECT  = {canary('11').decode()}"]
    return "a.png", "".join(card.ljust(80) for card in (*cards, "END")).ljust(2880).encode()


@case("12", "TIFF named .jpg", Code.NOT_ALLOWED_TYPE)
def _() -> Made:
    return "a.jpg", saved(picture(), "TIFF")


@case("13", "JPEG that is also a ZIP", None)
def _() -> Made:
    return "a.jpg", jpeg() + archive("evil.jsp", canary("13"))


@case("14", "JPEG with an HTML comment", None)
def _() -> Made:
    return "a.jpg", jpeg(comment=b"--><script>" + canary("14"))


@case("15", "PNG with PHP in its text and its tail", None)
def _() -> Made:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<?php " + canary("15").decode())
    return "a.png", saved(picture(), "PNG", pnginfo=info) + b"<?php " + canary("15")


@case("18", "JPEG that is JavaScript", None)
def _() -> Made:
    return "a.jpg", after_start(jpeg(), 0xE1, b"*/=alert('" + canary("18") + b"')/*") + b"*/"


@case("19", "PNG header of 50,000 squared", Code.TOO_MANY_PIXELS)
def _() -> Made:
    return "a.png", png_of(50_000, 50_000, zlib.compress(canary("19")))


@case("20", "PNG of 108 Mpx", Code.TOO_MANY_PIXELS)
def _() -> Made:
    return "a.png", png_of(12_000, 9_000, zlib.compress(bytes(9_000 * 1_501)))


@case("21", "JPEG frame of 65,500 squared", Code.TOO_MANY_PIXELS)
def _() -> Made:
    data = bytearray(jpeg())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 65_500, 65_500)
    return "a.jpg", bytes(data)


@case("22", "animated PNG of 1,000,000 frames", Code.ANIMATED)
def _() -> Made:
    control = chunk(b"acTL", struct.pack(">II", 1_000_000, 0))
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 8, 8, 0, 0, 1, 1, 0, 0))
    return "a.png", png_of(8, 8, zlib.compress(bytes(16)), control, frame)


@case("23", "PNG with text and profile of 300 MiB", Code.TOO_COMPLEX)
def _() -> Made:
    packed = zeros(300)
    text, profile = chunk(b"zTXt", b"Comment\0\0" + packed), chunk(b"iCCP", b"icc\0\0" + packed)
    return "a.png", png_of(8, 8, zlib.compress(bytes(16)), profile, text)


@case("24", "valid JPEG over 10 MiB", Code.TOO_LARGE)
def _() -> Made:
    data = jpeg()
    while len(data) <= MAX_BYTES:
        data = after_start(data, 0xFE, canary("24") * 4000)
    return "a.jpg", data


@case("25", "PNG of 400 Mpx in 48 KB", Code.TOO_MANY_PIXELS)
def _() -> Made:
    return "a.png", png_of(20_000, 20_000, zeros(48))


@case("43", "half a JPEG", Code.BROKEN)
def _() -> Made:
    data = jpeg()
    return "a.jpg", data[: len(data) // 2]


@case("44", "PNG with a wrong checksum", Code.BROKEN)
def _() -> Made:
    data = bytearray(png())
    data[data.index(b"IDAT") - 4 + 8 + struct.unpack_from(">I", data, data.index(b"IDAT") - 4)[0]] ^= 1
    return "a.png", bytes(data)


@case("46", "JPEG with a place, XMP and another person's thumbnail", None)
def _() -> Made:
    exif = Image.Exif()
    exif[0x010E] = canary("46").decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 20.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    data = saved(picture(), "JPEG", exif=exif, icc_profile=canary("46") * 9)
    data = after_start(data, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + canary("46"))
    return "a.jpg", after_start(data, 0xED, b"Photoshop 3.0\0" + saved(picture((64, 64)), "JPEG") + canary("46"))


@case("47", "script in EXIF, lying on its side", None)
def _() -> Made:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "<script>" + canary("47").decode()
    return "a.jpg", saved(picture((900, 600)), "JPEG", exif=exif)


NAMES = {
    "48": ("name that climbs out", "../../../../etc/cron.d/..%2f", None),
    "49": ("name with NUL", "a.php\0.jpg", None),
    "50": ("name with a header in it", "a\r\nX-Canary: 1\r\n\r\n<b>.jpg", None),
    "51": ("name read backwards", "licence\u202egpj.exe", Code.DISGUISED_NAME),
    "52": ("name that is markup", "<img src=x onerror=alert(1)>.jpg", None),
    "53": ("name that is a formula", '=HYPERLINK("http://evil.example","x").jpg', None),
    "54": ("name of 1,200 characters", "证" * 1200 + ".jpg", None),
}
for _number, (_title, _name, _answer) in NAMES.items():
    case(_number, _title, _answer)(lambda name=_name: (name, jpeg()))


@case("B1", "a phone's JPEG with a Chinese name", None)
def _() -> Made:
    return "医师执业证书 第 1 页.jpg", saved(picture((4000, 3000)), "JPEG", quality=92)


@case("B2", "PNG with transparency, .PNG", None)
def _() -> Made:
    image = picture(mode="RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return "工作证.PNG", saved(image, "PNG")


@case("B4", "progressive CMYK JPEG", None)
def _() -> Made:
    return "a.jpeg", saved(picture(mode="CMYK"), "JPEG", progressive=True)


@case("B6", "16-bit grey PNG", None)
def _() -> Made:
    return "a.png", saved(Image.new("I;16", (300, 200), 0x8000), "PNG")
