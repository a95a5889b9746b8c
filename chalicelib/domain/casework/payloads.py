"""The bodies of requests that merge, split, snooze, tag and link cases."""

from typing import Annotated, TypeAlias

from msgspec import Meta

from chalicelib.domain.casework.facts import SnoozeEvent
from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.validation import Input, Line, Name, Time

CaseIds: TypeAlias = Annotated[tuple[Name, ...], Meta(max_length=10)]
Tags: TypeAlias = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(max_length=20)]


class MergeInto(Input, frozen=True):
    """The body of `POST …/merge`. `same_person`: the customers of both cases are one person, so their records are
    merged, too."""

    into: Name
    same_person: bool = False


class Unmerge(Input, frozen=True):
    """The body of `POST …/unmerge`."""

    case: Name


class Split(Input, frozen=True):
    """The body of `POST …/split`. `events`: the ids of the messages to take to a new case; `type`: what it is about."""

    events: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=50)]
    subject: Annotated[Line, Meta(min_length=1)]
    type: CaseType | None = None


class SnoozeUntil(Input, frozen=True):
    """The body of `POST …/snooze`."""

    until: Time | None = None
    event: SnoozeEvent | None = None


class Unsnooze(Input, frozen=True):
    """The body of `POST …/unsnooze`: an empty object."""


class TagChange(Input, frozen=True):
    """The body of `POST …/tags`."""

    add: Tags = ()
    remove: Tags = ()


class LinkChange(Input, frozen=True):
    """The body of `POST …/links`."""

    add: CaseIds = ()
    remove: CaseIds = ()
