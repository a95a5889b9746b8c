"""The operators' command that indexes all cases anew, and how many words a case has."""

from datetime import date

import pytest

from chalicelib.bootstrap import AwsServices
from infra.operate.search_index import index
from infra.samples.history.deliveries import history
from tests.fakes import NOON, FakeServices
from tests.support.moto.tables import given_case
from tests.support.search.indexed import found_keys, indexing


def test_the_command_lets_all_cases_be_found_and_may_be_run_again(
    services: AwsServices, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {given_case(services, f"web-{number}", message="refund").key for number in range(5)}
    assert found_keys(services, "refund") == []
    assert index("demo").cases == 5
    words = index(None).words
    assert set(found_keys(services, "refund")) == keys
    said = capsys.readouterr().out
    assert f"5 cases indexed, which are found by {words} words" in said
    assert "5 pieces of feedback in them" in said
    assert len(list(services.feedback.between("demo", 0, services.now() + 1))) == 5
    assert index("other").cases == 0


def test_a_case_of_the_demo_shop_has_as_many_words_as_the_decision_says() -> None:
    services = indexing(FakeServices(time=NOON))
    for delivery in history(date(2026, 11, 18), 60):
        services.hook(delivery.type, delivery.data, delivery.id)
    sizes = [len(words.sources) for words in services.words.stored.values()]
    assert len(sizes) >= 55
    assert 35 <= sum(sizes) / len(sizes) <= 55
    assert max(sizes) <= 100
