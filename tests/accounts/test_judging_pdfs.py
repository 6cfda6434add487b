"""What a PDF may hold, beyond the numbered cases: harmless things pass, wrapped bombs do not."""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest
from PIL import Image

from accounts.judging import Accepted, Code, Refused, judge
from accounts.judging.streams import MAX_STREAM, lzw_size, measure, run_length_size
from accounts.judging.verdict import Refusal
from tests.accounts.hostile_files import jpeg, zeros
from tests.accounts.hostile_pdfs import in_object_stream, one_page, pdf, stream, with_picture

pytestmark = pytest.mark.pure


def lzw(codes: list[int]) -> bytes:
    """Pack codes as an encoder would, the width growing with the table."""
    held = bits = 0
    out, table, is_first = bytearray(), 258, True
    for code in codes:
        width = 9 + (table >= 511) + (table >= 1023) + (table >= 2047)
        held, bits = held << width | code, bits + width
        while bits >= 8:
            bits -= 8
            out.append(held >> bits & 255)
        held &= (1 << bits) - 1
        if code == 256:
            table, is_first = 258, True
        elif is_first:
            is_first = False
        else:
            table = min(4096, table + 1)
    return bytes(out) + bytes([held << 8 - bits & 255])


def code_of(data: bytes) -> Code | None:
    verdict = judge(data, filename="a.pdf")
    return verdict.code if isinstance(verdict, Refused) else None


def annotated(annotation: bytes, *more: bytes) -> bytes:
    return one_page(b"", b"/Annots[<</Type/Annot/Rect[100 600 300 800]%s>>]" % annotation, *more)


@pytest.mark.parametrize("address", [b"https://example.org/a:b", b"page.html#a", b"mailto:a@example.org", b"a/b:c"])
def test_an_ordinary_link_is_harmless(address):
    assert code_of(annotated(b"/Subtype/Link/A<</S/URI/URI(%s)>>" % address)) is None


@pytest.mark.parametrize("address", [b"JAVASCRIPT:x", b"\\tjavascript:x", b"file:///etc/passwd", b"data:text/html,x"])
def test_a_link_with_another_scheme_is_refused(address):
    assert code_of(annotated(b"/Subtype/Link/A<</S/URI/URI(%s)>>" % address)) == Code.ACTIVE_CONTENT


@pytest.mark.parametrize(
    "catalog",
    [
        b"/Names<</JavaScript<</Names[(a) 6 0 R]>>>>",
        b"/AF[6 0 R]",
        b"/Collection<</View/H>>",
        b"/OpenAction<</S/Rendition>>",
        b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/Launch/F(x)>>>>",
        b"/OpenAction<</S/GoToE>>",
        b"/PieceInfo<</A<</B<</C[[<</S/ImportData/F(x)>>]]>>>>>>",
    ],
)
def test_what_acts_or_hides_is_found_wherever_it_lies(catalog):
    assert code_of(one_page(catalog, b"", b"<<>>")) == Code.ACTIVE_CONTENT


@pytest.mark.parametrize("subtype", [b"/FileAttachment", b"/RichMedia", b"/Screen", b"/Movie", b"/Sound", b"/3D"])
def test_an_annotation_that_plays_or_carries_is_refused(subtype):
    assert code_of(annotated(b"/Subtype" + subtype)) == Code.ACTIVE_CONTENT


def test_a_harmless_action_in_an_object_stream_passes():
    assert code_of(in_object_stream(b"<</S/GoTo/D[3 0 R/Fit]>>")) is None


def test_an_electronic_seal_is_drawn():
    seal = stream(b"1 0 0 rg 0 0 200 200 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]")
    data = annotated(b"/Subtype/Widget/FT/Sig/F 4/AP<</N 6 0 R>>", seal)

    verdict = judge(data, filename="a.pdf")

    assert isinstance(verdict, Accepted)
    page = Image.open(BytesIO(verdict.pages[0]))
    assert page.getpixel((555, 390)) == pytest.approx((255, 0, 0), abs=12)


