"""Ports for files that customers upload."""

from collections.abc import Iterator
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.timestamps import Day, Instant


class Upload(Struct, frozen=True):
    """A signed upload form: the URL to post to, and the form fields that come before the file."""

    url: str
    fields: dict[str, str]


class Uploads(Protocol):
    """The bucket with the files of customers and cases. Keys are paths, such as `evidence/<shop>/<case>/<name>`."""

    def sign_form(self, key: str, max_bytes: int, return_url: str) -> Upload:
        """A form, valid for an hour, that uploads one file of 1 to `max_bytes` bytes, then leads to `return_url`."""

    def read(self, key: str, max_bytes: int) -> bytes | None:
        """The first `max_bytes` bytes of a file; None when there is no such file."""

    def save(self, key: str, data: bytes, media_type: str) -> None:
        """Save a file with its media type, such as `image/jpeg`; it replaces one with the same key."""

    def move(self, key: str, to: str) -> None:
        """Move a file to another key; nothing happens when it is not there."""

    def remove(self, key: str) -> None:
        """Remove a file; nothing happens when it is not there."""

    def sign_link(self, key: str) -> str:
        """A URL that shows a file to whoever has it, for five minutes. Whether the file exists is not checked."""

    def remove_below(self, prefix: str) -> int:
        """Remove all files whose keys start with this prefix; returns how many there were."""


class ImageSanitizer(Protocol):
    """Detects the real type of a file, and removes metadata from pictures."""

    def detect_type(self, data: bytes) -> str | None:
        """The media type of these bytes, if it is one that we store; None otherwise."""

    def sanitize(self, data: bytes, media_type: str) -> bytes | None:
        """The picture without metadata, or a video unchanged; None when it cannot be decoded."""


ContactMark: TypeAlias = tuple[str, str]
"""The mark of a customer who was active in a month: its partition, and `<month>#<key>`."""
Retained: TypeAlias = Literal["people", "files"]


class RetentionStore(Protocol):
    """When customers were last active, which cases were closed on a day, and the requests to erase and delete."""

    def quiet_since(self, shop: str, month: str) -> Iterator[ContactMark]:
        """The marks of customers who may have been inactive since before this month."""

    def request_erasure(self, key: str, now: Instant) -> None:
        """Request through the queue that a customer is checked, and erased if they were inactive for too long."""

    def clear(self, mark: ContactMark) -> None:
        """Remove a mark, because its customer was requested to be checked."""

    def closed_on(self, shop: str, day: Day) -> Iterator[Case]:
        """The cases that were closed on a day, without private text."""

    def is_newest(self, case: Case) -> bool:
        """Whether the customer has opened no case after this one."""

    def first_day(self, shop: str) -> Day | None:
        """The first day on which anything of the shop was counted; None if nothing was."""

    def request_file_deletion(self, case: str, now: Instant) -> None:
        """Request through the queue that the files of a case are checked and deleted; `case` is its key."""

    def looked_to(self, shop: str, what: Retained, days: int) -> Day | None:
        """The last day whose closed cases were looked at while people or files were kept for this many days; None if
        none was."""

    def note_looked(self, shop: str, what: Retained, days: int, day: Day) -> None:
        """Save that day in place of the last one."""
