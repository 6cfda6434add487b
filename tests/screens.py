"""`make screens`: walk the journeys and lay their pictures out in screens/index.html, both widths side by side."""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TAKEN, SHOWN = ROOT / "test-results/screens", ROOT / "screens"

PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Screens</title>
<style>
body {{ font: 15px system-ui; margin: 24px; }}
section {{ display: flex; gap: 24px; align-items: start; margin: 0 0 32px; }}
figure {{ margin: 0; }} img {{ border: 1px solid #ccc; max-height: 70vh; max-width: 60vw; }} h2 {{ font-size: 16px; }}
</style>
<h1>{count} pictures</h1>
{rows}
</html>
"""


def main() -> int:
    """Return pytest's exit code; the pictures that were taken are laid out either way."""
    shutil.rmtree(TAKEN, ignore_errors=True)
    code = subprocess.call([sys.executable, "-m", "pytest", "tests/journeys", "-q"], cwd=ROOT)
    shutil.rmtree(SHOWN, ignore_errors=True)
    if not TAKEN.is_dir():
        print("The journeys took no picture.", file=sys.stderr)
        return code or 1
    shutil.copytree(TAKEN, SHOWN)
    (SHOWN / "index.html").write_text(index(SHOWN), encoding="utf-8")
    print(f"{SHOWN / 'index.html'}")
    return code


def index(folder: Path) -> str:
    """Return the page: one row a picture's name, one column a width."""
    widths = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: int(path.name.split("x")[0]))
    names = sorted({path.name for width in widths for path in width.glob("*.png")})
    rows = []
    for name in names:
        present = [width / name for width in widths if (width / name).exists()]
        figures = "".join(_figure(path, folder) for path in present)
        rows.append(f"<h2>{html.escape(name.removesuffix('.png'))}</h2>\n<section>{figures}</section>")
    count = sum(len(list(width.glob("*.png"))) for width in widths)
    return PAGE.format(count=count, rows="\n".join(rows))


def _figure(path: Path, folder: Path) -> str:
    where = html.escape(path.relative_to(folder).as_posix())
    return f'<figure><a href="{where}"><img src="{where}" alt="{where}" loading="lazy"></a></figure>'


if __name__ == "__main__":
    sys.exit(main())
