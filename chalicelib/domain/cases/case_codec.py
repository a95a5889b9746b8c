"""How the state of a case is stored: as one flat object, whatever parts it is made of here."""

import msgspec
from msgspec import Struct
from msgspec.structs import fields, replace

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.parts import EmailState, Ownership, Routing, Satisfaction

PARTS: dict[str, type[Struct]] = {
    "satisfaction": Satisfaction,
    "routing": Routing,
    "ownership": Ownership,
    "email": EmailState,
}
"""The parts whose fields stand beside those of the case. No two of them have a field of the same name."""
EMPTY = {field.name: field.default for field in fields(Case) if field.name in PARTS}
"""The very objects that are the defaults: only those are left out."""


def encode_case(case: Case) -> bytes:
    """The state of a case as stored JSON."""
    bare = msgspec.json.encode(replace(case, **EMPTY))
    filled = [msgspec.json.encode(getattr(case, name))[1:-1] for name in PARTS if getattr(case, name) != EMPTY[name]]
    return b",".join([bare[:-1], *filled]) + b"}"


def decode_case(text: bytes | str) -> Case:
    """The case of stored JSON."""
    parts = {name: msgspec.json.decode(text, type=kind) for name, kind in PARTS.items()}
    return replace(msgspec.json.decode(text, type=Case), **parts)
