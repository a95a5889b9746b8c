"""What is needed of files that customers send."""

from typing import Protocol

from msgspec import Struct


class Upload(Struct, frozen=True):
    """Where a browser sends a file: the address, and the fields that stand before the file."""

    url: str
    fields: dict[str, str]


class Uploads(Protocol):
    """Files that customers send us."""

    def form(self, key: str, most: int, back: str) -> Upload: ...
    def read(self, key: str, most: int) -> bytes | None: ...
    def keep(self, key: str, data: bytes, kind: str) -> None: ...
    def move(self, key: str, to: str) -> None: ...
    def remove(self, key: str) -> None: ...
    def link(self, key: str) -> str: ...
    def remove_below(self, prefix: str) -> int: ...


class ImageSanitizer(Protocol):
    """What a file really is, and the file without what it tells of its maker."""

    def kind_of(self, data: bytes) -> str | None: ...
    def cleaned(self, data: bytes, kind: str) -> bytes | None: ...
