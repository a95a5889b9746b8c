"""Pictures are stored upright and without metadata; videos are known by their bytes."""

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
from chalicelib.domain.aftersales.evidence import MAX_BYTES
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.usecases.portal.customer_cases import evidence_address
from tests.fakes import FakeServices
from tests.support.aftersales.evidence import gps, jpeg, upload_evidence
from tests.support.cases.case_work import case_in
from tests.support.cases.webhooks import request


def test_a_picture_is_kept_upright_and_tells_nothing_of_its_place(services: FakeServices) -> None:
    services.hook("case.requested", request())
    fact = upload_evidence(services, jpeg(exif=gps(), comment=b"home"))
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
    texts, out = PngImagePlugin.PngInfo(), io.BytesIO()
    texts.add_text("Location", "31.2304 N")
    Image.new("P", (9, 9)).save(out, "PNG", pnginfo=texts)
    assert b"31.2304" in out.getvalue()
    fact = upload_evidence(services, out.getvalue())
    assert b"31.2304" not in services.uploads.files[fact.file]


def test_a_picture_that_unpacks_to_very_much_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert len(out.getvalue()) < MAX_BYTES
    assert PillowSanitizer().sanitize(out.getvalue(), "image/png") is None


def test_a_video_is_known_by_its_bytes_and_kept_as_it_is() -> None:
    video = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(100)
    assert PillowSanitizer().detect_type(video) == "video/mp4"
    assert PillowSanitizer().sanitize(video, "video/mp4") == video


@settings(max_examples=150, deadline=None)
@given(chance=st.randoms(use_true_random=False), exif=st.booleans())
def test_a_damaged_picture_never_breaks_the_cleaner(chance: random.Random, exif: bool) -> None:
    data = bytearray(jpeg(exif=gps()) if exif else jpeg())
    for _ in range(chance.randint(1, 12)):
        data[chance.randrange(2, len(data))] = chance.randrange(256)
    kept = PillowSanitizer().sanitize(bytes(data), "image/jpeg")
    assert kept is None or kept.startswith(b"\xff\xd8")
