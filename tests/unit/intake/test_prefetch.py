"""A prefetched batch leads to the same cases as one receipt after the other."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.intake.prefetch import prefetch
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.intake.read_receipt import with_outcome
from tests.fakes import FakeServices
from tests.support.cases.webhooks import DAY_OF_A_CASE, KEY


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False), races=st.integers(0, 3), size=st.integers(1, 12))
def test_a_batch_that_reads_ahead_ends_in_the_same_case_as_one_receipt_after_the_other(
    services: FakeServices, chance: random.Random, races: int, size: int
) -> None:
    in_order, batched = FakeServices(), FakeServices()
    for kind, data in DAY_OF_A_CASE:
        in_order.hook(kind, data)
    batched.cases.races = races
    arrivals = [*DAY_OF_A_CASE, *chance.sample(DAY_OF_A_CASE, 4)]
    chance.shuffle(arrivals)
    while arrivals:
        taken = [batched.deliver(kind, data) for kind, data in arrivals[:size]]
        del arrivals[:size]
        ahead = prefetch(batched, [key_of_id(receipt.id) for receipt in taken])
        for receipt in taken:
            process_receipt(batched, receipt.id, ahead.get(key_of_id(receipt.id)))
    assert batched.cases.load(KEY).case == in_order.cases.load(KEY).case
    assert [event.id for event in batched.cases.events(KEY)] == [event.id for event in in_order.cases.events(KEY)]
    states = {with_outcome(batched, receipt).state for receipt in batched.receipts.stored.values()}
    assert states <= {"processed", "ignored"}


def test_reading_ahead_gives_a_case_to_the_first_of_its_receipts_alone(services: FakeServices) -> None:
    keys = [key_of_id(services.deliver(kind, data).id) for kind, data in DAY_OF_A_CASE[:3]]
    ahead = prefetch(services, keys)
    assert [ahead[key].seen is not None for key in keys] == [True, False, False]
