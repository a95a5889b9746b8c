"""What customers show: pictures, videos, documents, of which kinds, how large, and where they lie."""

from msgspec import Struct

MAX_BYTES = 10 * 1024 * 1024
MAX_PIECES = 20
PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
VIDEOS = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}
DOCUMENTS = {"application/pdf": "pdf"}
TYPES = {**PICTURES, **VIDEOS, **DOCUMENTS}
BY_MAIL = "mail-"
"""Before the name of a file that came by mail."""
BY_AGENT = "agent-"
"""Before the name of a file that an agent uploaded."""


class Place(Struct, frozen=True):
    """Where an upload lies: `uploads/<shop>/<case>/<name>`."""

    shop: str
    case: str
    name: str

    @property
    def types(self) -> dict[str, str]:
        """What is kept of it: documents come by mail and from agents, for no page asks customers for them."""
        return TYPES if self.name.startswith((BY_MAIL, BY_AGENT)) else {**PICTURES, **VIDEOS}


def place_of(key: str) -> Place | None:
    """The shop and case of an upload; None for a key we did not give."""
    parts = key.split("/")
    return Place(*parts[1:]) if len(parts) == 4 and parts[0] == "uploads" and all(parts) else None


def kept_at(place: Place, identifier: str, kind: str) -> str:
    """Where a piece of evidence is kept."""
    return f"evidence/{place.shop}/{place.case}/{identifier}.{TYPES[kind]}"
