"""Customers helping themselves: who gets a link, what a page lets them do, what is kept of what they show."""

import io
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image, PngImagePlugin

from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.aftersales.notices import state_phrase
from chalicelib.domain.cases.evidence import MAX_BYTES, MAX_PIECES, place_of
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.flows.claims import Claim
from chalicelib.domain.flows.payloads import FlowStart, MoveIn
from chalicelib.domain.kernel.errors import Conflict, Expired, Invalid, NotFound, TooLarge
from chalicelib.domain.kernel.timestamps import DAY_MS, HOUR_MS
from chalicelib.domain.portal.help_request import HelpForm, is_contact_of
from chalicelib.domain.sla.policies import AfterSales, AutoApproval, Policy
from chalicelib.usecases.aftersales.store_evidence import store_evidence
from chalicelib.usecases.aftersales.transition_flow import start_flow
from chalicelib.usecases.notifications.signed_links import help_link, progress_token
from chalicelib.usecases.portal.customer_cases import (
    PER_HOUR,
    evidence_address,
    make_move,
    upload_for,
    view_case,
    write_message,
)
from chalicelib.usecases.portal.request_help import (
    RateLimited,
    request_help,
    send_help_link,
    submit_help_form,
    view_help_form,
)
from chalicelib.usecases.shops.manage_shop import put_policy
from tests.fakes import SHOP, FakeServices
from tests.unit.desk_work import case_in, command
from tests.unit.test_hooks import KEY, about, request
from tests.unit.test_money import BOUGHT, propose, step

FANG = Customer(id="x", shop="demo", external_id="fang", email="Fang@Example.net", phone="+86 138 0013 8000")


@pytest.mark.parametrize(
    ("contact", "theirs"),
    [
        ("fang@example.net", True),
        ("FANG@EXAMPLE.NET", True),
        ("fang@example.ne", False),
        ("13800138000", True),
        ("+86-138-0013-8000", True),
        ("013800138000", True),
        ("8000", False),
        ("0000000", False),
        ("fang@examKle.net", False),
        ("13800138001", False),
        ("", False),
    ],
)
def test_a_contact_is_somebodys_when_it_is_their_address_or_their_number(contact: str, theirs: bool) -> None:
    assert is_contact_of(FANG, contact) is theirs


def test_a_phone_number_of_nobody_is_never_somebodys() -> None:
    assert not is_contact_of(replace(FANG, phone=None), "13800138000")
    assert not is_contact_of(replace(FANG, phone="n/a"), "13800138000")


def begin(services: FakeServices, contact: str, order: str = "O-1", sender: str = "203.0.113.5") -> list[str]:
    """The keys of requests that come of it."""
    before = set(services.help_requests.kept)
    request_help(services, "demo", order, contact, "zh", sender)
    return [key for key in services.help_requests.kept if key not in before]


def test_a_link_goes_to_the_address_that_was_told_and_for_a_number_to_the_one_we_hold(services: FakeServices) -> None:
    services.hook(
        "case.requested",
        request(
            order=BOUGHT,
            customer={
                "external_id": "fang",
                "email": "fang@example.net",
                "phone": "13800138000",
            },
        ),
    )
    (stranger,) = begin(services, "stranger@example.net")
    (fang,) = begin(services, "138 0013 8000")
    assert (services.help_requests.kept[stranger].case, services.help_requests.kept[fang].case) == (None, KEY)
    assert [send_help_link(services, one) for one in (stranger, fang, fang)] == ["sent", "sent", "claimed before"]
    assert [mail.to for mail in services.mailer.sent] == ["stranger@example.net", "fang@example.net"]
    assert begin(services, "13900000000") == []
    assert begin(services, "13800138000", order="O-2") == []
    with pytest.raises(Invalid):
        begin(services, "not a contact")


def test_one_sender_cannot_try_orders_for_long(services: FakeServices) -> None:
    for place in range(30):
        begin(services, f"{place}@example.net")
    with pytest.raises(RateLimited):
        begin(services, "more@example.net")
    services.time += HOUR_MS
    assert begin(services, "more@example.net")


