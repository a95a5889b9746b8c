"""One email for several recipients: each shop gets its copy, once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.usecases.notifications.signed_links import reply_address
from tests.fakes import SHOP, FakeServices
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import KEY, request
from tests.support.emails.inbox import ANSWER, deliver_copies, opened_key, services_with_case, texts_of
from tests.support.emails.samples.writing import AMY, FANG, plain

# -- several shops


def two_shops() -> FakeServices:
    services = services_with_case()
    services.shops.save(replace(SHOP, id="two", mail_from="two@example.com"))
    for (shop, name), calendar in list(services.shops.calendars.items()):
        services.shops.calendars["two" if shop == "demo" else shop, name] = calendar
    return services


def test_each_shop_that_a_mail_is_for_gets_its_copy_and_the_file_goes_when_all_have_it() -> None:
    services = two_shops()
    found = deliver_copies(services, plain("x", "Which of you has it?"), "two@in.example.com", "demo+x@in.example.com")
    assert {one.shop for one in found} == {"demo", "two"}
    assert all(texts_of(services, opened_key(one)) == ["Which of you has it?"] for one in found)
    assert len({one.case for one in found}) == 2
    assert "incoming/1" not in services.uploads.files


def test_a_case_and_another_shop_both_get_an_email_that_is_for_both() -> None:
    services = two_shops()
    raw = plain("x", "Dark.", **ANSWER)
    found = deliver_copies(
        services, raw, "@@TOKEN@@", "two@in.example.com", "demo@in.example.com", "nobody@in.example.com"
    )
    assert [(one.shop, opened_key(one) == KEY) for one in found] == [("demo", True), ("two", False)]


def test_an_email_to_two_cases_of_one_shop_is_on_both() -> None:
    services = services_with_case()
    services.hook("case.requested", request(external_id="web-2", customer={"external_id": "fang", "email": FANG}))
    (other,) = (key for key in services.cases.stored if key != KEY)
    raw = plain("x", "Dark, both.")
    found = deliver_copies(services, raw, "@@TOKEN@@", reply_address(services, other) or "")
    assert [opened_key(one) for one in found] == [KEY, other]
    deliver_copies(services, raw, reply_address(services, other) or "", "@@TOKEN@@")
    assert [texts_of(services, key)[1:] for key in (KEY, other)] == [["Dark, both."]] * 2


@pytest.mark.parametrize("breaks_at", range(12))
def test_whatever_breaks_off_while_a_mail_is_taken_in_each_shop_has_it_once_in_the_end(
    breaks_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, steps = two_shops(), iter(range(100))

    def breaking(inner: Any) -> Any:
        def call(*args: Any, **more: Any) -> Any:
            if next(steps) == breaks_at:
                raise RuntimeError("the function was stopped")
            return inner(*args, **more)

        return call

    with monkeypatch.context() as patch:
        for part, name in (("uploads", "save"), ("uploads", "remove"), ("receipts", "add"), ("receipts", "load")):
            patch.setattr(getattr(services, part), name, breaking(getattr(getattr(services, part), name)))
        raw = plain("x", "Which of you?")
        try:
            deliver_copies(services, raw, "two@in.example.com", "demo@in.example.com")
        except RuntimeError:
            assert services.uploads.files.get("incoming/1") == raw or len(services.receipts.stored) == 2 + 1
    deliver_copies(services, raw, "two@in.example.com", "demo@in.example.com")
    words = [
        text
        for key, one in services.cases.stored.items()
        if one.case and key != KEY
        for text in texts_of(services, key)
    ]
    assert words == ["Which of you?"] * 2


SHOPS = {"demo": "demo@in.example.com", "two": "two+x@in.example.com"}
DELIVERY = st.tuples(st.integers(0, 5), st.sets(st.sampled_from(sorted(SHOPS)), min_size=1), st.booleans())


@given(st.lists(DELIVERY, max_size=12))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_however_often_each_shop_gets_each_email_once(came: list[tuple[int, set[str], bool]]) -> None:
    services, wanted = two_shops(), set()
    for number, shops, forwarded in came:
        services.time += DAY_MS
        text, who = f"Email {number}.", (FANG, AMY)[number % 2]
        raw = plain("x", text, From=who, Message_ID=f"<{number // 3}@localhost>")  # three emails per id
        raw = (b"Received: by forwarder.example\r\n" if forwarded else b"") + raw
        deliver_copies(services, raw, *(SHOPS[one] for one in shops), envelope=who)
        wanted |= {(one, text) for one in shops}
    cases = [(key, one.case.shop) for key, one in services.cases.stored.items() if one.case and key != KEY]
    assert sorted((shop, text) for key, shop in cases for text in texts_of(services, key)) == sorted(wanted)


def test_an_answer_that_was_sent_to_another_shop_is_that_shops() -> None:
    services = two_shops()
    (found,) = deliver_copies(
        services, plain("x", "Dark.", Subject=f"[{case_in(services).number}]", **ANSWER), "two@in.example.com"
    )
    assert found.shop == "two"
    assert opened_key(found) != KEY
