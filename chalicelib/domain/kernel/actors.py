"""Who did something to a case."""

from typing import Literal

from msgspec import Struct


class Actor(Struct, frozen=True, omit_defaults=True):
    """Who did it."""

    kind: Literal["customer", "agent", "system", "shop"]
    id: str | None = None


SYSTEM = Actor("system")