def test_the_form_opens_one_case_however_often_it_is_sent_and_its_link_ends(services: FakeServices) -> None:
    services.hook("case.requested", request(order=BOUGHT))
    (key,) = begin(services, "fang@example.net")
    token = help_link(services, SHOP, key).rpartition("/")[2]
    begun = view_help_form(services, "demo", token)
    assert begun.order is not None
    assert begun.case is None
    form = HelpForm(wish="return", claim=Claim(reason="unwanted"), message="不要了", subject="不要了")
    first = submit_help_form(services, begun, form)
    services.time += 1000
    again = submit_help_form(services, begun, HelpForm(wish="refund", claim=Claim(), message="x", subject="x"))
    assert (first.version, first.case and first.case.id) == (again.version, again.case and again.case.id)
    assert first.case is not None
    assert (first.case.type, first.case.customer) == ("return", case_in(services).customer)
    with pytest.raises(NotFound):
        view_help_form(services, "demo", token[:-2] + "xx")
    services.time += DAY_MS
    with pytest.raises(Expired):
        view_help_form(services, "demo", token)


def own(services: FakeServices) -> Any:
    return view_case(services, progress_token(services, case_in(services).id))


def test_a_customer_makes_their_own_moves_and_no_others_and_cannot_flood(services: FakeServices) -> None:
    services.hook("case.requested", request())
    with pytest.raises(Conflict) as refused:
        make_move(services, own(services), None, "approve", MoveIn())
    assert refused.value.allowed == ["withdraw"]
    for _ in range(PER_HOUR - 1):
        services.time += 1
        write_message(services, own(services), None, "在吗")
    with pytest.raises(TooLarge):
        write_message(services, own(services), None, "在吗")


def test_staffs_notes_are_not_the_customers_to_see(services: FakeServices) -> None:
    from chalicelib.domain.cases.commands import Message
    from chalicelib.usecases.email.write_reply import write
    from tests.unit.desk_work import command

    services.hook("case.requested", request())
    services.time += 1
    write(services, command(services), Message(body="difficult customer", public=False))
    write(services, command(services), Message(body="您好", public=True))
    assert [one.fact.message for one in own(services).messages] == ["想退货 😀", "您好"]


