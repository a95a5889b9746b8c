"""A topic keeps its identity from day to day."""

from typing import Any

from msgspec.structs import replace

from chalicelib.domain.insights.findings import Topic
from chalicelib.domain.insights.nightly.topic_identity import continue_identities


def topic(words: str, items: str, **more: Any) -> Topic:
    made = Topic(
        id="",
        words=words.split(),
        count=3,
        customers=3,
        since="2026-11-10",
        counts={},
        negative=0.0,
        negative_interval=(0.0, 1.0),
        trend=None,
        trend_interval=None,
        products={},
        types={},
        channels={},
        money={},
        typical=[],
        items=items.split(),
    )
    return replace(made, **more)


def test_the_same_topic_keeps_its_id_and_the_day_it_began() -> None:
    before = [topic("lamp hot", "a b c d", id="T1", since="2026-09-01"), topic("shoe size", "x y z", id="T2")]
    after = continue_identities(
        [topic("size shoe", "x y w"), topic("lamp hot", "b c d e")], before, "demo", "2026-11-21"
    )
    assert [each.id for each in after] == ["T2", "T1"]
    assert after[1].since == "2026-09-01"


def test_a_new_topic_gets_an_id_of_its_own_which_is_the_same_each_time() -> None:
    new = [topic("parcel late", "p q"), topic("parcel late", "r s")]
    once = continue_identities(new, [topic("shoe", "x", id="T2")], "demo", "2026-11-21")
    assert once == continue_identities(new, [topic("shoe", "x", id="T2")], "demo", "2026-11-21")
    assert len({"T2", *(each.id for each in once)}) == 3


def test_a_topic_of_before_is_continued_by_one_alone() -> None:
    before = [topic("lamp hot", "a b c d", id="T1")]
    after = continue_identities([topic("lamp hot", "a b"), topic("lamp hot", "a b c d")], before, "demo", "2026-11-21")
    assert [each.id == "T1" for each in after] == [False, True]
