"""The rules one case lives by: the versions of policy and calendar that its opening names."""

from msgspec import Struct

from chalicelib.domain.flows.claim_history import History
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.eligibility import judge
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.sla.calendars import ALWAYS, Calendar
from chalicelib.domain.sla.policies import Policy


class Rules(Struct, frozen=True):
    """The versions of policy and calendar a case lives by, and the shift of whom it was given to."""

    policy: Policy
    calendar: Calendar
    shift: Calendar = ALWAYS

    def calendar_of(self, name: str) -> Calendar:
        """The calendar a clock runs on, by its `<id>@<version>`."""
        return ALWAYS if name == ALWAYS.name else self.calendar

    def judge(
        self, kind: FlowKind, claim: Claim, order: Order | None, at: Instant, history: History | None
    ) -> tuple[Ruling, ...]:
        """What speaks for and against a claim made at that moment."""
        order = order.as_of(at) if order else None
        return judge(kind, claim, order, at, self.policy.after_sales, self.calendar.time_zone, history or History())
