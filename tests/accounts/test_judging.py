"""Of every file that passes only fresh pixels are kept; what is refused stands in test_hostile_uploads."""

from __future__ import annotations

import hashlib
import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from accounts.judging import Accepted, Code, Refused, judge
from accounts.judging.verdict import KEPT_SIDE
from tests.accounts import hostile_pdfs  # registers the PDFs
from tests.accounts.hostile_files import CASES, Case, canary, picture, saved

pytestmark = pytest.mark.pure

KEPT = sorted(number for number, case in CASES.items() if not case.answer)


def judged(case: Case) -> Accepted | Refused:
    name, data = case.make()
    return judge(data, filename=name)


def kept(number: str) -> tuple[Accepted, list[Image.Image]]:
    verdict = judged(CASES[number])
    assert isinstance(verdict, Accepted), verdict
    return verdict, [Image.open(BytesIO(page)) for page in verdict.pages]


def test_all_cases_of_the_list_are_here():
    wanted = {f"{number:02d}" for number in range(1, 55)} | {f"B{number}" for number in range(1, 8)}

    assert wanted <= set(CASES)
    assert hostile_pdfs.one_page().startswith(b"%PDF-1.7")


@pytest.mark.parametrize("number", KEPT)
def test_of_an_accepted_file_only_fresh_pixels_are_kept(number):
    verdict, pages = kept(number)

    assert [page.size for page in pages] == list(verdict.sizes)
    assert verdict.sha256 == hashlib.sha256(b"".join(verdict.pages)).hexdigest()
    assert verdict.size == sum(map(len, verdict.pages))
    assert verdict.media_type == "image/jpeg"
    for page, data in zip(pages, verdict.pages, strict=True):
        page.load()
        assert (page.format, page.mode) == ("JPEG", "RGB")
        assert set(page.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not page.getexif()
        assert max(page.size) <= KEPT_SIDE
        assert canary(number) not in data
        assert data.endswith(b"\xff\xd9")
        assert data.count(b"\xff\xd8\xff") == 1  # no thumbnail


def test_a_photograph_lying_on_its_side_is_turned_upright():
    verdict, [page] = kept("47")

    assert verdict.sizes == ((600, 900),)
    assert page.getpixel((20, 20)) == pytest.approx((255, 0, 0), abs=12)


def test_a_large_photograph_is_made_smaller_but_stays_readable():
    assert kept("B1")[0].sizes == ((3000, 2250),)


def test_transparency_is_laid_on_white():
    _, [page] = kept("B2")

    assert page.getpixel((200, 2)) == pytest.approx((255, 255, 255), abs=12)
    assert page.getpixel((20, 190)) == pytest.approx((255, 13, 13), abs=24)


def test_cmyk_keeps_its_colours():
    _, [page] = kept("B4")

    assert page.getpixel((300, 100)) == pytest.approx((255, 255, 255), abs=12)
    assert page.getpixel((20, 180)) == pytest.approx((255, 0, 0), abs=40)


def test_sixteen_bits_of_grey_are_scaled_not_clipped():
    _, [page] = kept("B6")

    assert page.getpixel((150, 100)) == pytest.approx((128, 128, 128), abs=3)


def test_a_scanned_pdf_gives_one_upright_picture_a_page():
    verdict, [first, second] = kept("B3")

    assert verdict.kind == "pdf"
    assert first.getpixel((20, first.height - 20)) == pytest.approx((255, 0, 0), abs=12)
    assert second.getpixel((second.width - 20, 20)) == pytest.approx((255, 0, 0), abs=12)


@pytest.mark.parametrize("number", ["32", "45", "B5", "B7"])
def test_a_mended_or_unlocked_pdf_shows_its_text(number):
    _, [page] = kept(number)

    assert min(page.convert("L").crop((150, 300, 700, 450)).tobytes()) < 80


def test_a_phones_second_picture_is_left_behind():
    data = saved(picture(), "MPO", save_all=True, append_images=[picture((64, 64))])

    verdict = judge(data, filename="IMG_0001.JPG")

    assert isinstance(verdict, Accepted)
    assert verdict.sizes == ((320, 200),)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_png_of_every_mode_is_accepted(mode):
    verdict = judge(saved(picture(mode=mode), "PNG"), filename="a")

    assert isinstance(verdict, Accepted)
    page = Image.open(BytesIO(verdict.pages[0]))
    assert page.getpixel((200, 100)) == pytest.approx((255, 255, 255), abs=12)


def test_damaged_metadata_is_no_reason_to_refuse():
    data = saved(picture(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\xff")

    assert isinstance(judge(data, filename="a.jpg"), Accepted)


def test_no_child_is_left_over():
    judged(CASES["43"])
    judged(CASES["34"])

    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    commands = [Path(f"/proc/{child}/cmdline").read_bytes() for child in children]
    assert [command for command in commands if b"judging" in command] == []


def test_every_code_has_its_words():
    for code in Code:
        assert len(str(Refused(code).message)) > 15
