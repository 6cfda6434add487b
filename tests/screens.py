"""`make screens`: run the journeys, then lay their pictures out in screens/ with an index by size and story."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TAKEN, SHOWN = ROOT / "test-results" / "screens", ROOT / "screens"
PAGE = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>screens</title>
<style>body {{ font: 14px/1.5 system-ui; margin: 2rem }} .row {{ display: flex; flex-wrap: wrap; gap: 1rem }}
figure {{ margin: 0; width: 220px }} img {{ width: 100%; height: 320px; object-fit: cover; object-position: top;
border: 1px solid #bbb }} figcaption {{ overflow-wrap: anywhere }}</style>{body}</html>
"""


def main(words: list[str]) -> int:
    """Take the pictures (further words go to pytest) and lay out those that came, whatever failed."""
    shutil.rmtree(TAKEN, ignore_errors=True)
    command = [sys.executable, "-m", "pytest", "-q", "tests/journeys", *words]
    code = subprocess.call(command, cwd=ROOT, env=os.environ | {"PICTURES": "1"})
    shutil.rmtree(SHOWN, ignore_errors=True)
    if not TAKEN.exists():
        return code or 1
    shutil.copytree(TAKEN, SHOWN)
    (SHOWN / "index.html").write_text(PAGE.format(body=_body()), encoding="utf-8")
    print(f"{sum(1 for _ in SHOWN.rglob('*.png'))} pictures: {SHOWN / 'index.html'}")
    return code


def _body() -> str:
    folders = sorted(path for path in SHOWN.iterdir() if path.is_dir())
    return "".join(f'<h2>{folder.name}</h2><div class="row">{_figures(folder)}</div>' for folder in folders)


def _figures(folder: Path) -> str:
    made = []
    for path in sorted(folder.glob("*.png")):
        address = html.escape(path.relative_to(SHOWN).as_posix())
        picture = f'<a href="{address}"><img src="{address}" alt="" loading="lazy"></a>'
        made.append(f"<figure>{picture}<figcaption>{html.escape(path.stem)}</figcaption></figure>")
    return "".join(made)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
