"""The child: what it may not do, how it may end, and that neither hurts the one who asked."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accounts.judging import Accepted, Code, JudgingUnavailable, Refused, Verdict, judge
from accounts.judging.parent import COMMAND, judge_with
from accounts.judging.slots import Slots
from tests.accounts.hostile_files import jpeg

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parents[2]
ANSWER = """
import json, sys
def answer(header, *pages):
    for part in (json.dumps(header).encode(), *pages):
        sys.stdout.buffer.write(len(part).to_bytes(4, "big") + part)
"""
PAGE = 'b"\\xff\\xd8\\xff" + b"0" * 9'


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-B", "-c", code]


def judged_by(code: str, tmp_path: Path, data: bytes = b"", wall_seconds: float = 20) -> Verdict:
    slots = Slots(folder=tmp_path / "slots")
    return judge_with(
        data or jpeg(), filename="a.jpg", command=python(code), wall_seconds=wall_seconds, slots=slots
    )  # fmt: skip


def confined(code: str, *arguments: str) -> dict:
    """Run code after the child's own limits; it fills the dictionary `seen`."""
    prepared = f"import json, os, socket, sys\nsys.path.append({str(ROOT)!r})\nfrom accounts.judging import limits\n"
    prepared += "limits.bound_resources(); limits.die_with_parent()\nseen = {'network': limits.leave_network()}\n"
    prepared += "seen['landlock'] = limits.close_files(entry for entry in sys.path[:-1])\n"
    command = [*python(prepared + code + "\nprint(json.dumps(seen))"), *arguments]
    done = subprocess.run(command, capture_output=True, check=True, env={}, timeout=30)
    return json.loads(done.stdout)


def test_the_child_holds_its_limits_before_it_decodes():
    code = """
import resource
for name in ("CORE", "CPU", "AS", "FSIZE", "NOFILE", "NPROC"):
    seen[name] = resource.getrlimit(getattr(resource, "RLIMIT_" + name))
try:
    bytearray(1600 * 1024 * 1024)
except MemoryError:
    seen["memory"] = "refused"
"""
    seen = confined(code)

    assert seen["CORE"] == seen["FSIZE"] == seen["NPROC"] == [0, 0]
    assert seen["CPU"] == [10, 11]
    assert seen["AS"] == [1536 * 1024 * 1024] * 2
    assert seen["NOFILE"] == [64, 64]
    assert seen["memory"] == "refused"


def test_the_child_opens_and_writes_no_file_and_starts_no_program(tmp_path):
    secret, target = tmp_path / "master.key", tmp_path / "written"
    secret.write_text("key")
    code = """
def tried(what):
    try:
        what()
    except OSError as error:
        return "refused"
    return "done"
seen["read"] = tried(lambda: open(sys.argv[1]))
seen["list"] = tried(lambda: os.listdir("/etc"))
seen["write"] = tried(lambda: open(sys.argv[2], "w").write("x"))
seen["start"] = tried(lambda: os.execv("/bin/true", ["true"]))
"""
    seen = confined(code, str(secret), str(target))

    refused = {name: seen[name] for name in ("read", "list", "write", "start")}
    # A kernel without Landlock is reported by the child; where it is there, it must hold.
    assert seen["landlock"] == 0 or refused == dict.fromkeys(refused, "refused")
    assert not target.exists() or target.read_text() == ""


def test_the_child_reaches_no_network():
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = """
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
    seen["reached"] = True
except OSError:
    seen["reached"] = False
"""
        seen = confined(code, str(server.getsockname()[1]))

    is_closed = seen["network"] or seen["landlock"] >= 4
    assert seen["reached"] is not is_closed


def test_the_child_gets_no_environment_no_folder_and_no_descriptor(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    code = f"""{ANSWER}
import os
alone = dict(os.environ).get("SECRET_KEY") is None and os.getcwd() == "/" and os.getsid(0) == os.getpid()
alone = alone and len(os.listdir("/proc/self/fd")) == 4  # the three, and the one that lists
answer({{"sizes": [[1, 1]]}} if alone else {{}}, {PAGE})
"""
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        assert isinstance(judged_by(code, tmp_path), Accepted)


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "raise SystemExit(1)",
        "pass",
        "print('hello')",
        "import os; os.write(1, b'\\xff\\xff\\xff\\xff')",
        ANSWER + "answer([])",
        ANSWER + "answer({})",
        ANSWER + "answer({'sizes': []})",
        ANSWER + f"answer({{'sizes': [[1, 1]]}}, {PAGE}, {PAGE})",
        ANSWER + f"answer({{'sizes': [[1, 9000]]}}, {PAGE})",
        ANSWER + f"answer({{'sizes': [[1, 1]] * 51}}, *[{PAGE}] * 51)",
        ANSWER + "answer({'sizes': [[1, 1]]}, b'<script>')",
        ANSWER + "answer({'refused': 'NO SUCH CODE'})",
        ANSWER + "answer({'refused': 'BUSY'})",
        ANSWER + "answer({'refused': 'BROKEN', 'details': 7})",
    ],
)
def test_a_dead_or_lying_child_means_broken(code, tmp_path):
    verdict = judged_by(code, tmp_path)

    assert isinstance(verdict, Refused)
    assert verdict.code == Code.BROKEN


