"""Photographs and scans: decoded within bounds, turned upright, rebuilt from pixels. Runs in the child."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin

from accounts.judging.png import essence
from accounts.judging.verdict import KEPT_SIDE, MAX_PIXELS, MAX_SIDE, Code, Refusal

QUALITY = 88
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# The plugins are named here so that Pillow looks for no others; sizes are judged by us, before any decoding.
PLUGINS = (JpegImagePlugin, PngImagePlugin)
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False


@dataclass(frozen=True)
class Page:
    """One finished page."""

    data: bytes
    width: int
    height: int


def jpeg_page(data: bytes) -> list[Page]:
    """Judge a JPEG. A phone's second picture (gain map, depth, MPO) is left behind with the metadata."""
    with Image.open(BytesIO(data), formats=["JPEG"]) as image:
        check_size(*image.size)
        orientation = _orientation(image)
        if max(image.size) > KEPT_SIDE:
            # libjpeg decodes at 1/2, 1/4 or 1/8 for next to nothing; the picture stays larger than what is kept.
            image.draft(None, _kept_size(image))
        image.load()
        return [_finish(image, orientation)]


def png_page(data: bytes) -> list[Page]:
    """Judge a PNG: one frame, every checksum right, text and profiles never handed to the decoder."""
    with Image.open(BytesIO(essence(data)), formats=["PNG"]) as image:
        check_size(*image.size)
        orientation = _orientation(image)
        image.load()
        return [_finish(image, orientation)]


def check_size(width: int, height: int) -> None:
    """Refuse a picture whose header says more than we decode."""
    if width < 1 or height < 1:
        raise Refusal(Code.BROKEN)
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise Refusal(Code.TOO_MANY_PIXELS, width=width, height=height)


def encode(pixels: Image.Image) -> Page:
    """Make a new JPEG from nothing but these RGB pixels."""
    clean = Image.frombytes("RGB", pixels.size, pixels.tobytes())
    out = BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, subsampling=0)
    return Page(out.getvalue(), *clean.size)


def _finish(image: Image.Image, orientation: int) -> Page:
    pixels = _eight_bits(image)
    if pixels.mode == "RGBA":
        # Laid on white before it is scaled: scaling with alpha takes five times as long.
        white = Image.new("RGB", pixels.size, "white")
        white.paste(pixels, mask=pixels.getchannel("A"))
        pixels = white
    pixels = _shrink(pixels).convert("RGB")
    if orientation in UPRIGHT:
        pixels = pixels.transpose(UPRIGHT[orientation])
    return encode(pixels)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return the picture as L, RGB, RGBA or CMYK: modes that can be scaled."""
    if image.mode.startswith("I;16"):
        # Pillow's own conversion clips at 255, which turns a 16-bit scan white. The high byte is the grey we want.
        start = 0 if image.mode == "I;16B" else 1
        return Image.frombytes("L", image.size, image.tobytes()[start::2])
    if "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa"):
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "RGBA", "CMYK") else image.convert("RGB")


def _shrink(image: Image.Image) -> Image.Image:
    if max(image.size) <= KEPT_SIDE:
        return image
    return image.resize(_kept_size(image), Image.Resampling.BICUBIC, reducing_gap=2.0)


def _kept_size(image: Image.Image) -> tuple[int, int]:
    longer = max(image.size)
    return max(1, image.width * KEPT_SIDE // longer), max(1, image.height * KEPT_SIDE // longer)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # damaged metadata is no reason to refuse: it is thrown away unread
        return 1
