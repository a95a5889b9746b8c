"""Pictures and videos: what they really are, by their bytes, and pictures without where and by what they were taken.

Only the evidence function has Pillow and puremagic, from its layer.
"""

import io
import warnings

import puremagic
from PIL import Image, ImageOps

from chalicelib.domain.aftersales.evidence import PICTURES, TYPES

MOST_PIXELS = 60_000_000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
QUALITY = 90
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class PillowSanitizer:
    """The `ImageSanitizer` on Pillow. A picture is decoded and written anew: only what is seen comes through."""

    def kind_of(self, data: bytes) -> str | None:
        """The media type the bytes are of, if it is one we keep."""
        try:
            found = [one.mime_type for one in puremagic.magic_string(data[:8192])]
        except (puremagic.PureError, ValueError):
            return None
        return next((kind for kind in found if kind in TYPES), None)

    def cleaned(self, data: bytes, kind: str) -> bytes | None:
        """The picture written anew, upright; a video as it is; None when it cannot be read."""
        if kind not in PICTURES:
            return data
        out = io.BytesIO()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as picture:
                    upright = ImageOps.exif_transpose(picture)
                    bare = upright.convert("RGB") if kind == "image/jpeg" else upright.copy()
            bare.info = {}
            bare.save(out, FORMATS[kind], quality=QUALITY)
        except Exception:  # bytes of strangers break a decoder in ways no list names; the customer is told
            return None
        return out.getvalue()
