"""Macros, drafts, waiting replies, mentions and agents' files in memory, with the same conflicts as the table's."""

from collections.abc import Iterable

from msgspec.structs import replace

from chalicelib.domain.composer.agent_files import AgentFile
from chalicelib.domain.composer.drafts import Draft, DraftKind
from chalicelib.domain.composer.macros import Macro
from chalicelib.domain.composer.mentions import Mention
from chalicelib.domain.composer.pending_replies import PendingReply, PendingState
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.ports.cases import Page, VersionConflict


class FakeMacros:
    """All versions of macros, by shop and id."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], list[Macro]] = {}

    def load(self, shop: str, macro: str) -> Macro | None:
        return next(reversed(self.stored.get((shop, macro), [])), None)

    def load_many(self, shop: str, macros: Iterable[str]) -> dict[str, Macro]:
        return {macro: found for macro in macros if (found := self.load(shop, macro)) is not None}

    def all(self, shop: str) -> list[Macro]:
        return [versions[-1] for (owner, _), versions in sorted(self.stored.items()) if owner == shop]

    def versions(self, shop: str, macro: str, limit: int, after: str | None) -> Page:
        return Page(list(reversed(self.stored[shop, macro]))[:limit])

    def add(self, macro: Macro) -> None:
        versions = self.stored.setdefault((macro.shop, macro.id), [])
        if len(versions) + 1 != macro.version:
            raise VersionConflict
        versions.append(macro)


class FakeDrafts:
    """Drafts by agent, case and kind. `races`: how many of the next writes find that somebody else was faster."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str, str, str], Draft] = {}
        self.races = 0

    def load(self, shop: str, agent: str, case_key: str, kind: DraftKind) -> Draft | None:
        return self.stored.get((shop, agent, case_key, kind))

    def of_agent(self, shop: str, agent: str, limit: int, after: str | None) -> Page:
        return Page(
            [draft for (owner, name, *_), draft in sorted(self.stored.items()) if (owner, name) == (shop, agent)]
        )

    def save(self, draft: Draft, customer: str) -> Draft:
        self._check(draft)
        saved = replace(draft, version=draft.version + 1)
        self.stored[self._place(draft)] = saved
        return saved

    def remove(self, draft: Draft) -> None:
        self._check(draft)
        del self.stored[self._place(draft)]

    def _check(self, draft: Draft) -> None:
        stored = self.stored.get(self._place(draft))
        if self.races or (stored.version if stored else 0) != draft.version:
            self.races = max(0, self.races - 1)
            raise VersionConflict

    def _place(self, draft: Draft) -> tuple[str, str, str, str]:
        return draft.shop, draft.by, key_of_id(draft.case), draft.kind


class FakePendingReplies:
    """Replies that wait, by case and id; `timers` has the messages that the queue will deliver."""

    def __init__(self, drafts: FakeDrafts) -> None:
        self.drafts = drafts
        self.stored: dict[tuple[str, str], PendingReply] = {}
        self.timers: list[tuple[str, str]] = []

    def add(self, reply: PendingReply, customer: str) -> PendingReply | None:
        place = key_of_id(reply.case), reply.id
        if place in self.stored:
            return self.stored[place]
        self.stored[place] = reply
        self.timers.append(place)
        return None

    def load(self, case_key: str, identifier: str) -> PendingReply | None:
        return self.stored.get((case_key, identifier))

    def of_case(self, case_key: str) -> list[PendingReply]:
        return [reply for (key, _), reply in self.stored.items() if key == case_key]

    def move(self, reply: PendingReply, to: PendingState) -> bool:
        place = key_of_id(reply.case), reply.id
        if self.stored[place].state != reply.state:
            return False
        self._step(place, to)
        return True

    def give_back(self, reply: PendingReply, to: PendingState, draft: Draft, customer: str) -> bool:
        place = key_of_id(reply.case), reply.id
        if self.stored[place].state != reply.state:
            return False
        self.drafts.save(draft, customer)
        self._step(place, to)
        return True

    def _step(self, place: tuple[str, str], to: PendingState) -> None:
        reply = replace(self.stored[place], state=to)
        self.stored[place] = reply if to == "sending" else replace(reply, body="", copy=(), reason=None)


class FakeMentions:
    """The mentions that agents have not read, and those that were ever listed."""

    def __init__(self) -> None:
        self.listed: dict[tuple[str, str], dict[str, Mention]] = {}
        self.known: set[tuple[str, str, str]] = set()

    def add(self, mention: Mention) -> None:
        if (mention.shop, mention.agent, mention.id) not in self.known:
            self.known.add((mention.shop, mention.agent, mention.id))
            self.listed.setdefault((mention.shop, mention.agent), {})[mention.id] = mention

    def unread(self, shop: str, agent: str, limit: int, after: str | None) -> Page:
        found = self.listed.get((shop, agent), {})
        return Page([found[identifier] for identifier in sorted(found, reverse=True)][:limit])

    def remove(self, shop: str, agent: str, mentions: Iterable[str]) -> None:
        for identifier in mentions:
            self.listed.get((shop, agent), {}).pop(identifier, None)


class FakeAgentFiles:
    """What is known of agents' files, by shop, folder and id."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str, str], AgentFile] = {}

    def expect(self, file: AgentFile, whose: str) -> None:
        self.stored[file.shop, file.folder, file.id] = file

    def load(self, shop: str, folder: str, identifiers: Iterable[str]) -> dict[str, AgentFile]:
        wanted = ((identifier, self.stored.get((shop, folder, identifier))) for identifier in identifiers)
        return {identifier: file for identifier, file in wanted if file is not None}

    def settle(self, file: AgentFile) -> bool:
        if self.stored[file.shop, file.folder, file.id].state != "expected":
            return False
        self.stored[file.shop, file.folder, file.id] = file
        return True