def test_a_child_out_of_memory_means_too_complex(tmp_path):
    verdict = judged_by("import os; os.abort()", tmp_path)

    assert isinstance(verdict, Refused)
    assert verdict.code == Code.TOO_COMPLEX


def test_a_childs_words_reach_nobody(tmp_path):
    code = ANSWER + "answer({'refused': 'PAGE_SIZE', 'details': {'page': 3, 'seen': '<b>', 'X': 1, 'width': True}})"

    verdict = judged_by(code, tmp_path)

    assert isinstance(verdict, Refused)
    assert dict(verdict.details) == {"page": 3}


def test_a_sleeping_child_is_stopped_with_all_it_started(tmp_path):
    code = "import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(7777)'])\n"

    verdict = judged_by(code + "time.sleep(7777)", tmp_path, wall_seconds=1)

    assert isinstance(verdict, Refused)
    assert verdict.code == Code.TIMEOUT
    assert _running("time.sleep(7777)") == []


def test_a_child_that_closed_its_output_is_stopped_too(tmp_path):
    verdict = judged_by("import os, time; os.close(1); time.sleep(7778)", tmp_path, wall_seconds=1)

    assert isinstance(verdict, Refused)
    assert verdict.code == Code.TIMEOUT
    assert _running("time.sleep(7778)") == []


def test_what_a_finished_child_left_behind_is_killed(tmp_path):
    code = f"""{ANSWER}
import subprocess
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(7779)"], stdout=subprocess.DEVNULL)
answer({{"sizes": [[1, 1]]}}, {PAGE})
"""
    assert isinstance(judged_by(code, tmp_path), Accepted)
    assert _running("time.sleep(7779)") == []


def test_a_busy_child_is_stopped_by_its_own_limit(tmp_path):
    code = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass"

    verdict = judged_by(code, tmp_path)

    assert isinstance(verdict, Refused)
    assert verdict.code == Code.TIMEOUT


def test_a_child_that_never_reads_or_never_stops_writing_does_no_harm(tmp_path):
    deaf = judged_by(ANSWER + f"answer({{'sizes': [[1, 1]]}}, {PAGE})", tmp_path, data=jpeg() + bytes(5_000_000))
    endless = judged_by("import os\nwhile True: os.write(1, bytes(1 << 20))", tmp_path)

    assert isinstance(deaf, Accepted)
    assert isinstance(endless, Refused)


def test_a_machine_that_cannot_judge_says_so_instead_of_blaming_the_file(tmp_path):
    with pytest.raises(JudgingUnavailable):
        judged_by("raise SystemExit(70)", tmp_path)
    with pytest.raises(JudgingUnavailable):
        judge_with(jpeg(), filename="a.jpg", command=["/no/such/program"], wall_seconds=1, slots=Slots())
    (tmp_path / "file").write_text("")
    with pytest.raises(JudgingUnavailable):
        judge_with(jpeg(), filename="a.jpg", command=COMMAND, wall_seconds=1, slots=Slots(folder=tmp_path / "file"))


def test_the_real_child_says_how_far_it_is_confined():
    done = subprocess.run(COMMAND, input=jpeg(), capture_output=True, check=True, env={})

    length = int.from_bytes(done.stdout[:4], "big")
    header = json.loads(done.stdout[4 : 4 + length])
    assert set(header["confined"]) == {"network", "landlock"}


def test_no_third_judging_while_two_run(tmp_path):
    slots = Slots(count=2, wait_seconds=0.1, folder=tmp_path / "slots")

    with slots.taken(), slots.taken():
        verdict = judge_with(jpeg(), filename="a.jpg", command=COMMAND, wall_seconds=20, slots=slots)

    assert isinstance(verdict, Refused)
    assert verdict.code == Code.BUSY
    assert isinstance(
        judge_with(jpeg(), filename="a.jpg", command=COMMAND, wall_seconds=20, slots=slots), Accepted
    )  # fmt: skip


def test_a_place_is_free_again_when_its_holder_is_killed(tmp_path):
    slots = Slots(count=1, wait_seconds=5, folder=tmp_path / "slots")
    code = f"""
import sys, time
from pathlib import Path
sys.path.append({str(ROOT)!r})
from accounts.judging.slots import Slots
with Slots(count=1, folder=Path(sys.argv[1])).taken():
    print("held", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([*python(code), str(slots.folder)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.send_signal(signal.SIGKILL)
        with slots.taken():
            pass


def test_refusals_at_the_door_start_no_child_and_take_no_place(tmp_path):
    slots = Slots(count=0, wait_seconds=0, folder=tmp_path / "slots")

    verdict = judge_with(b"MZ", filename="a.pdf", command=["/no/such/program"], wall_seconds=1, slots=slots)

    assert isinstance(verdict, Refused)
    assert verdict.code == Code.NOT_ALLOWED_TYPE
    assert not slots.folder.exists()


def test_the_public_door_judges_with_the_real_child():
    assert isinstance(judge(jpeg(), filename="a.jpg"), Accepted)


def _running(text: str) -> list[str]:
    """Processes with this text in their command, given a moment to be reaped by whoever inherits them."""
    deadline = time.monotonic() + 3
    while True:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command, state = (process / "cmdline").read_bytes(), (process / "stat").read_text()
            except OSError:
                continue  # it ended while we looked
            if text.encode() in command and ") Z " not in state:
                found.append(process.name)
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)
