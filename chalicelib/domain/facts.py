"""Which days a case is counted on. The nights read only the cases of a day, and restate a day that changed."""

from collections.abc import Iterator

from chalicelib.domain.cases import Case
from chalicelib.domain.events import CaseOpened, CaseResolved, CaseClosed, Event, ReplySent, SurveyAnswered, SurveySent
from chalicelib.domain.instants import Day, day_of

COUNTED = (CaseOpened, ReplySent, CaseResolved, CaseClosed, SurveySent, SurveyAnswered)


def counts_on(event: Event, before: Case | None) -> bool:
    """Whether this event puts its case on the list of its day. Only the first reply of a case does."""
    if isinstance(event.fact, ReplySent):
        return before is None or before.first_reply_at is None or event.at < before.first_reply_at
    return isinstance(event.fact, COUNTED)


def changed_days(before: Case | None, after: Case | None, time_zone: str) -> set[Day]:
    """The days whose figures differ between two states of a case."""
    old, new = _counted(before, time_zone), _counted(after, time_zone)
    return {day for day in old.keys() | new.keys() if old.get(day) != new.get(day)}


def _counted(case: Case | None, time_zone: str) -> dict[Day, list[object]]:
    days: dict[Day, list[object]] = {}
    for at, figure in _figures(case) if case else ():
        days.setdefault(day_of(at, time_zone), []).append(figure)
    return days


def _figures(case: Case) -> Iterator[tuple[int, object]]:
    dimensions = (case.channel, case.type, case.team, case.assignee, case.skus)
    yield case.opened_at, ("opened", dimensions)
    if case.first_reply_at is not None:
        yield case.first_reply_at, ("first_reply", case.first_reply_at, dimensions)
    if case.resolved_at is not None:
        kept = tuple((clock.name, clock.state) for clock in case.clocks)
        figure = ("resolved", case.resolved_at, kept, case.reopened, case.replies, case.escalations, dimensions)
        yield case.resolved_at, figure
    for survey in case.surveys:
        if survey.sent_at is not None:
            yield survey.sent_at, ("sent", survey.id, dimensions)
    for answer in case.answers:
        yield answer.at, ("answered", answer, dimensions)
