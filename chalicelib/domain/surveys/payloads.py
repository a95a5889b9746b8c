"""The body of the webhook about an outside survey."""

from typing import Annotated

from msgspec import Meta

from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.kernel.validation import CaseEvent
from chalicelib.domain.surveys.facts import Ces, Csat, Nps


class SurveyAnswer(CaseEvent, frozen=True):
    """`survey.answered`: an outside survey was answered."""

    csat: Csat | None = None
    nps: Nps | None = None
    ces: Ces | None = None
    comment: Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00]*\Z")] | None = None


def check_answer(_kind: str, data: SurveyAnswer, _now: Instant) -> None:
    """Refuse an answer that answers nothing."""
    if data.csat is None and data.nps is None and data.ces is None and not data.comment:
        raise invalid("data", "answers nothing: give csat, nps, ces or comment")
