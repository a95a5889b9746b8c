"""Updates of a dispute may arrive in any order, and twice: its state is the same."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS
from chalicelib.domain.kernel.validation import MoneyIn
from chalicelib.domain.orders.order import DisputeState
from chalicelib.domain.platforms.events import PlatformDispute
from chalicelib.usecases.orders.record_dispute import record_dispute
from tests.fakes import NOON, SHOP, FakeServices

STATES: tuple[DisputeState, ...] = ("open", "won", "lost", "refunded")


def word(kind: str, state: DisputeState, at: int | None) -> PlatformDispute:
    return PlatformDispute(
        id="3", order="51", kind=kind, reason="general", amount=MoneyIn("9.00", "EUR"), state=state, at=at
    )


def stands(words: list[PlatformDispute]) -> tuple[str, str]:
    services = FakeServices()
    for place, one in enumerate(words):
        record_dispute(services, SHOP, one, NOON + place * HOUR_MS)
    (record,) = services.order_records.stored.values()
    (found,) = record.disputes
    return found.kind, found.state


@given(
    st.lists(st.tuples(st.sampled_from(("inquiry", "chargeback")), st.sampled_from(STATES)), min_size=2, max_size=4),
)
def test_words_on_a_dispute_come_to_the_same_in_whatever_order_they_come(
    updates: list[tuple[str, DisputeState]],
) -> None:
    words = [word(kind, state, NOON - 9 * DAY_MS + place * HOUR_MS) for place, (kind, state) in enumerate(updates)]
    want = stands(words)
    for other in permutations(words):
        assert stands([*other, *other]) == want


def test_that_a_dispute_is_open_without_a_time_undoes_no_decision() -> None:
    for state in STATES[1:]:
        for words in permutations([word("chargeback", "open", None), word("chargeback", state, None)]):
            assert stands([*words]) == ("chargeback", state)


def test_what_began_ahead_of_our_clock_is_older_than_its_decision() -> None:
    ahead, won = word("chargeback", "open", NOON + 16 * HOUR_MS), word("chargeback", "won", NOON - DAY_MS)
    assert {stands([ahead, won]), stands([won, ahead])} == {("chargeback", "won")}