def jpeg(**how: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(out, "JPEG", **how)
    return out.getvalue()


def gps() -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6  # to be shown turned by a quarter
    return exif


def showed(services: FakeServices, data: bytes, name: str = "a") -> Any:
    key = f"uploads/demo/{case_in(services).id}/{name}"
    services.uploads.files[key] = data
    fact = store_evidence(services, PillowSanitizer(), key)
    assert key not in services.uploads.files
    return fact


def test_a_picture_is_kept_upright_and_tells_nothing_of_its_place(services: FakeServices) -> None:
    services.hook("case.requested", request())
    fact = showed(services, jpeg(exif=gps(), comment=b"home"))
    kept = services.uploads.files[fact.file]
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (10, 20)
        assert (dict(image.getexif()), image.info.get("comment")) == ({}, None)
    assert case_in(services).flow.evidence == (fact.evidence,)  # type: ignore[union-attr]
    assert evidence_address(services, case_in(services), fact.evidence).endswith("?signed")
    with pytest.raises(NotFound):
        evidence_address(services, case_in(services), "web-1")


def test_text_in_a_png_goes_with_the_rest(services: FakeServices) -> None:
    services.hook("case.requested", request())
    told, out = PngImagePlugin.PngInfo(), io.BytesIO()
    told.add_text("Location", "31.2304 N")
    Image.new("P", (9, 9)).save(out, "PNG", pnginfo=told)
    assert b"31.2304" in out.getvalue()
    fact = showed(services, out.getvalue())
    assert b"31.2304" not in services.uploads.files[fact.file]


def test_a_case_without_a_flow_keeps_what_its_customer_shows_and_a_flow_begun_later_has_its_own(
    services: FakeServices,
) -> None:
    services.hook("case.requested", request(type="question"))
    own = view_case(services, progress_token(services, case_in(services).id))
    assert upload_for(services, own, "back") is not None
    first = showed(services, jpeg(), "a")
    assert case_in(services).evidence == (first.evidence,)
    start_flow(services, command(services), FlowStart(kind="refund"))
    services.time += HOUR_MS
    second = showed(services, jpeg(), "b")
    case = case_in(services)
    assert case.flow is not None
    assert (case.evidence, case.flow.evidence) == ((first.evidence,), (second.evidence,))


def test_an_upload_that_is_told_of_twice_is_kept_once(services: FakeServices) -> None:
    services.hook("case.requested", request())
    showed(services, jpeg())
    services.time += 5000
    showed(services, jpeg())
    assert len(case_in(services).flow.evidence) == 1  # type: ignore[union-attr]
    assert store_evidence(services, PillowSanitizer(), f"uploads/demo/{case_in(services).id}/gone") is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<html><script>alert(1)</script>", "unknown_type"),
        (b"%PDF-1.7 ...", "unknown_type"),
        (b"GIF89a" + bytes(50), "unknown_type"),
        (jpeg()[:120], "broken"),
        (b"\xff\xd8\xff\xe0" + b"JFIF" * 40, "broken"),
        (bytes(MAX_BYTES + 1), "too_large"),
    ],
    ids=["nothing", "a page", "a document", "a gif", "half a picture", "a liar", "too much"],
)
def test_what_is_no_picture_or_video_is_refused_and_said(services: FakeServices, data: bytes, reason: str) -> None:
    services.hook("case.requested", request())
    assert showed(services, data).reason == reason
    assert services.uploads.files == {}


def test_a_picture_that_unpacks_to_very_much_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < MAX_BYTES
    assert PillowSanitizer().sanitize(out.getvalue(), "image/png") is None


def test_a_video_is_known_by_its_bytes_and_kept_as_it_is() -> None:
    video = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(100)
    assert PillowSanitizer().detect_type(video) == "video/mp4"
    assert PillowSanitizer().sanitize(video, "video/mp4") == video


def test_a_case_takes_so_many_pieces_and_an_upload_for_no_case_is_removed(services: FakeServices) -> None:
    services.hook("case.requested", request())
    for place in range(MAX_PIECES + 2):
        services.time += 1
        showed(services, jpeg(), str(place))
    assert len(case_in(services).flow.evidence) == MAX_PIECES  # type: ignore[union-attr]
    services.uploads.files = {"uploads/demo/nobody/x": b"x", f"uploads/other/{case_in(services).id}/x": b"x"}
    for key in list(services.uploads.files):
        assert store_evidence(services, PillowSanitizer(), key) is None
    assert services.uploads.files == {}


@given(st.text(max_size=60))
def test_only_keys_we_gave_have_a_place(key: str) -> None:
    place = place_of(key)
    assert place is None or key == f"uploads/{place.shop}/{place.case}/{place.name}"


def test_a_message_long_after_closing_opens_a_linked_case(services: FakeServices) -> None:
    services.hook("case.requested", request(type="question"))
    services.hook("case.closed", about(1))
    services.time += 10 * DAY_MS
    write_message(services, own(services), None, "又坏了")
    (other,) = (one.case for key, one in services.cases.headers.items() if key != KEY)
    assert other is not None
    assert other.links == (case_in(services).id,)


def test_the_moves_of_a_settled_request_are_over(services: FakeServices) -> None:
    services.hook("case.requested", request())
    services.hook("case.resolved", about(1))
    services.time += 2 * HOUR_MS
    with pytest.raises(Conflict, match="settled"):
        make_move(services, own(services), None, "withdraw", MoveIn())


