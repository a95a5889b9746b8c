"""The file of a statement: as it was downloaded, or packed by gzip or zip; read a piece at a time."""

import gzip
import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from chalicelib.domain.settlement.formats.text import Numbered, detect_encoding, numbered_lines

CHUNK = 1024 * 1024
SUFFIXES = (".csv", ".txt", ".tsv")
GZIP = b"\x1f\x8b"


class StatementFile:
    """A statement's bytes and lines, unpacked; its digest and encoding."""

    def __init__(self, path: Path) -> None:
        self.path = path
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        self.digest = digest.hexdigest()[:40]
        self.encoding = detect_encoding(self.chunks)

    def chunks(self) -> Iterator[bytes]:
        """The statement's bytes, some at a time."""
        with self._open() as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def lines(self) -> Numbered:
        """The statement's lines, only one in memory at a time."""
        with self._open() as file:
            yield from numbered_lines(io.TextIOWrapper(file, encoding=self.encoding))

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        """The bytes of the statement, unpacked. SystemExit when a zip holds more than one."""
        with ExitStack() as stack:
            if zipfile.is_zipfile(self.path):
                archive = stack.enter_context(zipfile.ZipFile(self.path))
                yield stack.enter_context(archive.open(self._only_name(archive)))  # type: ignore[misc] # it reads bytes
                return
            raw = stack.enter_context(self.path.open("rb"))
            is_gzip = raw.read(len(GZIP)) == GZIP
            raw.seek(0)
            yield stack.enter_context(gzip.open(raw)) if is_gzip else raw  # type: ignore[misc] # it reads bytes

    def _only_name(self, archive: zipfile.ZipFile) -> str:
        names = [name for name in archive.namelist() if name.lower().endswith(SUFFIXES)]
        if len(names) != 1:
            raise SystemExit(f"{self.path} holds {len(names)} statements; unpack it and name one: {', '.join(names)}")
        return names[0]
