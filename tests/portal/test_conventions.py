"""The house rules, held by a machine."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from portal.personal import Personal

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ["portal", "accounts", "consent", "articles", "strategy"]
SEE_ALL = {"portal/urls.py"}
# Modules that may declare text safe, each because it has just cleaned or made it.
MAY_MARK_SAFE = {
    *("consent/texts.py", "articles/body.py", "articles/rendering.py", "articles/models/revision.py"),
    *("portal/names.py", "portal/templatetags/portal.py", "strategy/phrases.py", "strategy/claims.py"),
    *("strategy/explaining.py", "strategy/path.py", "strategy/pieces.py", "strategy/presentation.py"),
}


def _sources(*folders: str) -> list[Path]:
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in files if "migrations" not in path.parts)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_point_down_only(floor):
    above = set(FLOORS[FLOORS.index(floor) + 1 :])
    wrong = []
    for path in _sources(floor):
        if _name(path) in SEE_ALL or "settings" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            wrong += [f"{_name(path)} imports {name}" for name in names if name.partition(".")[0] in above]

    assert wrong == []


def test_only_the_workflow_assigns_a_status():
    anywhere = re.compile(r"(?<!self)\.status\s*=[^=]|update\([^)]*\bstatus=", re.DOTALL)
    in_models = re.compile(r"\.status\s*=[^=]|update\([^)]*\bstatus=", re.DOTALL)
    found = [
        _name(path)
        for path in _sources(*FLOORS)
        if (in_models if "models" in path.as_posix() else anywhere).search(path.read_text(encoding="utf-8"))
    ]

    assert found == ["portal/workflow.py"]


def test_every_model_says_what_personal_data_it_holds():
    silent = []
    for model in apps.get_models():
        if model._meta.app_label in FLOORS and not model._meta.auto_created:
            declared = model.__dict__.get("PERSONAL_DATA")
            if declared is None or not all(isinstance(value, Personal) for value in declared.values()):
                silent.append(model.__name__)
            else:
                fields = {field.name for field in model._meta.get_fields()}
                assert set(declared) <= fields, model.__name__

    assert silent == []


def test_text_is_declared_safe_only_where_it_is_cleaned():
    pattern = re.compile(r"\b(mark_safe|SafeString|format_html)\b")
    found = {_name(p) for p in _sources(*FLOORS) if pattern.search(p.read_text(encoding="utf-8"))}

    assert {name for name in found if "/admin" not in name} <= MAY_MARK_SAFE


def _templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def _markup(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    # crispy hands its packs strings it has rendered and escaped itself; allauth draws the code's SVG.
    trusted = "crispy_portal" in path.parts or path.name == "activate_form.html"
    return re.sub(r"\|safe\b", "", text) if trusted else text


def test_templates_hold_no_inline_script_style_or_handler():
    inline = re.compile(
        r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*type=\"(application/json|importmap)\")|"
        r"javascript:|\|safe\b|autoescape off",
        re.IGNORECASE,
    )

    assert [_name(p) for p in _templates() if inline.search(_markup(p))] == []


def test_nothing_is_fetched_from_another_host():
    other = re.compile(r"(src|href|url)\s*[=(]\s*[\"']?(https?:)?//", re.IGNORECASE)
    files = _templates() + sorted((ROOT / "static").rglob("*.css")) + sorted((ROOT / "static").rglob("*.js"))

    assert [_name(p) for p in files if other.search(p.read_text(encoding="utf-8"))] == []


def test_no_module_is_named_for_nothing():
    banned = {"utils.py", "helpers.py", "common.py", "core.py", "services.py", "misc.py"}

    assert [_name(p) for p in _sources(*FLOORS) if p.name in banned] == []


def test_files_and_functions_stay_readable():
    long_files = [_name(p) for p in _sources(*FLOORS) if len(p.read_text(encoding="utf-8").splitlines()) > 300]
    long_functions = [
        f"{_name(path)}:{node.name}"
        for path in _sources(*FLOORS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno > 60
    ]

    assert (long_files, long_functions) == ([], [])


def test_no_page_is_cached_by_django():
    pattern = re.compile(r"cache_page|UpdateCacheMiddleware|FetchFromCacheMiddleware")

    assert [_name(p) for p in _sources(*FLOORS) if pattern.search(p.read_text(encoding="utf-8"))] == []


def test_no_error_is_swallowed():
    silent = [
        f"{_name(path)}:{node.lineno}"
        for path in _sources(*FLOORS)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and all(isinstance(line, ast.Pass) for line in node.body)
    ]

    assert silent == []
