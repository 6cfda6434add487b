"""The worker's own look: leading bytes, claimed extensions, names."""

from __future__ import annotations

import pytest

from accounts.judging import Code, Refused, display_name, judge
from accounts.judging.kinds import admit, sniff
from accounts.judging.names import MAX_NAME, NAMELESS, extension, is_disguised
from accounts.judging.verdict import Refusal

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\xff\xd8\xff\xe1", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"%PDF-1.4", "pdf"),
        (b"\n%PDF-1.4", "prefixed-pdf"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "heic"),
        (b"\0\0\0\x18ftypXXXX\0\0\0\0heix", "heic"),
        (b"\0\0\0\x18ftypqt  \0\0\0\0qt  ", "video"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\0\0\0\0WAVE", "unknown"),
        (b"BM\x46", "bmp"),
        (b"PK\x03\x04", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
        (b"\xef\xbb\xbf  <HTML>", "html"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"hello", "unknown"),
        (b"", "unknown"),
    ],
)
def test_a_file_is_known_by_its_leading_bytes(start, kind):
    assert sniff(start) == kind


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "照片", "image", "资质.2024", "a.b.JPG"])
def test_a_fitting_or_missing_extension_is_admitted(name):
    assert admit(b"\xff\xd8\xff\xe0", name) == "jpeg"


@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.exe", "a.jpg.html"])
def test_an_extension_that_says_something_else_is_refused(name):
    with pytest.raises(Refusal) as caught:
        admit(b"\xff\xd8\xff\xe0", name)

    assert caught.value.code == Code.NAME_MISMATCH


def test_heic_is_refused_with_the_phones_setting():
    verdict = judge(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), filename="IMG_1.HEIC")

    assert isinstance(verdict, Refused)
    assert verdict.code == Code.HEIC
    assert "JPEG" in str(verdict.message)
    assert "兼容" in str(verdict.message)


def test_a_mismatch_names_both_kinds_and_the_way_out():
    verdict = judge(b"%PDF-1.4\n", filename="执业证.jpg")

    assert isinstance(verdict, Refused)
    assert str(verdict.message).startswith("文件名以「.jpg」结尾，内容却是 PDF。请把扩展名改为「.pdf」")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("医师执业证书 1.jpg", "医师执业证书 1.jpg"),
        ("../../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\x\\证书.PDF", "证书.PDF"),
        ("../../…/..%2f", NAMELESS),
        ("a.php\0.jpg", "a.php.jpg"),
        ("a\r\nX-Evil: 1\r\n.jpg", "a X-Evil: 1.jpg"),
        ("zero\u200bwidth\ufeff\u200e.jpg", "zerowidth.jpg"),
        ("half\ud800.jpg", "half.jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
        ("=HYPERLINK(x).jpg", "HYPERLINK(x).jpg"),
        ("＝cmd.jpg", "cmd.jpg"),
        (".htaccess", "htaccess"),
        ("", NAMELESS),
        (" . ", NAMELESS),
        ("e\u0301.jpg", "\u00e9.jpg"),
    ],
)
def test_a_name_is_cleaned_for_display(given, shown):
    assert display_name(given) == shown


def test_a_long_name_is_cut_and_keeps_its_extension():
    name = display_name("证" * 1200 + ".jpeg")

    assert len(name) == MAX_NAME
    assert name.endswith("证.jpeg")


def test_reordering_characters_are_a_disguise_and_marks_are_not():
    assert is_disguised("licence\u202egpj.exe")
    assert is_disguised("\u2067a.jpg")
    assert not is_disguised("a\u200e\u200f.jpg")


def test_a_number_after_a_dot_is_no_extension():
    assert extension("证书 v1.2") == ""
    assert extension("a.PDF") == "pdf"
    assert extension("a.p\u200bdf") == "pdf"
