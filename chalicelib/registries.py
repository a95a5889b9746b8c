"""The five registries: what each capability adds to the product, in one place.

A new capability adds its own folders and its lines here; it edits no file of another capability. Each table is made on
first use, so that a function imports only what it needs.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.adapters.metrics.measure_query import MeasureQuery
    from chalicelib.domain.cases.fold import Reducers
    from chalicelib.domain.cases.measure import Measure
    from chalicelib.domain.intake.payloads import WebhookTypes
    from chalicelib.domain.kernel.fact import Fact
    from chalicelib.domain.timers.timer_source import TimerSource
    from chalicelib.usecases.ports.intake import IntakeTable
    from chalicelib.usecases.ports.metrics import RowSource
    from chalicelib.usecases.ports.registries import FollowUp


class Registries:
    """Reducers, timers, follow-ups, intake handlers and measures of all capabilities."""

    @cached_property
    def reducers(self) -> "Reducers":
        """How each fact changes a case. If several capabilities reduce a fact, they do so in this order."""
        from chalicelib.domain.aftersales.reducers import REDUCERS as AFTERSALES
        from chalicelib.domain.cases.fold import merge_reducers
        from chalicelib.domain.cases.reducers import REDUCERS as CASES
        from chalicelib.domain.casework.reducers import REDUCERS as CASEWORK
        from chalicelib.domain.email.reducers import REDUCERS as EMAIL
        from chalicelib.domain.routing.reducers import REDUCERS as ROUTING
        from chalicelib.domain.side_conversations.reducers import REDUCERS as SIDE_CONVERSATIONS
        from chalicelib.domain.surveys.reducers import REDUCERS as SURVEYS
        from chalicelib.domain.triage.reducers import REDUCERS as TRIAGE

        return merge_reducers(CASES, TRIAGE, CASEWORK, AFTERSALES, SURVEYS, EMAIL, SIDE_CONVERSATIONS, ROUTING)

    @cached_property
    def facts(self) -> "tuple[type[Fact], ...]":
        """All facts that may happen to a case, by rank: those that have a reducer."""
        return tuple(sorted(self.reducers, key=lambda fact: fact.rank))

    @cached_property
    def timers(self) -> "tuple[TimerSource, ...]":
        """The sources of timers, the most urgent first. If several are due, they are handled in this order."""
        from chalicelib.domain.aftersales.timers import DEADLINES, PAYMENTS
        from chalicelib.domain.casework.timers import TIMERS as CASEWORK
        from chalicelib.domain.routing.timers import TIMERS as ROUTING
        from chalicelib.domain.side_conversations.timers import TIMERS as SIDE_CONVERSATIONS
        from chalicelib.domain.surveys.timers import TIMERS as SURVEYS
        from chalicelib.domain.timers.case_timers import CLOSING, PROMISES

        return (*PROMISES, *DEADLINES, *ROUTING, *CASEWORK, *PAYMENTS, *SIDE_CONVERSATIONS, *CLOSING, *SURVEYS)

    @cached_property
    def follow_ups(self) -> "tuple[FollowUp, ...]":
        """The follow-ups of events: the queue of each, and what its worker does, in this order."""
        from chalicelib.usecases.aftersales.follow_ups import FOLLOW_UPS as AFTERSALES
        from chalicelib.usecases.casework.follow_ups import FOLLOW_UPS as CASEWORK
        from chalicelib.usecases.composer.follow_ups import FOLLOW_UPS as COMPOSER
        from chalicelib.usecases.email.follow_ups import FOLLOW_UPS as EMAIL
        from chalicelib.usecases.feedback.follow_ups import FOLLOW_UPS as FEEDBACK
        from chalicelib.usecases.live.follow_ups import FOLLOW_UPS as LIVE
        from chalicelib.usecases.notifications.follow_ups import FOLLOW_UPS as NOTIFICATIONS
        from chalicelib.usecases.routing.follow_ups import FOLLOW_UPS as ROUTING
        from chalicelib.usecases.search.follow_ups import FOLLOW_UPS as SEARCH
        from chalicelib.usecases.side_conversations.follow_ups import FOLLOW_UPS as SIDE_CONVERSATIONS
        from chalicelib.usecases.surveys.follow_ups import FOLLOW_UPS as SURVEYS
        from chalicelib.usecases.webhooks_out.follow_ups import FOLLOW_UPS as WEBHOOKS_OUT

        return (
            *NOTIFICATIONS,
            *EMAIL,
            *SIDE_CONVERSATIONS,
            *AFTERSALES,
            *SURVEYS,
            *CASEWORK,
            *SEARCH,
            *FEEDBACK,
            *WEBHOOKS_OUT,
            *COMPOSER,
            *ROUTING,
            *LIVE,
        )

    @cached_property
    def intake(self) -> "IntakeTable":
        """The handlers of inbound messages, by the type of their data."""
        from chalicelib.usecases.aftersales.intake import INTAKE as AFTERSALES
        from chalicelib.usecases.cases.intake import INTAKE as CASES
        from chalicelib.usecases.email.intake import INTAKE as EMAIL
        from chalicelib.usecases.feedback.intake import INTAKE as FEEDBACK
        from chalicelib.usecases.platforms.intake import INTAKE as PLATFORMS
        from chalicelib.usecases.privacy.intake import INTAKE as PRIVACY
        from chalicelib.usecases.settlement.intake import INTAKE as SETTLEMENT
        from chalicelib.usecases.surveys.intake import INTAKE as SURVEYS

        return (*CASES, *SURVEYS, *AFTERSALES, *SETTLEMENT, *EMAIL, *PLATFORMS, *PRIVACY, *FEEDBACK)

    @cached_property
    def webhook_types(self) -> "WebhookTypes":
        """The types of webhooks of the `standard` source, by name."""
        from chalicelib.domain.intake.payloads import WebhookType

        return {name: WebhookType(handler.data, handler.check) for handler in self.intake for name in handler.webhooks}

    @cached_property
    def measures(self) -> "tuple[Measure, ...]":
        """What the daily metrics count, of cases, order records and other sources."""
        from chalicelib.domain.aftersales.measures import MEASURES as AFTERSALES
        from chalicelib.domain.metrics.case_metrics import MEASURES as CASES
        from chalicelib.domain.settlement.measures import MEASURES as SETTLEMENT

        return (*CASES, *AFTERSALES, *SETTLEMENT)

    @cached_property
    def measure_queries(self) -> "tuple[MeasureQuery, ...]":
        """How the nightly job computes records from the rows of each measure, in SQL."""
        from chalicelib.adapters.aftersales.measure_queries import QUERIES as AFTERSALES
        from chalicelib.adapters.metrics.case_records import QUERIES as CASES
        from chalicelib.adapters.settlement.measure_queries import QUERIES as SETTLEMENT

        return (*CASES, *AFTERSALES, *SETTLEMENT)

    @cached_property
    def row_sources(self) -> "Mapping[str, RowSource]":
        """The sources of rows that come neither from cases nor from order records, by the name of their measure."""
        from chalicelib.usecases.settlement.count_settlement import settlement_metrics

        return {"settlement": settlement_metrics}
