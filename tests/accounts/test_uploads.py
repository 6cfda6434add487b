"""Uploads: in memory up to a cap, and no further."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from accounts.uploads import judge_all
from tests.factories import jpeg

pytestmark = pytest.mark.pure
MIB = 1024 * 1024


def received(*files: bytes):
    uploads = [SimpleUploadedFile(f"{n}.jpg", content) for n, content in enumerate(files)]
    request = RequestFactory().post("/", {"files": uploads})
    request.step = "evidence"  # as the gate says it
    return request.FILES.getlist("files")


def test_a_file_up_to_the_cap_is_kept_in_memory(settings, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (file,) = received(b"x" * settings.EVIDENCE_MAX_BYTES)

    assert file.size == settings.EVIDENCE_MAX_BYTES
    assert file.read(3) == b"xxx"
    assert not file.is_too_large
    assert list(tmp_path.iterdir()) == []


def test_a_file_over_the_cap_is_let_go_as_it_comes_and_the_next_one_is_whole(settings):
    large, small = received(b"x" * (settings.EVIDENCE_MAX_BYTES + 1), b"whole")

    assert large.is_too_large
    assert large.size == settings.EVIDENCE_MAX_BYTES + 1
    assert large.read() == b""
    assert not small.is_too_large
    assert small.read() == b"whole"


def test_a_post_holds_no_more_than_a_cases_worth_of_bytes(settings):
    settings.EVIDENCE_MAX_BYTES, settings.EVIDENCE_MAX_FILES = 100_000, 2
    files = received(b"a" * 90_000, b"b" * 90_000, b"c" * 90_000, b"d" * 10_000)

    assert [file.is_too_large for file in files] == [False, False, True, False]
    assert sum(len(file.read()) for file in files) == 190_000


def test_files_beyond_the_room_are_refused_by_name_without_being_judged():
    judged = judge_all(received(jpeg(), b"nonsense"), room=1, free=MIB)

    assert [file.name for file in judged.accepted] == ["0.jpg"]
    assert [(file.name, str(file.message)) for file in judged.refused] == [
        ("1.jpg", "最多 5 个文件，这个没有收下。移除一个之后可以再传。")
    ]


def test_refused_files_take_no_room():
    judged = judge_all(received(b"", b"nonsense", jpeg()), room=1, free=MIB)

    assert len(judged.accepted) == 1
    assert [file.name for file in judged.refused] == ["0.jpg", "1.jpg"]


def test_a_file_that_is_too_large_says_how_large_it_is(settings):
    judged = judge_all(received(b"x" * (settings.EVIDENCE_MAX_BYTES + 1)), room=5, free=MIB)

    assert "11 MiB" in str(judged.refused[0].message)


def test_a_file_let_go_for_its_neighbours_is_not_called_too_large(settings):
    settings.EVIDENCE_MAX_BYTES, settings.EVIDENCE_MAX_FILES = 100_000, 1
    judged = judge_all(received(b"x" * 90_000, b"x" * 90_000), room=5, free=MIB)

    assert "请单独再传一次" in str(judged.refused[1].message)


def test_pages_that_would_fill_more_than_is_free_are_not_kept():
    judged = judge_all(received(jpeg(), jpeg()), room=5, free=len(jpeg()) + 900)

    assert len(judged.accepted) == 1
    assert "已到上限" in str(judged.refused[0].message)
