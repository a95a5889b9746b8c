"""The effects of macros on how a case is organised: its tags, and putting it off."""

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.casework.parts import Snooze
from chalicelib.domain.casework.payloads import SnoozeUntil, TagChange
from chalicelib.domain.casework.snoozing import clocks_that_break
from chalicelib.domain.casework.tags import MAX_TAGS, clean_tag
from chalicelib.domain.composer.macros import MacroSnooze
from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant, to_datetime
from chalicelib.usecases.cases.handle_command import Command
from chalicelib.usecases.casework import snooze_case
from chalicelib.usecases.casework.tag_case import change_tags
from chalicelib.usecases.composer.macros.effect import Doing, EffectRow, Phrase

if TYPE_CHECKING:
    from chalicelib.usecases.composer.macros.effect import EffectServices


def _tags(doing: Doing) -> TagChange | None:
    tags = doing.actions.tags
    return tags if tags is not None and (tags.add or tags.remove) else None


def _tag_words(tags: TagChange, _: Case) -> Phrase:
    named: dict[str, str | tuple[Phrase, ...]] = {"tags": ", ".join(tags.add), "removed": ", ".join(tags.remove)}
    return Phrase(f"macro_tags_{'both' if tags.add and tags.remove else 'add' if tags.add else 'remove'}", named)


def _tag_refusal(_: "EffectServices", case: Case, tags: TagChange) -> Phrase | None:
    count = len(_after_tagging(case, tags).tags)
    return Phrase("macro_refused_tags", {"most": str(MAX_TAGS)}) if count > MAX_TAGS else None


def _after_tagging(case: Case, tags: TagChange) -> Case:
    removed = set(map(clean_tag, tags.remove))
    stay = [tag for tag in case.tags if tag not in removed]
    return replace(case, tags=tuple(dict.fromkeys((*stay, *map(clean_tag, tags.add)))))


class SnoozeFor(Struct, frozen=True, kw_only=True):
    """A snooze that a macro makes, with its end in milliseconds since 1970."""

    snooze: MacroSnooze
    until: Instant | None


def _snooze(doing: Doing) -> SnoozeFor | None:
    snooze = doing.actions.snooze
    if snooze is None:
        return None
    return SnoozeFor(snooze=snooze, until=doing.now + snooze.seconds * SECOND_MS if snooze.seconds else None)


def _snooze_words(wanted: SnoozeFor, case: Case) -> Phrase:
    """What it waits for, and whether a promise to the customer breaks before, because a snooze stops no clock."""
    parts = (
        [Phrase("macro_snooze_hours", {"hours": f"{wanted.snooze.seconds / 3600:g}"})] if wanted.snooze.seconds else []
    )
    parts += [Phrase(f"macro_snooze_{wanted.snooze.event}")] if wanted.snooze.event else []
    breaks = clocks_that_break(case, Snooze(until=wanted.until))
    return Phrase("macro_snooze_breaks" if breaks else "macro_snooze", {"ends": tuple(parts)})


def _snooze_refusal(_: "EffectServices", case: Case, __: SnoozeFor) -> Phrase | None:
    return Phrase("macro_refused_snooze") if case.done or case.historical else None


def _after_snooze(case: Case, _: SnoozeFor) -> Case:
    return case


def _do_snooze(services: "EffectServices", command: Command, wanted: SnoozeFor) -> object:
    until = to_datetime(wanted.until) if wanted.until is not None else None
    return snooze_case.snooze(services, command, SnoozeUntil(until=until, event=wanted.snooze.event))


TAGS = EffectRow(
    kind="tags",
    wanted=_tags,
    words=_tag_words,
    refusal=_tag_refusal,
    after=_after_tagging,
    do=change_tags,
)
SNOOZE = EffectRow(
    kind="snooze",
    wanted=_snooze,
    words=_snooze_words,
    refusal=_snooze_refusal,
    after=_after_snooze,
    do=_do_snooze,
)
