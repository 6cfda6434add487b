"""docs/data-map.md and docs/impact-assessment.md, written from the declarations: the same bytes on every machine."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from portal import data_map

FILES = ("data-map.md", "impact-assessment.md")


def folder() -> Path:
    """Where they are committed."""
    return Path(settings.BASE_DIR) / "docs"


def written() -> dict[str, str]:
    """Return what each file must say now."""
    held = list(data_map.held())
    with translation.override("zh-hans"):
        by_model = [(label, list(rows)) for label, rows in groupby(held, key=lambda row: row.model)]
        context = {
            "by_model": by_model,
            "sealed": [row for row in held if row.form == "密文"],
            "hashed": [row for row in held if row.form == "带密钥的散列"],
            "plain_count": sum(row.form == "明文" for row in held),
            "links": sorted(set(data_map.people_links())),
            "bases": sorted((model, field, why) for (model, field), why in data_map.bases().items()),
            "purposes": sorted({(row.declared.purpose, row.declared.retention) for row in held}),
        }
        return {name: _rendered(f"portal/documents/{name}", context) for name in FILES}


def _rendered(template: str, context: dict[str, object]) -> str:
    lines = render_to_string(template, context).splitlines()
    return "\n".join(line.rstrip() for line in lines).strip() + "\n"