def test_kept_evidence_cannot_be_changed_by_sending_it_again_and_the_twenty_first_is_refused(
    services: FakeServices,
) -> None:
    services.hook("case.requested", request())
    first = showed(services, jpeg(), "a")
    kept = services.uploads.files[first.file]
    assert showed(services, jpeg(quality=5), "a") is None
    assert services.uploads.files[first.file] == kept
    for place in range(MAX_PIECES):
        services.time += 1
        last = showed(services, jpeg(), str(place))
    assert last.reason == "too_many"
    assert len(services.uploads.files) == MAX_PIECES


def test_an_order_that_is_a_number_and_nothing_more_is_not_known(services: FakeServices) -> None:
    rule = AutoApproval(name="faults", reason="defective")
    put_policy(services, "demo", Policy(after_sales=AfterSales(auto_approve=(rule,))))
    (key,) = begin(services, "stranger@example.net", order="NO-SUCH-ORDER")
    begun = view_help_form(services, "demo", help_link(services, SHOP, key).rpartition("/")[2])
    form = HelpForm(wish="refund", claim=Claim(reason="defective"), message="x", subject="x")
    case = submit_help_form(services, begun, form).case
    assert case is not None
    assert case.flow is not None
    assert (case.flow.state, [one.name for one in case.flow.rulings]) == ("requested", ["order_unknown"])


@pytest.mark.parametrize("order", ["", "O-1\nClick here", "\x07"])
def test_what_is_no_order_number_is_refused_before_it_comes_into_a_mail(services: FakeServices, order: str) -> None:
    with pytest.raises(Invalid):
        begin(services, "fang@example.net", order=order)


@settings(max_examples=150, deadline=None)
@given(chance=st.randoms(use_true_random=False), exif=st.booleans())
def test_a_damaged_picture_never_breaks_the_cleaner(chance: random.Random, exif: bool) -> None:
    data = bytearray(jpeg(exif=gps()) if exif else jpeg())
    for _ in range(chance.randint(1, 12)):
        data[chance.randrange(2, len(data))] = chance.randrange(256)
    kept = PillowSanitizer().sanitize(bytes(data), "image/jpeg")
    assert kept is None or kept.startswith(b"\xff\xd8")


MONEY = {"amount": "30.00", "currency": "CNY"}


@pytest.mark.parametrize(("buyer", "shown"), [("fang", True), ("somebody else", False), (None, True)])
def test_what_went_back_without_us_is_the_buyers_to_see_and_what_answered_us_is_shown_once(
    services: FakeServices, buyer: str | None, shown: bool
) -> None:
    services.hook("case.requested", request(order=BOUGHT, customer={"external_id": "fang"}))
    mine = propose(services, "50.00")
    step(services, mine.id, "request")
    told = {
        "external_id": "O-1",
        "disputes": [{"id": "D", "amount": MONEY}],
        "refunds": [{"id": "R", "amount": MONEY}, {"id": "A", "amount": MONEY | {"amount": "50.00"}, "money": mine.id}],
    } | ({"customer": {"external_id": buyer}} if buyer else {})
    assert services.hook("order.updated", told).state == "processed"
    page = own(services)
    assert [one.id for one in page.refunds] == (["R"] if shown else [])
    assert [one.id for one in page.charged_back] == (["D"] if shown else [])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_says_what_went_back_without_us(services: FakeServices, language: str) -> None:
    services.hook("case.requested", request(order=BOUGHT))
    back = [{"id": "R", "amount": MONEY}]
    services.hook("order.updated", {"external_id": "O-1", "refunds": back, "disputes": back})
    page = own(services)
    html = TemplateRenderer().render(
        "progress.html",
        language,
        shop="S",
        number="1",
        base="b",
        subject="s",
        case=page.case,
        flow=page.case.flow,
        version=1,
        agreeing=[],
        refusing=[],
        speaker=str,
        state_phrase=state_phrase,
        moves=[],
        needs={},
        kind="",
        state="",
        next="",
        until="",
        messages=[],
        evidence=[],
        offer=None,
        refunds=page.refunds,
        charged_back=page.charged_back,
        upload=None,
        wrong=None,
        form={},
        done=None,
        when=str,
        titles={},
    )
    assert html.count("30.00 CNY") == 2
