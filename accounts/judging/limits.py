"""What the judging child takes from itself before it looks at a byte: memory, time, files, processes, network.

The resource limits always hold, or nothing is judged. The rest is as good as the system allows, and the child says
what it got: an empty network namespace where user namespaces are permitted; Landlock (Linux 5.13, TCP from 6.7), by
which no file but libraries and fonts can be opened, and none written or executed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from collections.abc import Iterable
from pathlib import Path

CPU_SECONDS = 11  # hard; it is told to stop one second before
ADDRESS_SPACE = 1536 * 1024 * 1024
OPEN_FILES = 64
RANDOM = "/dev/urandom"  # qpdf reads it by path when it writes a file anew
# PDFium looks here for the letters of fonts that a PDF names but does not carry.
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts")

LIMITS = {
    resource.RLIMIT_CORE: 0,  # a core file would hold the scan
    resource.RLIMIT_CPU: CPU_SECONDS,
    resource.RLIMIT_AS: ADDRESS_SPACE,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_NOFILE: OPEN_FILES,
    resource.RLIMIT_NPROC: 0,  # no child, no thread (root is exempt from this one)
}

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
CAPABILITY_VERSION_3 = 0x20080522
SYS_LANDLOCK_CREATE, SYS_LANDLOCK_ADD, SYS_LANDLOCK_RESTRICT = 444, 445, 446
LANDLOCK_VERSION = 1  # the flag that asks for the version instead of a rule set
LANDLOCK_PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
# All rights on files that each version knows; a right not handled would stay open.
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
FILE_RIGHTS_NOW = (1 << 16) - 1
NET_RIGHTS, SCOPES = 0b11, 0b11  # bind and connect by TCP; abstract sockets and signals to strangers

libc = ctypes.CDLL(None, use_errno=True)


def bound_resources() -> None:
    """Set the resource limits, soft and hard. Raises where the system refuses: then nothing is judged."""
    for name, wanted in LIMITS.items():
        hard = resource.getrlimit(name)[1]
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        # The soft limit of time ends the child by SIGXCPU, which says why; the hard one a second later could not.
        soft = max(wanted - 1, 1) if name == resource.RLIMIT_CPU else wanted
        resource.setrlimit(name, (soft, wanted))
    os.nice(5)
    with contextlib.suppress(OSError):  # where memory runs short, the kernel is to end this process and no other
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def die_with_parent() -> None:
    """A worker that is killed takes its child along."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def leave_network() -> bool:
    """Move into an empty network namespace and drop every capability. False where that is not permitted."""
    is_alone = libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)())
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return is_alone


def close_files(readable: Iterable[str]) -> int:
    """From now on open nothing but what lies beneath these paths, to read it. Returns the Landlock version, or 0."""
    version = max(0, int(libc.syscall(SYS_LANDLOCK_CREATE, None, 0, LANDLOCK_VERSION)))
    if not version:
        return 0
    handled = struct.pack("=QQQ", FILE_RIGHTS.get(version, FILE_RIGHTS_NOW), NET_RIGHTS, SCOPES)
    handled = handled[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = int(libc.syscall(SYS_LANDLOCK_CREATE, handled, len(handled), 0))
    if rules < 0:
        return 0
    for path in (*readable, *FONTS, RANDOM):
        if os.path.exists(path):
            beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rights = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE
            libc.syscall(SYS_LANDLOCK_ADD, rules, LANDLOCK_PATH_BENEATH, struct.pack("=Qi", rights, beneath), 0)
            os.close(beneath)
    is_closed = libc.syscall(SYS_LANDLOCK_RESTRICT, rules, 0) == 0
    os.close(rules)
    return version if is_closed else 0
