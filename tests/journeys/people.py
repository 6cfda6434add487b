"""What people do in a browser, as they would: by labels and buttons, never by addresses they cannot know."""

from __future__ import annotations

import io
import secrets
import time
from dataclasses import dataclass
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from PIL import Image, ImageDraw

from tests.journeys.served import JourneyPortal
from tests.journeys.window import Window

PERIOD = 30


@dataclass(frozen=True)
class Person:
    email: str
    password: str
    totp_secret: str = ""


def somebody(name: str) -> Person:
    """Somebody new, with a password of their own."""
    return Person(f"{name}-{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(15))


def sign_up(window: Window, portal: JourneyPortal, person: Person, *, look: bool = False) -> None:
    """Fill in the sign-up page one stands on, and the code that came by mail."""
    page = window.page
    page.get_by_label("邮箱").fill(person.email)
    page.get_by_label("密码", exact=True).fill(person.password)
    page.locator("input[name=terms]").check()
    if look:
        window.inspect("sign-up")
    window.press("注册")
    if look:
        window.inspect("code")
    page.locator("input[name=code]").fill(portal.code_for(person.email))
    window.press("确认")


def sign_in(window: Window, person: Person) -> None:
    """Sign in by password, from wherever the sign-in page is asked for."""
    if not window.path.startswith("/accounts/login/"):
        window.open("/accounts/login/")
    window.page.locator("input[name=login]").fill(person.email)
    window.page.locator("input[name=password]").fill(person.password)
    window.page.locator("main").get_by_role("button", name="登录", exact=True).click()


def use_second_factor(window: Window, secret: str) -> None:
    """Type the authenticator's code; one code is good once, so a used one waits for the next."""
    window.page.locator("input[name=code]").fill(totp(secret))
    window.press("登录")


def totp(secret: str) -> str:
    """The code an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


def answer(window: Window, answers: dict[str, Any]) -> None:
    """Fill in a form of questions by their keys: text, one choice, several choices."""
    for key, value in answers.items():
        fields = window.page.locator(f"main [name='{key}']")
        if not fields.count():
            continue
        kind = fields.first.evaluate("(field) => field.type || field.tagName")
        if kind in {"radio", "checkbox"}:
            for one in value if isinstance(value, list) else [value]:
                window.page.locator(f"main [name='{key}'][value='{one}']").check()
        elif kind.startswith("select"):
            fields.first.select_option(value)
        else:
            fields.first.fill(str(value))


def photograph(words: str = "EDUCATION", *, size: tuple[int, int] = (2400, 3200)) -> bytes:
    """A phone's picture of a paper: large, turned by EXIF, with a place in its metadata."""
    image = Image.new("RGB", size, "#e9e4d6")
    draw = ImageDraw.Draw(image)
    draw.rectangle((120, 120, size[0] - 120, size[1] - 120), outline="#7d2a24", width=14)
    for row in range(16):
        draw.line((280, 620 + row * 140, size[0] - 320 - (row % 4) * 180, 620 + row * 140), fill="#4b4840", width=16)
    draw.text((280, 300), words, fill="#7d2a24", font_size=150)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (39.0, 54.0, 20.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88, exif=exif)
    return buffer.getvalue()


def as_file(name: str, content: bytes, mime: str = "image/jpeg") -> dict[str, Any]:
    """What a file chooser is given."""
    return {"name": name, "mimeType": mime, "buffer": content}
