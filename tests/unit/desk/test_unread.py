"""What is unread for an agent: what others have added since they looked."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.cases.events import Event, event
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.desk.unread import Latest, latest_after, newest_by_others
from chalicelib.domain.kernel.actors import SYSTEM, Actor
from tests.fakes import NOON

ACTORS = (Actor("customer", "fang"), Actor("shop"), Actor("agent", "mei"), Actor("agent", "lee"), Actor("agent", "ana"))


def events_by(actors: list[Actor]) -> list[Event]:
    made = (event(NOON, actor, NoteAdded(message="…"), str(number)) for number, actor in enumerate(actors))
    return [replace(each, seq=number) for number, each in enumerate(made, 1)]


def by(actor: Actor) -> str | None:
    return actor.id if actor.kind == "agent" else ""


@given(st.lists(st.lists(st.sampled_from([*ACTORS, SYSTEM]), max_size=4), max_size=6))
def test_two_names_are_enough_to_know_the_newest_event_by_others_for_everybody(changes: list[list[Actor]]) -> None:
    all_events = events_by([actor for change in changes for actor in change])
    latest: tuple[Latest, ...] = ()
    for change in changes:
        new, all_events_left = all_events[: len(change)], all_events[len(change) :]
        latest, all_events = latest_after(latest, new), all_events_left
    everything = events_by([actor for change in changes for actor in change])
    for reader in ("mei", "lee", "ana", "somebody"):
        others = [each.seq for each in everything if each.by.kind != "system" and by(each.by) != reader]
        version = len(everything)
        expected = max(others, default=0) if latest else version
        assert newest_by_others(latest, reader, version) == expected


def test_what_the_system_does_makes_nothing_unread() -> None:
    assert latest_after((Latest(3, "mei"),), events_by([SYSTEM])) == (Latest(3, "mei"),)


def test_of_a_case_that_an_earlier_version_stored_everything_is_new() -> None:
    assert newest_by_others((), "mei", 7) == 7
