"""The facts about surveys: sent, skipped, answered."""

from typing import Annotated, ClassVar

from msgspec import Meta

from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import Private
from chalicelib.domain.kernel.timestamps import Instant

Csat = Annotated[int, Meta(ge=1, le=5)]


Nps = Annotated[int, Meta(ge=0, le=10)]


Ces = Annotated[int, Meta(ge=1, le=7)]


class SurveySent(Fact, frozen=True, kw_only=True, tag="survey_sent"):
    """A survey was sent to the customer. `round`: how often the case had been reopened by then."""

    rank: ClassVar[int] = 10
    survey: str
    round: int
    expires_at: Instant


class SurveySkipped(Fact, frozen=True, kw_only=True, tag="survey_skipped"):
    """A survey was not sent, and why."""

    rank: ClassVar[int] = 11
    survey: str
    round: int
    reason: str


class SurveyAnswered(Fact, frozen=True, kw_only=True, tag="survey_answered"):
    """The customer answered our survey with this id, or an external survey (None)."""

    rank: ClassVar[int] = 12
    folds_text: ClassVar[bool] = False
    searched: ClassVar[tuple[str, ...]] = ("comment",)
    heard: ClassVar[tuple[str, ...]] = ("comment",)
    survey: str | None = None
    csat: Csat | None = None
    nps: Nps | None = None
    ces: Ces | None = None
    comment: Private | None = None
