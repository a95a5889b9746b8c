"""Uploads of customers: what is stored, what is refused, and how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
from chalicelib.domain.aftersales.evidence import MAX_BYTES, MAX_PIECES, place_of
from chalicelib.domain.flows.payloads import FlowStart
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.usecases.aftersales.store_evidence import store_evidence
from chalicelib.usecases.aftersales.transition_flow import start_flow
from chalicelib.usecases.notifications.signed_links import progress_token
from chalicelib.usecases.portal.customer_cases import upload_for, view_case
from tests.fakes import FakeServices
from tests.support.aftersales.evidence import jpeg, upload_evidence
from tests.support.cases.case_work import case_in, command
from tests.support.cases.webhooks import request


def test_a_case_without_a_flow_keeps_what_its_customer_shows_and_a_flow_begun_later_has_its_own(
    services: FakeServices,
) -> None:
    services.hook("case.requested", request(type="question"))
    own = view_case(services, progress_token(services, case_in(services).id))
    assert upload_for(services, own, "back") is not None
    first = upload_evidence(services, jpeg(), "a")
    assert case_in(services).evidence == (first.evidence,)
    start_flow(services, command(services), FlowStart(kind="refund"))
    services.time += HOUR_MS
    second = upload_evidence(services, jpeg(), "b")
    case = case_in(services)
    assert case.flow is not None
    assert (case.evidence, case.flow.evidence) == ((first.evidence,), (second.evidence,))


def test_an_upload_that_is_announced_twice_is_stored_once(services: FakeServices) -> None:
    services.hook("case.requested", request())
    upload_evidence(services, jpeg())
    services.time += 5000
    upload_evidence(services, jpeg())
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
    assert upload_evidence(services, data).reason == reason
    assert services.uploads.files == {}


def test_a_case_takes_so_many_pieces_and_an_upload_for_no_case_is_removed(services: FakeServices) -> None:
    services.hook("case.requested", request())
    for place in range(MAX_PIECES + 2):
        services.time += 1
        upload_evidence(services, jpeg(), str(place))
    assert len(case_in(services).flow.evidence) == MAX_PIECES  # type: ignore[union-attr]
    services.uploads.files = {"uploads/demo/nobody/x": b"x", f"uploads/other/{case_in(services).id}/x": b"x"}
    for key in list(services.uploads.files):
        assert store_evidence(services, PillowSanitizer(), key) is None
    assert services.uploads.files == {}


@given(st.text(max_size=60))
def test_only_keys_we_gave_have_a_place(key: str) -> None:
    place = place_of(key)
    assert place is None or key == f"uploads/{place.shop}/{place.case}/{place.name}"


def test_kept_evidence_cannot_be_changed_by_sending_it_again_and_the_twenty_first_is_refused(
    services: FakeServices,
) -> None:
    services.hook("case.requested", request())
    first = upload_evidence(services, jpeg(), "a")
    kept = services.uploads.files[first.file]
    assert upload_evidence(services, jpeg(quality=5), "a") is None
    assert services.uploads.files[first.file] == kept
    for place in range(MAX_PIECES):
        services.time += 1
        last = upload_evidence(services, jpeg(), str(place))
    assert last.reason == "too_many"
    assert len(services.uploads.files) == MAX_PIECES
