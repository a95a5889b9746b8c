"""A statement as it is uploaded: text in any encoding, or its gzip, in base64."""

import base64
import binascii
import zlib
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.domain.kernel.errors import TooLarge, invalid
from chalicelib.domain.kernel.validation import Input, Name
from chalicelib.domain.settlement.entries import Provider
from chalicelib.domain.settlement.formats.reading import StatementOptions

MAX_BODY = 5 * 1024 * 1024
"""A Lambda invocation takes 6 MB; the request around the body needs the rest."""
MAX_UNPACKED = 16 * 1024 * 1024
GZIP = b"\x1f\x8b"


class StatementIn(Input, frozen=True, kw_only=True):
    """The body of `POST …/statements`: the file as it was downloaded, and what the file itself does not say."""

    content: Annotated[str, Meta(min_length=1, max_length=MAX_BODY)]
    provider: Provider | None = None
    time_zone: Name | None = None
    dates: Literal["dmy", "mdy"] | None = None
    decimal: Literal["comma", "point"] | None = None

    @property
    def options(self) -> StatementOptions:
        """What the uploader says about the file."""
        return StatementOptions(
            provider=self.provider, time_zone=self.time_zone, dates=self.dates, decimal=self.decimal
        )


def decode_content(content: str) -> bytes:
    """The bytes of the file. `Invalid` if the content is not base64 or is a broken gzip, `TooLarge` if it unpacks to
    more than 16 MB."""
    try:
        data = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("content", "is not base64") from None
    if not data.startswith(GZIP):
        return data
    packer = zlib.decompressobj(wbits=31)
    try:
        text = packer.decompress(data, MAX_UNPACKED + 1)
    except zlib.error:
        raise invalid("content", "is a gzip that is broken") from None
    if len(text) > MAX_UNPACKED:
        raise TooLarge(f"A statement may unpack to {MAX_UNPACKED} bytes: upload it with the command infra.import.")
    if not packer.eof:
        raise invalid("content", "is a gzip that is broken")
    return text
