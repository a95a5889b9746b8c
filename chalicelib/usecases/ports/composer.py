"""Ports for what agents write with: macros, drafts, replies that wait, mentions, and the files that they upload.

A case's key is the last part of its id. Times are milliseconds since 1970, and pages are read with the `next` of the
page before as `after`.
"""

from collections.abc import Iterable
from typing import Protocol

from chalicelib.domain.composer.agent_files import AgentFile
from chalicelib.domain.composer.drafts import Draft, DraftKind
from chalicelib.domain.composer.macros import Macro
from chalicelib.domain.composer.mentions import Mention
from chalicelib.domain.composer.pending_replies import PendingReply, PendingState
from chalicelib.usecases.ports.cases import Page


class MacroStore(Protocol):
    """A shop's macros, with all their versions."""

    def load(self, shop: str, macro: str) -> Macro | None:
        """The newest version of a macro; None when the shop never had one with this id."""

    def load_many(self, shop: str, macros: Iterable[str]) -> dict[str, Macro]:
        """The newest versions of these macros, by id; unknown ones are left out."""

    def all(self, shop: str) -> list[Macro]:
        """The newest version of each macro of a shop, by id, also of deleted ones."""

    def versions(self, shop: str, macro: str, limit: int, after: str | None) -> Page:
        """A page of the versions of a macro (`Macro`), the newest first."""

    def add(self, macro: Macro) -> None:
        """Store the next version of a macro. VersionConflict when that version exists already."""


class DraftStore(Protocol):
    """Agents' drafts: one for each agent, case and kind."""

    def load(self, shop: str, agent: str, case_key: str, kind: DraftKind) -> Draft | None:
        """A draft; None when there is none, or its customer was erased."""

    def of_agent(self, shop: str, agent: str, limit: int, after: str | None) -> Page:
        """A page of an agent's drafts (`Draft`), by case."""

    def save(self, draft: Draft, customer: str) -> Draft:
        """Store a draft in place of the one with its `version`, encrypted with the key of this customer (a key); the
        draft with its new version. VersionConflict when another one is stored."""

    def remove(self, draft: Draft) -> None:
        """Remove a draft. VersionConflict when another one was stored since."""


class PendingReplyStore(Protocol):
    """Replies that wait until they are due. Their messages are in the queue of timers."""

    def add(self, reply: PendingReply, customer: str) -> PendingReply | None:
        """Store a reply with its timer; None. If one with this id is stored already, change nothing and return it."""

    def load(self, case_key: str, identifier: str) -> PendingReply | None:
        """A reply; None when there is none, or it ended more than a week ago."""

    def of_case(self, case_key: str) -> list[PendingReply]:
        """The newest replies of a case, at most 20, also those that were sent or came back."""

    def move(self, reply: PendingReply, to: PendingState) -> bool:
        """Take a reply from its state to another; whether it still was in that state. Its text is removed once it is
        sent."""

    def give_back(self, reply: PendingReply, to: PendingState, draft: Draft, customer: str) -> bool:
        """Take a reply from its state to `undone` or `held`, remove its text, and store the draft that it becomes in
        place of the one with the draft's `version`: all or nothing. Whether the reply still was in that state.
        VersionConflict when the draft has changed."""


class MentionStore(Protocol):
    """The mentions that each agent has not read."""

    def add(self, mention: Mention) -> None:
        """Put a mention on its agent's list, once: one that was read does not come back."""

    def unread(self, shop: str, agent: str, limit: int, after: str | None) -> Page:
        """A page of the mentions (`Mention`) that an agent has not read, the newest first."""

    def remove(self, shop: str, agent: str, mentions: Iterable[str]) -> None:
        """Take mentions with these ids from the list, because they were read; unknown ones are ignored."""


class AgentFileStore(Protocol):
    """The files that agents upload: what is expected, stored or refused. The files themselves are in `Uploads`."""

    def expect(self, file: AgentFile, whose: str) -> None:
        """Store that a file will be uploaded. Its name is encrypted with the key of `whose`, a customer's key."""

    def load(self, shop: str, folder: str, identifiers: Iterable[str]) -> dict[str, AgentFile]:
        """The files with these ids in a folder, by id; unknown ones are left out."""

    def settle(self, file: AgentFile) -> bool:
        """Store that an expected file was stored or refused; False when that was known already."""
