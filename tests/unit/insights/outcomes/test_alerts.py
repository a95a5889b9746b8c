"""What staff are alerted to, and how they teach it."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.insights.findings import Alert
from chalicelib.domain.insights.outcomes.alerts import Vote, alerts_of, weight_of
from chalicelib.domain.insights.outcomes.reach import main_currency
from tests.support.insights.findings_of_outcomes import anomaly, association, findings, question, topic
from tests.support.insights.outcomes import case, inputs, refund, said

QUIET = inputs()


def subjects(found: list[Alert]) -> list[tuple[str, str]]:
    return [(each.kind, each.value) for each in found]


def vote(kind: str, value: str, day: str = "2026-11-19", useful: bool = False) -> Vote:
    return Vote(kind=kind, value=value, useful=useful, day=day)


def test_the_five_that_touch_most_customers_times_money_are_alerts() -> None:
    found = [topic(f"T-{place}", customers=place, money={"EUR": "10"}) for place in range(1, 8)]
    found.append(topic("T-8", customers=1, money={"EUR": "1000"}))
    alerts = alerts_of(findings(*found, question(customers=65)), QUIET)
    assert subjects(alerts) == [
        ("topic", "T-8"),
        ("topic", "T-7"),
        ("question", "Q-1"),
        ("topic", "T-6"),
        ("topic", "T-5"),
    ]
    assert [each.weight for each in alerts] == [1000, 70, 65, 60, 50]


def test_money_counts_in_the_currency_that_most_alerts_have() -> None:
    assert weight_of(3, {"EUR": "20", "JPY": "9000"}, "EUR") == 60
    assert weight_of(3, {"JPY": "9000"}, "EUR") == 3
    assert weight_of(3, {"EUR": "0.20"}, "EUR") == 3
    assert weight_of(3, {}, None) == 3
    assert main_currency([{"EUR": "1"}, {"JPY": "9000"}, {"EUR": "2", "USD": "3"}]) == "EUR"
    assert main_currency([{"EUR": "0"}, {}]) is None


def test_a_subject_is_no_alert_again_within_a_week_unless_its_customers_doubled() -> None:
    previous = alerts_of(findings(topic("T-1", customers=20), day="2026-11-14"), QUIET)
    assert len(previous) == 1
    for customers, day, is_alert in ((39, "2026-11-20", False), (40, "2026-11-20", True), (20, "2026-11-21", True)):
        again = alerts_of(findings(topic("T-1", customers=customers), day=day), QUIET, previous)
        assert bool(again) is is_alert


def test_a_topic_that_grows_and_its_unusual_day_are_one_subject() -> None:
    words = tuple(said(f"item-{place}", day=322, customer=f"C-{place}", topic="T-1") for place in range(30))
    day = words[0].day
    found = findings(topic("T-1", customers=20), anomaly(day, "topic", "T-1"))
    assert subjects(alerts_of(found, inputs(said=words))) == [("anomaly", "topic:T-1")]
    previous = alerts_of(findings(topic("T-1", customers=20), day="2026-11-18"), QUIET)
    assert alerts_of(found, inputs(said=words), previous) == []


def test_each_vote_of_not_useful_halves_its_kind() -> None:
    found = findings(topic("T-1", customers=20), topic("T-2", customers=12), question("Q-1", customers=11))
    votes = {"one": vote("topic", "other"), "two": vote("question", "other", useful=True)}
    alerts = alerts_of(found, QUIET, votes=votes)
    assert [(each.value, each.weight) for each in alerts] == [("Q-1", 11), ("T-1", 10), ("T-2", 6)]
    twice = alerts_of(found, QUIET, votes=votes | {"three": vote("topic", "another")})
    assert [(each.value, each.weight) for each in twice] == [("Q-1", 11), ("T-1", 5), ("T-2", 3)]


def test_what_was_not_useful_is_silent_for_thirty_days() -> None:
    found = findings(topic("T-1"), topic("T-2"))
    for day, expected in (("2026-10-22", ["T-2"]), ("2026-10-21", ["T-1", "T-2"])):
        alerts = alerts_of(found, QUIET, votes={"one": vote("topic", "T-1", day)})
        assert [each.value for each in alerts] == expected
    assert len(alerts_of(found, QUIET, votes={"one": vote("topic", "T-1", useful=True)})) == 2
    assert alerts_of(findings(), QUIET) == []


def test_an_alert_has_the_same_id_whenever_its_day_is_computed_and_another_one_when_it_is_raised_again() -> None:
    days = ("2026-11-16", "2026-11-16", "2026-11-17")
    ids = [alerts_of(findings(topic(), day=day), QUIET)[0].id for day in days]
    assert ids[0] == ids[1] != ids[2]
    other = alerts_of(replace(findings(topic(), day=days[0]), shop="other"), QUIET)
    assert other[0].id != ids[0]


def test_an_association_touches_those_who_said_both() -> None:
    words = tuple(
        said(f"item-{place}", customer=f"C-{place}", case=f"case-{place}", products=("A",), topic="T-1")
        for place in range(6)
    )
    cases = tuple(case(f"case-{place}", money=(refund("7.00"),)) for place in range(2))
    alert = alerts_of(findings(association("topic", "T-1", "product", "A")), inputs(said=words, cases=cases))[0]
    assert (alert.customers, alert.money, alert.weight) == (6, {"EUR": "14.00"}, 84)
    assert alert.evidence == [f"item-{place}" for place in range(5, -1, -1)]


@given(order=st.permutations([topic("T-1"), topic("T-2"), question("Q-1", customers=20), topic("T-3", customers=9)]))
def test_the_order_of_findings_changes_no_alert(order: list[object]) -> None:
    assert subjects(alerts_of(findings(*order), QUIET)) == [
        ("question", "Q-1"),
        ("topic", "T-1"),
        ("topic", "T-2"),
        ("topic", "T-3"),
    ]
