"""Uploads: held encrypted up to a cap, and no further; a full disk is said, not thrown."""

from __future__ import annotations

import os
import resource
import tracemalloc
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from accounts.uploads import NoRoom, judge_all
from tests.factories import jpeg

pytestmark = pytest.mark.pure
MIB = 1024 * 1024


def received(*files: bytes):
    uploads = [SimpleUploadedFile(f"{n}.jpg", content) for n, content in enumerate(files)]
    request = RequestFactory().post("/", {"files": uploads})
    request.step = "evidence"  # as the gate says it
    return request.FILES.getlist("files")


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return settings.EVIDENCE_DIR


def nameless(folder: Path) -> list[Path]:
    """The files of the folder that this process has open without a name: where to read them."""
    found = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if os.readlink(link).startswith(str(folder)):
                found.append(link)
    return found


def test_a_file_up_to_the_cap_is_held_encrypted_in_a_nameless_file_of_the_store(settings, monkeypatch, tmp_path, store):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    (file,) = received(b"x" * settings.EVIDENCE_MAX_BYTES)

    assert file.size == settings.EVIDENCE_MAX_BYTES
    assert not file.is_too_large
    assert [*elsewhere.iterdir(), *store.iterdir()] == []
    (held,) = nameless(store)
    assert b"x" * 32 not in held.read_bytes()
    assert file.read() == b"x" * settings.EVIDENCE_MAX_BYTES
    file.seek(0)
    assert file.read(3) == b"xxx"
    file.close()
    assert nameless(store) == []


def test_five_photographs_fill_no_memory(settings):
    body, content_type = encoded(b"x" * (9 * MIB) for _number in range(5))
    request = RequestFactory().generic("POST", "/", body, content_type=content_type)
    request.step = "evidence"
    tracemalloc.start()
    files = request.FILES.getlist("files")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [file.size for file in files] == [9 * MIB] * 5
    assert peak < 4 * MIB


def encoded(files: Iterable[bytes]) -> tuple[bytes, str]:
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="%d.jpg"\r\n\r\n%b\r\n' % (number, content)
        for number, content in enumerate(files)
    ]
    return b"".join([*parts, b"--b--\r\n"]), "multipart/form-data; boundary=b"


def test_a_full_disk_is_said_and_the_rest_of_the_body_is_let_go(store):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, before[1]))  # Python ignores the signal: the write fails
    try:
        files = received(b"x" * MIB, b"y" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert [(file.found_no_room, file.is_too_large) for file in files] == [(True, False), (False, False)]
    with pytest.raises(NoRoom):
        judge_all(files, room=5, free=MIB)
    assert judge_all(received(jpeg()), room=5, free=MIB).accepted  # well again by itself


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
