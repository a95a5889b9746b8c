"""A statement as it is uploaded: text in any encoding, or its gzip, in base64."""

import base64
import binascii
import zlib
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.domain.kernel.errors import TooLarge, invalid
from chalicelib.domain.kernel.validation import Input, Name
from chalicelib.domain.settlement.entries import Provider
from chalicelib.domain.settlement.formats.reading import Asked

MAX_BODY = 5 * 1024 * 1024
"""A function is given 6 MB at once; its envelope needs the rest."""
MAX_UNPACKED = 16 * 1024 * 1024
GZIP = b"\x1f\x8b"


class StatementIn(Input, frozen=True, kw_only=True):
    """The body of `POST …/statements`: the file as it was downloaded, and what cannot be seen from it."""

    content: Annotated[str, Meta(min_length=1, max_length=MAX_BODY)]
    provider: Provider | None = None
    time_zone: Name | None = None
    dates: Literal["dmy", "mdy"] | None = None
    decimal: Literal["comma", "point"] | None = None

    @property
    def asked(self) -> Asked:
        """What whoever brings it says of it."""
        return Asked(provider=self.provider, time_zone=self.time_zone, dates=self.dates, decimal=self.decimal)


def unpacked(content: str) -> bytes:
    """The bytes of the file. Invalid when they are not base64 or a broken gzip, TooLarge when they unpack to very
    much."""
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
        raise TooLarge(f"A statement may unpack to {MAX_UNPACKED} bytes: bring it by the command infra.import.")
    if not packer.eof:
        raise invalid("content", "is a gzip that is broken")
    return text
