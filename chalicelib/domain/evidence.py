"""What customers show: pictures and videos, of which kinds, how large, and where they lie."""

from msgspec import Struct

MAX_BYTES = 10 * 1024 * 1024
MAX_PIECES = 20
PICTURES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
VIDEOS = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}
TYPES = {**PICTURES, **VIDEOS}


class Place(Struct, frozen=True):
    """Where an upload lies: `uploads/<shop>/<case>/<name>`."""

    shop: str
    case: str
    name: str


def place_of(key: str) -> Place | None:
    """The shop and case of an upload; None for a key we did not give."""
    parts = key.split("/")
    return Place(*parts[1:]) if len(parts) == 4 and parts[0] == "uploads" and all(parts) else None


def kept_at(place: Place, identifier: str, kind: str) -> str:
    """Where a piece of evidence is kept."""
    return f"evidence/{place.shop}/{place.case}/{identifier}.{TYPES[kind]}"
