"""What an upload holds until it is judged: encrypted under a key of this request, in a file that has no name.

A licence never lies in plain sight on a disk, not even in freed blocks, and five photographs fill no memory. The file
lies in the store's own volume and is gone with the process.
"""

from __future__ import annotations

import io
import os
import tempfile

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.conf import settings

IN_MEMORY = 64 * 1024  # smaller ones never touch the disk


class Spill(io.RawIOBase):
    """Written once from start to end, then read from the start any number of times. OSError when the disk is full."""

    def __init__(self) -> None:
        super().__init__()
        self._cipher = Cipher(AES(os.urandom(32)), CTR(os.urandom(16)))
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=_folder())  # noqa: SIM115  # closed with this one
        self._writer: CipherContext | None = self._cipher.encryptor()
        self._reader = self._cipher.decryptor()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return self._writer is not None

    def seekable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self._writer is None:
            raise io.UnsupportedOperation("it has been read")
        self._file.write(self._writer.update(data))
        return len(data)

    def read(self, size: int = -1) -> bytes:
        return self._reader.update(self._file.read(size))

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Back to the start; nothing else is needed."""
        if (offset, whence) != (0, os.SEEK_SET):
            raise io.UnsupportedOperation("only to the start")
        self._writer, self._reader = None, self._cipher.decryptor()
        return self._file.seek(0)

    def close(self) -> None:
        self._file.close()
        super().close()


def _folder() -> str:
    folder = settings.EVIDENCE_DIR
    if not folder.is_dir():
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    return str(folder)
