"""Detect the real type of pictures and videos by their bytes, and remove metadata such as location from pictures.

Only the evidence function has Pillow and puremagic, from its layer.
"""

import io
import warnings

import puremagic
from PIL import Image, ImageOps

from chalicelib.domain.aftersales.evidence import PICTURES, TYPES

MAX_PIXELS = 60_000_000
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
QUALITY = 90
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class PillowSanitizer:
    """The `ImageSanitizer` port on Pillow. A picture is decoded and encoded again, so only its pixels remain."""

    def detect_type(self, data: bytes) -> str | None:
        """The media type of these bytes, if it is one that we store; None otherwise."""
        try:
            candidates = [match.mime_type for match in puremagic.magic_string(data[:8192])]
        except (puremagic.PureError, ValueError):
            return None
        return next((media_type for media_type in candidates if media_type in TYPES), None)

    def sanitize(self, data: bytes, media_type: str) -> bytes | None:
        """The picture encoded again and upright, a video unchanged; None when it cannot be decoded."""
        if media_type not in PICTURES:
            return data
        out = io.BytesIO()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", Image.DecompressionBombWarning)
                with Image.open(io.BytesIO(data), formats=[FORMATS[media_type]]) as picture:
                    upright = ImageOps.exif_transpose(picture)
                    bare = upright.convert("RGB") if media_type == "image/jpeg" else upright.copy()
            bare.info = {}
            bare.save(out, FORMATS[media_type], quality=QUALITY)
        except Exception:  # strangers' files break decoders in unforeseen ways; the case shows that it was refused
            return None
        return out.getvalue()
