"""A served portal and windows onto it. The process never touches the database: it asks over HTTP like anyone."""

from __future__ import annotations

import os
import shutil
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.people import Person, sign_in, use_second_factor
from tests.journeys.served import JourneyPortal
from tests.journeys.window import DESK, PHONE, Size, Window
from tests.services.nu import JAR, Nu
from tests.skips import IN_CI

FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
MakeWindow = Callable[..., Window]
HERE = Path(__file__).parent
# So that no worker ends long after another.
LONGEST_FIRST = ("test_every_state", "test_newcomer", "test_without_script", "test_by_keys", "test_tool")
# These take cases from the demo's queue and publish versions of its article, in this order.
ONE_QUEUE = ("test_case_by_keys", "test_desk", "test_desk_by_keys")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A worker is given one module after the other (`--dist loadfile`), in this order, on a portal of its own."""
    ours = [item for item in items if HERE in item.path.parents]
    rank = {name: number for number, name in enumerate((*LONGEST_FIRST, "", *ONE_QUEUE))}
    ordered = iter(sorted(ours, key=lambda item: rank.get(item.path.stem, rank[""])))
    items[:] = [next(ordered) if HERE in item.path.parents else item for item in items]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, in Chinese, that can reach nothing but this machine."""
    ours = {"executable_path": "/usr/bin/chromium", "env": {**os.environ, "LANGUAGE": "zh_CN"}, "args": FLAGS}
    return {**browser_type_launch_args, **ours}


@pytest.fixture(scope="session")
def portal() -> Iterator[JourneyPortal]:
    """The portal as `make run` starts it, with its demo."""
    with closing(JourneyPortal()) as served:
        served.start(seconds=180)
        yield served


@pytest.fixture(scope="session")
def demo(portal: JourneyPortal) -> dict[str, Any]:
    return portal.demo


@pytest.fixture(params=[pytest.param(each, id=each.name) for each in (PHONE, DESK)])
def size(request: pytest.FixtureRequest) -> Size:
    """Tests that ask for this run in both sizes."""
    size: Size = request.param
    return size


@pytest.fixture(scope="session")
def checker() -> Iterator[Nu | None]:
    """The HTML checker; where it is missing, CI fails and anyone else goes without."""
    if not (JAR.exists() and shutil.which("java")):
        assert not IN_CI, "the HTML checker is missing: deploy/packages.sh installs it"
        warnings.warn("No Java or no checker: the pages' HTML is not checked.", stacklevel=1)
        yield None
        return
    with closing(Nu()) as service:
        service.start(seconds=60)
        yield service


@pytest.fixture
def make_window(portal: JourneyPortal, browser: Browser, checker: Nu | None) -> Iterator[MakeWindow]:
    """Open windows, each like a browser of its own; at the end none may have had trouble."""
    windows: list[Window] = []

    def make(size: Size = DESK, *, state: Any = None, **options: Any) -> Window:
        common = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "storage_state": state, "reduced_motion": "reduce"}
        context = browser.new_context(**common, **size.options(), **options)
        context.set_default_timeout(15000)
        window = Window(
            context,
            base_url=portal.url,
            size=size,
            checker=checker,
            has_script=options.get("java_script_enabled", True),
        )
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()
    for window in windows:
        window.assert_untroubled()


@pytest.fixture(scope="session")
def _states() -> dict[str, Any]:
    return {}


@pytest.fixture
def window_of(make_window: MakeWindow, demo: dict[str, Any], _states: dict[str, Any]) -> Callable[..., Window]:
    """A window in which a demo person is signed in; staff have used their second factor. Signs in once a session."""

    def make(key: str, size: Size = DESK, **options: Any) -> Window:
        if key not in _states:
            first = make_window(DESK)
            sign_in(first, Person(**demo["people"][key]))
            if demo["people"][key].get("totp_secret"):
                use_second_factor(first, demo["people"][key]["totp_secret"])
            _states[key] = first.page.context.storage_state()
        return make_window(size, state=_states[key], **options)

    return make


@pytest.fixture
def unique() -> str:
    """Tells this run's people from another's."""
    return format(time.time_ns(), "x")[-9:]
