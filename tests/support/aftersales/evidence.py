"""Pictures that customers upload."""

import io
from typing import Any

from PIL import Image

from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
from chalicelib.usecases.aftersales.store_evidence import store_evidence
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in


def jpeg(**how: Any) -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(out, "JPEG", **how)
    return out.getvalue()


def gps() -> Image.Exif:
    """Metadata with a place, and with an orientation."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6  # shown turned by 90 degrees
    return exif


def upload_evidence(services: FakeServices, data: bytes, name: str = "a") -> Any:
    """A customer uploads a file to the case; the event's fact."""
    key = f"uploads/demo/{case_in(services).id}/{name}"
    services.uploads.files[key] = data
    fact = store_evidence(services, PillowSanitizer(), key)
    assert key not in services.uploads.files
    return fact
