"""Tags and links of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.casework.payloads import LinkChange, TagChange
from chalicelib.domain.casework.tags import clean_tag, fault_of
from chalicelib.domain.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.usecases.casework.link_cases import change_links
from chalicelib.usecases.casework.read_related import read_related
from chalicelib.usecases.casework.tag_case import change_tags
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.casework.cases import FIRST, SECOND, faults, merge, two_cases


@pytest.fixture
def services() -> FakeServices:
    services = FakeServices()
    two_cases(services)
    return services


def tag(services: FakeServices, *add: str, remove: tuple[str, ...] = ()) -> tuple[str, ...]:
    change_tags(services, command(services), TagChange(add=add, remove=remove))
    return case_in(services).tags


def test_tags_are_added_once_and_removed_in_one_form(services: FakeServices) -> None:
    assert tag(services, " VIP ", "vip", "加急", "Cafe\u0301") == ("vip", "加急", "café")
    assert tag(services, "new", remove=("CAFÉ", "unknown")) == ("vip", "加急", "new")
    version = services.cases.load(FIRST).version
    tag(services, "vip", remove=("gone",))
    assert services.cases.load(FIRST).version == version
    assert faults(services) == []


@pytest.mark.parametrize("wrong", [" ", "a\tb", "x" * 41, "\u200e"])
def test_a_tag_that_is_empty_too_long_or_not_printable_is_refused(services: FakeServices, wrong: str) -> None:
    with pytest.raises(Invalid, match=r"add\[1\]"):
        tag(services, "good", wrong)
    assert case_in(services).tags == ()


@given(st.text(max_size=60))
def test_a_clean_tag_stays_as_it_is(text: str) -> None:
    tag = clean_tag(text)
    if fault_of(tag) is None:
        assert fault_of(clean_tag(tag)) is None


def test_a_case_has_twenty_tags_at_most(services: FakeServices) -> None:
    tag(services, *(str(number) for number in range(20)))
    with pytest.raises(Conflict, match="at most 20 tags"):
        tag(services, "one more")
    assert "one more" in tag(services, "one more", remove=("3",))
    with pytest.raises(Invalid, match="to be added, too"):
        tag(services, "a", remove=("A",))


def link(services: FakeServices, **change: tuple[str, ...]) -> None:
    change_links(services, command(services), LinkChange(**change))


def test_both_cases_show_a_link_and_both_lose_it(services: FakeServices) -> None:
    first, second = case_in(services, FIRST).id, case_in(services, SECOND).id
    link(services, add=(second,))
    link(services, add=(second,))
    assert (case_in(services, FIRST).links, case_in(services, SECOND).links) == ((second,), (first,))
    assert services.cases.load(FIRST).version == 2
    link(services, remove=(second,))
    assert (case_in(services, FIRST).links, case_in(services, SECOND).links) == ((), ())
    assert faults(services) == []


def test_a_link_to_itself_or_to_what_does_not_exist_is_refused(services: FakeServices) -> None:
    first = case_in(services, FIRST).id
    with pytest.raises(Invalid, match="itself"):
        link(services, add=(first,))
    with pytest.raises(NotFound):
        link(services, add=("01KAJ4Z2C07Q9X3T5V8W1Y4A6B",))
    with pytest.raises(Invalid, match="to be linked, too"):
        link(services, add=("x",), remove=("x",))


def test_links_change_in_both_cases_or_in_none(services: FakeServices) -> None:
    services.cases.races = 2
    second = case_in(services, SECOND).id
    link(services, add=(second,))
    assert [services.cases.load(key).version for key in (FIRST, SECOND)] == [2, 2]


def test_related_cases_are_shown_with_what_they_are_to_the_case(services: FakeServices) -> None:
    link(services, add=(case_in(services, SECOND).id,))
    assert [(each.relation, each.subject) for each in read_related(services, case_in(services, FIRST))] == [
        ("linked", "鞋子偏小")
    ]
    merge(services)
    assert [each.relation for each in read_related(services, case_in(services, FIRST))] == ["merged"]
    assert [each.relation for each in read_related(services, case_in(services, SECOND))] == ["merged_into"]
