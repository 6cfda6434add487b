"""Build .venv and install requirement files, unless that is done: python3 deploy/environment.py requirements.txt

The stamp is a hash of the files' text, so a repeat costs nothing and a changed pin is installed at the next start. Two
starts at once wait for each other. Needs Python 3.11 with venv, nothing else.
"""

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".venv"
PYTHON = HOME / "bin" / "python"


def main(names: list[str]) -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. Try PYTHON=python3.11")
    HOME.mkdir(exist_ok=True)
    with open(HOME / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = HOME / f".{names[-1]}.stamp"
        wanted = digest([ROOT / name for name in names])
        if stamp.exists() and stamp.read_text() == wanted and works():
            return
        build(names)
        stamp.write_text(wanted)


def digest(paths: list[Path]) -> str:
    """Return a hash of the files, the files they include, and this Python."""
    sums = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for path in paths:
        text = path.read_text(encoding="utf-8")
        sums.update(text.encode())
        included = [path.parent / name for name in re.findall(r"^-r\s+(\S+)", text, re.MULTILINE)]
        if included:
            sums.update(digest(included).encode())
    return sums.hexdigest()


def works() -> bool:
    """Whether the environment's Python still starts: the system's may have been replaced under it."""
    try:
        return subprocess.run([PYTHON, "-c", ""], check=False, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def build(names: list[str]) -> None:
    began = time.monotonic()
    print(f".venv: installing {', '.join(names)} (a minute or so, once) …", flush=True)
    if not works():
        try:
            venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(HOME)
        except subprocess.CalledProcessError:
            sys.exit("Python's venv module is incomplete here (Debian and Ubuntu: package python3-venv).")
    files = [word for name in names for word in ("-r", str(ROOT / name))]
    quiet = ["-qq", "--disable-pip-version-check", "--no-input", "--prefer-binary"]
    if subprocess.run([PYTHON, "-m", "pip", "install", *quiet, *files], check=False).returncode:
        sys.exit("The packages could not be installed; what pip said stands above.")
    print(f".venv: done in {time.monotonic() - began:.0f} s", flush=True)


main(sys.argv[1:])
