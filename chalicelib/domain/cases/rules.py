"""The rules of a case: the versions of policy and calendar that its opening names."""

from msgspec import Struct

from chalicelib.domain.flows.claims import Claim, History
from chalicelib.domain.flows.eligibility import judge
from chalicelib.domain.flows.eligibility_reasons import Ruling
from chalicelib.domain.kernel.aftersales_enums import FlowKind
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.domain.orders.order import Order
from chalicelib.domain.sla.calendars import ALWAYS, ALWAYS_NAME, Calendar
from chalicelib.domain.sla.policies import Policy


class Rules(Struct, frozen=True):
    """The versions of policy and calendar that apply to a case, and the shift of the agent it is assigned to."""

    policy: Policy
    calendar: Calendar
    shift: Calendar = ALWAYS

    def calendar_of(self, name: str) -> Calendar:
        """The calendar of a clock, by the calendar's `<id>@<version>`."""
        return ALWAYS if name == ALWAYS_NAME else self.calendar

    def judge(
        self, kind: FlowKind, claim: Claim, order: Order | None, claimed_at: Instant, history: History | None
    ) -> tuple[Ruling, ...]:
        """The reasons for and against a claim that was made at this time."""
        order = order.as_of(claimed_at) if order else None
        policy, time_zone = self.policy.after_sales, self.calendar.time_zone
        return judge(kind, claim, order, claimed_at, policy, time_zone, history or History())
