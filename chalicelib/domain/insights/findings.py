"""What the nightly job finds in what customers said. Every finding has the number of what it rests on, and an interval
(95 %) where it has one.

Findings name words and ids, never a whole text of a person: texts are read by their ids when somebody looks, so that
they are gone once the person is erased.
"""

from typing import Literal

from msgspec import Struct

from chalicelib.domain.insights.outcomes.risk_summary import RiskSummary
from chalicelib.domain.kernel.timestamps import Day

Interval = tuple[float, float]
Counts = dict[Day, int]
"""By day; days without any are left out."""
Sums = dict[str, str]
"""Money by currency, as decimal texts."""


class Keyword(Struct, frozen=True, kw_only=True):
    """A word that people use, found in one of three ways. `count` texts of the period have it, `before` texts of the
    period of the same length before; `rose`: more than chance, among all that were compared. `product` and `type` are
    None for the keywords of everything."""

    word: str
    by: Literal["rule", "tfidf", "model"]
    count: int
    before: int
    weight: float
    rose: bool = False
    product: str | None = None
    type: str | None = None


class Topic(Struct, frozen=True, kw_only=True):
    """What a group of texts is about. It keeps its `id` from day to day. `typical`: ids of the three feedback items
    nearest to its middle. `negative`: the share of its texts that blame, with its interval; `trend`: texts a day in the
    last two weeks divided by those in the time before, with its interval; `money`: what its cases cost."""

    id: str
    words: list[str]
    count: int
    customers: int
    since: Day
    counts: Counts
    negative: float
    negative_interval: Interval
    trend: float | None
    trend_interval: Interval | None
    products: dict[str, int]
    types: dict[str, int]
    channels: dict[str, int]
    money: Sums
    typical: list[str]
    items: list[str]
    """The ids of its newest items, the newest first."""


class Question(Struct, frozen=True, kw_only=True):
    """What is asked again and again. `typical`: the id of the item that is most like the others; `proposal`: what would
    help (an article, the text of the product's page, the product itself, its packaging); `article`: the one that
    answers it; `changed`: texts a day in the last two weeks divided by those before, None while there is too little."""

    id: str
    words: list[str]
    count: int
    customers: int
    since: Day
    last: Day
    counts: Counts
    money: Sums
    typical: str
    items: list[str]
    article: str | None
    proposal: Literal["article", "page_text", "product", "packaging"]
    changed: float | None
    changed_interval: Interval | None


class Anomaly(Struct, frozen=True, kw_only=True):
    """A day whose count breaks the pattern of the days before. `dimension`: what is counted (`all`, `topic`, `product`,
    `type`, `channel`), `value`: which of it, `label`: how people read that; `event`: the holiday or promotion of that
    day, which explains it."""

    day: Day
    dimension: Literal["all", "topic", "product", "type", "channel"]
    value: str
    label: str
    count: int
    expected: float
    score: float
    event: str | None = None


class EventEffect(Struct, frozen=True, kw_only=True):
    """How many times as much was said on the days of an event as was expected, with its interval."""

    event: str
    first: Day
    last: Day
    count: int
    expected: float
    effect: float
    interval: Interval


class Association(Struct, frozen=True, kw_only=True):
    """Two things that occur together more often than by chance: `count` texts have both, `expected` would. `lift` with
    its interval; `q`: the share of false discoveries among all associations that are as certain as this
    (Benjamini and Hochberg 1995)."""

    left: str
    left_value: str
    right: str
    right_value: str
    count: int
    expected: float
    lift: float
    interval: Interval
    q: float


class Driver(Struct, frozen=True, kw_only=True):
    """What goes with satisfaction: points of the mean score for one unit more, all else being equal. An association."""

    driver: str
    target: Literal["csat", "nps"]
    effect: float
    low: float
    high: float
    count: int


class EarlyWarning(Struct, frozen=True, kw_only=True):
    """An order that may go wrong. `stage`: what was known (at the order, at hand-over, on the promised day); `group`:
    whether the shop may act on it, or it is held out to measure what acting does."""

    order: str
    day: Day
    stage: Literal["order", "hand_over", "promised_day"]
    risk: float
    reasons: list[str]
    group: Literal["treated", "held_out"]
    customer: str | None = None
    went_wrong: bool | None = None


class Segment(Struct, frozen=True, kw_only=True):
    """A group of customers. `kind`: by what they are grouped; figures are None where nobody answered."""

    kind: Literal["value", "satisfaction", "loyalty", "behaviour", "need"]
    name: str
    customers: int
    share: float
    share_interval: Interval
    csat: float | None = None
    nps: float | None = None
    answers: int = 0
    details: dict[str, float] = {}


class Alert(Struct, frozen=True, kw_only=True):
    """What to look at first: `customers` touched times `money` (of the largest currency) is its `weight`. `evidence`:
    ids of feedback items; `link`: the page of the desk, below that of the shop."""

    id: str
    day: Day
    kind: Literal["topic", "product", "anomaly", "question", "association"]
    value: str
    label: str
    customers: int
    money: Sums
    weight: float
    evidence: list[str]
    link: str
    facts: dict[str, float]


class Findings(Struct, frozen=True, kw_only=True):
    """Everything that the nightly job of `day` found in the days from `first` on. `items`: the feedback that it
    read."""

    shop: str
    day: Day
    first: Day
    items: int
    customers: int
    topics: list[Topic] = []
    keywords: list[Keyword] = []
    questions: list[Question] = []
    anomalies: list[Anomaly] = []
    events: list[EventEffect] = []
    associations: list[Association] = []
    drivers: list[Driver] = []
    warnings: list[EarlyWarning] = []
    segments: list[Segment] = []
    alerts: list[Alert] = []
    totals: Counts = {}
    risk: RiskSummary | None = None
    restated: int = 0
    inputs: str = ""
