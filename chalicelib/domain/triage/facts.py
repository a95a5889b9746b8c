"""That a case was typed: by rules when it was opened without a type, or by an agent who corrects it."""

from typing import Annotated, ClassVar, Literal

from chalicelib.domain.kernel.enums import CaseType
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.kernel.private_fields import MARK, Private

TypedBy = Literal["rule", "model", "none", "agent"]
"""What typed a case; `none`: nothing was certain enough, so the case counts as a question and has no type for
routing."""
Sentiment = Literal["negative", "neutral", "positive"]
Urgency = Literal["safety", "money", "legal", "vulnerable", "third_contact", "deadline"]
"""Why a case is urgent."""


class CaseTyped(Fact, frozen=True, kw_only=True, tag="case_typed"):
    """The case got its type, `kind`. `reason`: the name of a reason; `note`: why, in an agent's words.

    `sentiment` with its `score` from -1 to 1, `urgent` and `words`, on which all of it rests, are those of the text
    that was read; an agent's correction has none of them. `model`: the id of the model that typed it;
    `aspects` of shop and product that the text names; `product`: the SKU that it is about.
    """

    rank: ClassVar[int] = 66
    folds_text: ClassVar[bool] = False
    kind: CaseType
    by: TypedBy
    confidence: float = 1.0
    reason: str | None = None
    note: Private = ""
    sentiment: Sentiment | None = None
    score: float = 0.0
    urgent: tuple[Urgency, ...] = ()
    words: Annotated[tuple[str, ...], MARK] = ()
    model: str | None = None
    aspects: tuple[str, ...] = ()
    product: str | None = None
