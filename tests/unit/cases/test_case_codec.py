"""How cases and events are stored: flat, as before cases had parts, and open for fields that capabilities add."""

from typing import ClassVar

import msgspec
import pytest
from msgspec.structs import fields, replace

from chalicelib.domain.cases.case import Case, part_of, with_part
from chalicelib.domain.cases.codecs import PARTS, EventCodec, StoredFormats, decode_case, encode_case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.parts import CasePart, EmailState, Routing
from chalicelib.domain.kernel.actors import SYSTEM
from chalicelib.domain.kernel.fact import Fact
from tests.support.cases.marked import filled
from tests.support.cases.registries import FACTS

STORED = (
    b'{"id":"01A","number":"7KQ-4XP","shop":"demo","external_id":"web-1","type":"question","channel":"web",'
    b'"customer":"01B","opened_at":1,"policy":1,"calendar":"CN@1","status":"open","by_mail":true,"held_by":"mei",'
    b'"held_at":5,"handovers":[[4,["lee",null,"CN"]]],"opened_for":["lee",null,"CN"],"definition":2,'
    b'"surveys":[["S",0,2,3,null]],"answers":[[3,5,null,null,"S",null]]}'
)
"""A case as the version before this one stored it."""


class Stamps(CasePart, frozen=True, kw_only=True):
    """A part the case does not know."""

    name: ClassVar[str] = "stamps"
    count: int = 0


def test_a_case_stored_flat_by_an_older_version_is_read_into_its_parts_and_written_flat_again() -> None:
    case = decode_case(STORED)
    assert (case.routing, case.email) == (Routing(held_by="mei", held_at=5), EmailState(by_mail=True))
    assert [answer.csat for answer in case.satisfaction.answers] == [5]
    assert case.ownership.opened_for == case.ownership.handovers[0].holder
    assert msgspec.json.decode(encode_case(case)) == msgspec.json.decode(STORED)


def test_every_field_of_every_part_comes_back() -> None:
    case = filled(Case, "case")
    assert decode_case(encode_case(case)) == case


def test_no_two_parts_have_a_field_of_the_same_name() -> None:
    kinds: list[type[msgspec.Struct]] = [Case, *PARTS.values()]
    names = [one.name for kind in kinds for one in fields(kind)]
    assert len(names) == len(set(names))


def test_a_capability_keeps_a_part_of_its_own_on_the_case() -> None:
    case = decode_case(STORED)
    assert part_of(case, Stamps) == Stamps()
    stamped = with_part(case, Stamps(count=2))
    assert part_of(decode_case(encode_case(stamped)), Stamps) == Stamps(count=2)
    assert decode_case(encode_case(stamped)) == stamped


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_an_event_of_each_fact_comes_back(fact: type[Fact]) -> None:
    event = Event(id="01E", at=7, by=SYSTEM, fact=filled(fact, "fact"), seq=3, receipt="R", claimed_at=9, heard_at=8)
    assert EventCodec(FACTS).decode(msgspec.json.encode(event)) == event


def test_each_fact_has_a_rank_of_its_own_that_fits_two_digits() -> None:
    ranks = [fact.rank for fact in FACTS]
    assert ranks == sorted(set(ranks))
    assert ranks[-1] <= 99
    assert [fact.rank for fact in FACTS if fact.__struct_config__.tag in ("case_opened", "money_returned")] == [0, 31]


def test_an_event_of_a_fact_nobody_registered_is_an_error_and_no_other_event() -> None:
    event = Event(id="01E", at=7, by=SYSTEM, fact=filled(FACTS[3], "fact"))
    with pytest.raises(msgspec.ValidationError):
        EventCodec(FACTS[:2]).decode(msgspec.json.encode(event))


LONG = replace(decode_case(STORED), tags=tuple(f"tag-{n}" for n in range(100)))
FORMATS = StoredFormats(lambda: tuple(FACTS))


def test_a_long_state_is_stored_compressed_and_read_back_as_it_was() -> None:
    stored = FORMATS.encode(LONG)
    assert isinstance(stored, bytes)
    assert len(stored) < len(encode_case(LONG)) / 2
    assert FORMATS.decode(stored, Case) == LONG


def test_a_short_state_is_stored_as_text() -> None:
    assert FORMATS.encode(decode_case(STORED)) == encode_case(decode_case(STORED)).decode()


def test_a_long_state_that_an_earlier_version_stored_as_text_is_read() -> None:
    assert FORMATS.decode(encode_case(LONG).decode(), Case) == LONG
