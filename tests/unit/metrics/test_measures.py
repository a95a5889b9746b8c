"""The days on whose lists a case is put, and the days it changes, according to the measures."""

from chalicelib.domain.cases.facts import CaseResolved, MessageReceived, ReplySent
from chalicelib.domain.cases.measure import changed_days, counted_day
from chalicelib.registries import Registries
from chalicelib.usecases.cases.append_events import append_events
from tests.fakes.services import FakeServices
from tests.support.cases.events import case_of, happened, opened

ZONE = "Asia/Shanghai"
NEXT_DAY = 24 * 60
MEASURES = Registries().measures


def test_names_dimensions_and_folders_of_measures_are_each_their_own() -> None:
    for names in (
        [measure.name for measure in MEASURES],
        [dimension for measure in MEASURES for dimension in measure.dimensions],
        [measure.folder for measure in MEASURES if measure.folder],
    ):
        assert len(set(names)) == len(names)


def test_every_measure_has_a_query_and_a_source_is_of_a_measure() -> None:
    names = [measure.name for measure in MEASURES]
    assert [query.measure.name for query in Registries().measure_queries] == names
    assert set(Registries().row_sources) <= set(names)


def test_an_event_that_nobody_counts_puts_the_case_on_no_list() -> None:
    reply = happened(NEXT_DAY, ReplySent(message="…"))
    assert counted_day(reply, case_of(opened()), ZONE, MEASURES) == "2026-11-21"
    assert counted_day(reply, case_of(opened()), ZONE, ()) is None
    assert counted_day(happened(NEXT_DAY, MessageReceived(message="?")), case_of(opened()), ZONE, MEASURES) is None


def test_a_case_that_begins_or_goes_changes_its_days() -> None:
    case = case_of(opened(), happened(NEXT_DAY, CaseResolved()))
    days = {"2026-11-20", "2026-11-21"}
    assert changed_days(None, case, ZONE, MEASURES) == changed_days(case, None, ZONE, MEASURES) == days
    assert changed_days(case, case, ZONE, MEASURES) == set()
    assert changed_days(case_of(opened()), case, ZONE, MEASURES) == {"2026-11-21"}


def test_the_change_says_which_of_its_events_count_on_which_day() -> None:
    services, changes = FakeServices(), []
    commit = services.cases.commit
    services.cases.commit = lambda change: (changes.append(change), commit(change))[1]  # type: ignore[method-assign,func-returns-value]
    first, message, reply = opened(), happened(1, MessageReceived(message="?")), happened(NEXT_DAY, CaseResolved())
    append_events(services, services.shops.stored["demo"], "k", lambda _: [first, message, reply])
    ((change),) = changes
    assert change.days == {first.order: "2026-11-20", reply.order: "2026-11-21"}
