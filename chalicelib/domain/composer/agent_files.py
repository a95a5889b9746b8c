"""Files that agents upload, to send them with a reply or to keep them in a macro."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.domain.aftersales.evidence import BY_AGENT
from chalicelib.domain.cases.facts import AttachedFile
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS, Instant
from chalicelib.domain.kernel.validation import ONE_LINE, Input

MACROS = "macros"
"""The folder of files of macros; those of a case lie in a folder with the case's id."""
KEEP_MS = 30 * DAY_MS
PER_HOUR, WINDOW_MS = 120, HOUR_MS
FileState = Literal["expected", "stored", "refused"]
FileReason = Literal["too_large", "empty", "unknown_type", "broken"]


class UploadIn(Input, frozen=True, kw_only=True):
    """The body of `POST …/files`: the name under which a file is shown."""

    name: Annotated[str, Meta(min_length=1, max_length=200, extra={ONE_LINE: True})]


class AgentFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of an agent. `file`: where it is stored, once it was checked."""

    id: str
    shop: str
    folder: str
    name: Private
    by: str
    at: Instant
    state: FileState = "expected"
    reason: FileReason | None = None
    kind: str = ""
    bytes: int = 0
    file: str = ""

    @property
    def upload(self) -> str:
        """The key that it is uploaded to."""
        return f"uploads/{self.shop}/{self.folder}/{BY_AGENT}{self.id}"

    @property
    def attached(self) -> AttachedFile:
        """The file as an event names it."""
        return AttachedFile(id=self.id, name=self.name, kind=self.kind, bytes=self.bytes, file=self.file)


def is_of_agent(upload_name: str) -> bool:
    """Whether an upload with this name is an agent's, and no evidence of the customer."""
    return upload_name.startswith(BY_AGENT)
