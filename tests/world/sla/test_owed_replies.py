"""A reply is owed after every message of the customer, whatever happened before. Rows: `data/owed_replies.yaml`."""

import pytest
from hypothesis import given, settings

from chalicelib.domain.cases import facts
from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.fact import Fact
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import FakeServices
from tests.support.cases.events import any_story, case_of, happened, opened
from tests.support.world.case_stories import PROMISES, Row, play, standing
from tests.support.world.rows import rows


@pytest.mark.parametrize("row", rows("owed_replies"))
def test_the_customer_is_owed_an_answer(services: FakeServices, row: Row) -> None:
    put_policy(services, "demo", PROMISES)
    assert standing(play(services, row["steps"]), row["want"]) == row["want"]


@settings(max_examples=300, deadline=None)
@given(story=any_story)
def test_after_a_customers_word_somebody_owes_a_reply(story: list[tuple[int, Fact]]) -> None:
    last = max((minutes for minutes, _ in story), default=0) + 1
    word = happened(last, facts.MessageReceived(message="?"), Actor("customer"))
    case = case_of(opened(), *(happened(minutes, fact) for minutes, fact in story), word)
    owed = [clock.name for clock in case.clocks if clock.owed]
    assert "first_reply" in owed or "next_reply" in owed or word.id in case.spilled
