"""The one style sheet of a reader's page: joined from its parts, over Bootstrap's Reboot without Bootstrap's look."""

from __future__ import annotations

import gzip
import hashlib
import re
import stat
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from portal import sheets

ROOT = Path(settings.BASE_DIR)
REBOOT = ROOT / "static/vendor/bootstrap/bootstrap-reboot.min.css"
# bootstrap@5.3.9 from npm, dist/css/bootstrap-reboot.min.css, as published
PUBLISHED = "d6c4460973c13a2debdc9ebfeb4c4cfe1c2175a693b37aa5903ad510df6ab200"


def test_reboot_is_the_published_file_with_its_licence() -> None:
    css = REBOOT.read_text(encoding="utf-8")

    assert hashlib.sha256(css.encode()).hexdigest() == PUBLISHED
    assert "Bootstrap Reboot v5.3" in css
    assert "MIT" in (REBOOT.parent / "LICENSE").read_text(encoding="utf-8")
    assert "Licensed under MIT" in sheets.composed("css/portal.css")


def test_nothing_of_bootstraps_look_is_left_and_what_it_asks_for_is_ours() -> None:
    css = sheets.composed("css/portal.css")
    reboot = sheets.without_palette(REBOOT.read_text(encoding="utf-8"))
    asked = set(re.findall(r"var\((--bs-[a-z-]+)\)", reboot))
    given = set(re.findall(r"(--bs-[a-z-]+):", (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")))

    assert "legend{float:left" in css
    assert "#0d6efd" not in css
    assert "data-bs-theme" not in css
    assert asked - {"--bs-link-color-rgb", "--bs-link-hover-color-rgb"} == given  # links have their colour from us


def test_joining_keeps_every_rule_and_drops_comments_and_spare_space() -> None:
    css = '/* gone */ a::after { content: " (" attr(href) ")"; }\n\n@media print {\n  b { top: 0 }\n}\n'
    css += "/*! kept */*, i { top: 0 }/* gone */"

    assert (
        sheets.squeezed(css) == 'a::after{content: " (" attr(href) ")"}@media print{b{top: 0}}/*! kept */*, i{top: 0}'
    )


def test_the_parts_hold_no_string_that_joining_would_break() -> None:
    for part in sheets.SHEETS["css/portal.css"]:
        bare = re.sub(r"/\*.*?\*/", "", (ROOT / "static" / part).read_text(encoding="utf-8"), flags=re.DOTALL)
        assert [text for text in re.findall(r'"([^"\n]*)"', bare) if re.search("[{};]|  ", text)] == [], part
        assert bare.count("{") == bare.count("}"), part


def test_every_style_sheet_of_ours_is_a_part_or_belongs_to_the_desk() -> None:
    ours = {p.relative_to(ROOT / "static").as_posix() for p in (ROOT / "static").rglob("*.css")}
    desk = "".join(p.read_text("utf-8") for p in (ROOT / "templates/admin").rglob("*.html"))

    assert [name for name in ours - set(sheets.SHEETS[sheets.GUIDE]) if f"'{name}'" not in desk] == []


def test_the_sheet_is_written_once_and_again_when_a_part_changes(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    first = Path(str(finders.find("css/portal.css")))
    before = first.stat()
    again = Path(str(finders.find("css/portal.css")))
    assert (again, again.stat()) == (first, before)

    first.write_text("an older portal's sheet", encoding="utf-8")
    Path(str(finders.find("css/portal.css")))

    assert first.read_text(encoding="utf-8") == sheets.composed("css/portal.css")
    assert [p.name for p in first.parent.iterdir()] == ["portal.css"]
    assert stat.S_IMODE(first.stat().st_mode) & 0o400


def test_the_sheet_of_a_reader_weighs_little() -> None:
    assert len(gzip.compress(sheets.composed("css/portal.css").encode(), 9)) < 13_000


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/terms/", "/no-such-page/"])
def test_a_readers_page_asks_for_one_style_sheet(client: Client, path: str) -> None:
    page = client.get(path, follow=True).content.decode()

    assert re.findall(r'rel="stylesheet" href="([^"?]+)', page) == ["/static/css/portal.css"]


def test_no_readers_template_links_a_style_sheet_of_its_own() -> None:
    frames = {"base.html", "bare.html", "portal/styleguide.html"}
    pages = [p for p in (ROOT / "templates").rglob("*.html") if "admin" not in p.relative_to(ROOT / "templates").parts]

    linking = {str(p.relative_to(ROOT / "templates")) for p in pages if 'rel="stylesheet"' in p.read_text("utf-8")}
    assert linking == frames
