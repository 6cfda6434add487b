"""Running one child: bytes in, bytes out, a deadline, a ceiling, and nothing of it left behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code (negative: the signal), what it answered, whether we had to stop it."""

    code: int
    answer: bytes
    timed_out: bool


def run(command: Sequence[str], data: bytes, *, wall_seconds: float, max_answer: int) -> Ended:
    """Run the command with data on its standard input. OSError when it cannot be started.

    It gets no environment, no descriptor but its three, and its own process group, all of which is killed at the end.
    """
    deadline = time.monotonic() + wall_seconds
    with subprocess.Popen(  # noqa: S603  # a fixed list of our own, never a shell
        list(command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
        close_fds=True,
        bufsize=0,
    ) as process:
        try:
            answer, is_whole = _exchange(process, data, deadline, max_answer)
            in_time = is_whole and _has_ended(process.pid, deadline)
        finally:
            # Before the child is reaped its group id cannot belong to anybody else.
            os.killpg(process.pid, signal.SIGKILL)
    return Ended(code=process.returncode, answer=answer, timed_out=not in_time)


def _exchange(process: subprocess.Popen[bytes], data: bytes, deadline: float, ceiling: int) -> tuple[bytes, bool]:
    """Feed and read at once, so that neither side waits for the other. False when time or the ceiling ran out."""
    assert process.stdin is not None
    assert process.stdout is not None
    waiting, answer = memoryview(data), bytearray()
    with selectors.DefaultSelector() as selector:
        for stream, event in ((process.stdin, selectors.EVENT_WRITE), (process.stdout, selectors.EVENT_READ)):
            os.set_blocking(stream.fileno(), False)
            selector.register(stream, event)
        while True:
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                return bytes(answer), False
            for key, _ in ready:
                if key.fileobj is process.stdin:
                    waiting = _feed(key.fd, waiting)
                    if not waiting:
                        selector.unregister(process.stdin)
                        process.stdin.close()
                    continue
                piece = os.read(key.fd, CHUNK)
                answer += piece
                if not piece or len(answer) > ceiling:
                    return bytes(answer), not piece


def _feed(descriptor: int, waiting: memoryview) -> memoryview:
    try:
        return waiting[os.write(descriptor, waiting[:CHUNK]) :]
    except BrokenPipeError:
        return waiting[:0]  # it had read enough to answer, or died: its answer tells which


def _has_ended(pid: int, deadline: float) -> bool:
    """Wait for the exit without reaping. A child that closed its output but goes on is stopped at the deadline."""
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.002)
    return True
