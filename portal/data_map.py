"""The data map: what is held of people, why and until when, gathered from the models' declarations.

Our models declare it themselves (PERSONAL_DATA); tables of libraries are declared here; every other field that could
hold words has its reason for not being personal in portal/data/not_personal.csv. What is in none of the three is
undeclared, and a test fails.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import models
from django.utils import translation

from portal.personal import Personal
from portal.purposes import LABELS

OURS = ("portal", "accounts", "consent", "articles", "strategy")
BASES = Path(__file__).parent / "data" / "not_personal.csv"
WORDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GenericIPAddressField)
ACCOUNT = "账号存续期间；注销 30 天后删除"
SIGN_IN = "登录到期后删除（默认 14 天）"
# Tables that libraries bring: model → field → declaration.
FOREIGN: dict[str, dict[str, Personal]] = {
    "account.EmailAddress": {"email": Personal("登录与通知", ACCOUNT)},
    "mfa.Authenticator": {"data": Personal("工作人员与用户的第二重验证", ACCOUNT)},
    "usersessions.UserSession": {
        "ip": Personal("账号安全：本人查看和结束自己的登录", SIGN_IN),
        "user_agent": Personal("账号安全：本人查看和结束自己的登录", SIGN_IN),
        "session_key": Personal("账号安全：本人查看和结束自己的登录", SIGN_IN),
    },
    "sessions.Session": {"session_data": Personal("保持登录", SIGN_IN)},
    "admin.LogEntry": {
        "object_repr": Personal("工作人员在后台的改动可追查", "法定保存期，默认 6 年"),
        "change_message": Personal("工作人员在后台的改动可追查", "法定保存期，默认 6 年"),
    },
}


@dataclass(frozen=True, slots=True)
class Held:
    """One field that holds something about a person."""

    model: str
    model_name: str
    field: str
    declared: Personal
    form: str  # 明文 | 密文 | 带密钥的散列

    @property
    def opens_for(self) -> str:
        return "、".join(str(LABELS[name]) for name in self.declared.opens_for)


def our_models() -> list[type[models.Model]]:
    """Our models in a stable order."""
    found = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    return sorted(found, key=lambda model: (OURS.index(model._meta.app_label), model.__name__))


def declarations(model: type[models.Model]) -> dict[str, Personal]:
    """What the model, or this page for a library's, declares."""
    own: dict[str, Personal] | None = model.__dict__.get("PERSONAL_DATA")
    return FOREIGN.get(model._meta.label, {}) if own is None else own


def held() -> Iterator[Held]:
    """Every personal field, model by model."""
    with translation.override("zh-hans"):
        for model in [*our_models(), *(apps.get_model(label) for label in sorted(FOREIGN))]:
            for name, declared in sorted(declarations(model).items()):
                field = model._meta.get_field(name)
                yield Held(model._meta.label, str(model._meta.verbose_name), name, declared, _form(field, declared))


def people_links() -> Iterator[tuple[str, str]]:
    """Every column that names a person by number: (model, field)."""
    for model in our_models():
        for field in model._meta.local_concrete_fields:
            if field.is_relation and field.related_model is apps.get_model("accounts.User"):
                yield model._meta.label, field.name


@cache
def bases() -> dict[tuple[str, str], str]:
    """Why fields are not personal: (model, field or *) → reason."""
    with BASES.open(encoding="utf-8", newline="") as file:
        return {(row["model"], row["field"]): row["basis"] for row in csv.DictReader(file)}


def may_hold_words(field: models.Field[object, object]) -> bool:
    """Whether somebody could be described in the field: text, structures, bytes; not choices, numbers, times, links."""
    return isinstance(field, WORDS) and not field.choices and not field.is_relation and not field.primary_key


def undeclared() -> list[str]:
    """Fields that nobody has spoken for, and declarations or reasons of fields that are not there."""
    known, silent = bases(), []
    spoken = {(model._meta.label, name) for model in our_models() for name in declarations(model)}
    there: set[tuple[str, str]] = set()
    for model in our_models():
        label = model._meta.label
        there.add((label, "*"))
        for field in model._meta.local_concrete_fields:
            place = (label, field.name)
            there.add(place)
            if may_hold_words(field) and not {place, (label, "*")} & set(known) and place not in spoken:
                silent.append(".".join(place))
    return silent + [".".join(place) for place in sorted(set(known) - there)]


def _form(field: object, declared: Personal) -> str:
    if isinstance(field, models.BinaryField) and declared.sealed:
        return "密文"
    return "带密钥的散列" if declared.sealed else "明文"