@pytest.mark.parametrize(
    ("entries", "body", "answer"),
    [
        (b"/Filter/LZWDecode", lzw([256, 0, *range(258, 4095), *[4094] * 100_000]), Code.TOO_COMPLEX),
        (b"/Filter/RunLengthDecode", b"\x81a" * 600_000, Code.TOO_COMPLEX),
        (b"/Filter[/ASCIIHexDecode/FlateDecode]", zeros(65).hex().encode(), Code.TOO_COMPLEX),
        (b"/Filter[/FlateDecode/LZWDecode/FlateDecode]", zlib.compress(lzw([256, 0])), Code.TOO_COMPLEX),
        (b"/Filter/NoSuchDecode", b"x", Code.TOO_COMPLEX),
        (b"/Filter[%s]" % (b"/ASCIIHexDecode" * 5), b"61>", Code.TOO_COMPLEX),
        (b"/Filter[/ASCII85Decode/FlateDecode]", b"GhVa]5u>%>`@.8~>", None),
        (b"/Filter/FlateDecode", b"damaged", None),
    ],
)
def test_a_packed_stream_is_measured_before_it_is_drawn(entries, body, answer):
    assert code_of(one_page(content=stream(body, entries))) == answer


def test_a_bomb_in_an_object_stream_bursts_inside_the_parser():
    packed = stream(zeros(512), b"/Type/ObjStm/N 4/First 40/Filter/FlateDecode")
    data = in_object_stream(b"<<>>")
    start, end = data.index(b"5 0 obj\n") + 8, data.index(b"\nendobj")

    assert code_of(data[:start] + packed + data[end:]) == Code.BROKEN


def test_sixty_mebibytes_twenty_times_are_too_much():
    bombs = [stream(zeros(60), b"/Filter/FlateDecode")] * 20

    assert code_of(one_page(b"", b"", *bombs)) == Code.TOO_COMPLEX


def test_forms_that_draw_forms_end_at_a_limit():
    drawn = stream(b"/X Do " * 20, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>")
    forms = [drawn % number if b"%d" in drawn else drawn for number in range(7, 13)]
    leaf = stream(b"0 0 9 9 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    data = one_page(b"", b"/Resources<</XObject<</X 6 0 R>>>>", *forms, leaf, content=stream(b"/X Do"))

    assert code_of(data) in {Code.TIMEOUT, Code.BROKEN, Code.TOO_COMPLEX}


@pytest.mark.parametrize(
    ("entries", "body"),
    [
        (b"/Width 20000/Height 20000/ImageMask true/Filter/FlateDecode", zlib.compress(b"x")),
        (b"/Width 9/Height 9/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</Columns 99999/Rows 9>>", b"x"),
        (b"/Width 9/Height 9/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/JPXDecode",
         b"\xff\x4f\xff\x51\x00\x29\x00\x00" + b"\x00\x00\xff\x00" * 2 + bytes(8) + b"\x00\x00\xff\x00" * 2 + bytes(8)
         + b"\x00\x01\x07\x01\x01"),
    ],
)  # fmt: skip
def test_a_picture_with_too_many_pixels_is_refused_whatever_its_filter(entries, body):
    assert code_of(with_picture(entries, body)) == Code.TOO_MANY_PIXELS


def test_a_photograph_in_a_pdf_is_drawn():
    entries = b"/Width 320/Height 200/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode"

    verdict = judge(with_picture(entries, jpeg()), filename="a.pdf")

    assert isinstance(verdict, Accepted)
    page = Image.open(BytesIO(verdict.pages[0]))
    assert page.getpixel((160, page.height - 160)) == pytest.approx((255, 0, 0), abs=20)


def test_no_page_and_a_tiny_page_are_refused():
    empty = pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"])

    assert code_of(empty) == Code.BROKEN
    assert code_of(one_page(b"", b"/MediaBox[0 0 1 1]")) == Code.PAGE_SIZE
    assert code_of(one_page(b"", b"/MediaBox[0 0 595 842]/CropBox[0 0 2 2]")) == Code.PAGE_SIZE


def test_an_archive_hidden_before_the_end_mark_is_found():
    ending = b"%%EOF\n"
    end_of_archive = b"PK\x05\x06" + bytes(16) + len(ending).to_bytes(2, "little") + ending

    assert code_of(one_page() + end_of_archive) == Code.POLYGLOT


def test_a_large_page_is_drawn_smaller():
    verdict = judge(one_page(b"", b"/MediaBox[0 0 14400 7200]"), filename="a.pdf")

    assert isinstance(verdict, Accepted)
    assert verdict.sizes[0][0] <= 3000


def test_lengths_are_counted_as_decoders_write_them():
    assert lzw_size(lzw([256, 45, 258, 258, 65, 259, 66, 257])) == 10  # the standard's own example
    assert run_length_size(b"\x02abc\xfex\x80rest") == 6
    assert measure(b"616263>", ["/ASCIIHexDecode"]) == (7, "", b"abc")
    with pytest.raises(Refusal):
        measure(zeros(MAX_STREAM // 1024 // 1024 + 1), ["/FlateDecode"])
