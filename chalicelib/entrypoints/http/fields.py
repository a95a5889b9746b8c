"""Fields that several views share."""

from typing import Any

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.kernel.timestamps import Instant, format_instant


def time_view(instant: Instant | None) -> str | None:
    """A time, or None."""
    return None if instant is None else format_instant(instant)


def actor_view(actor: Actor) -> dict[str, Any]:
    """Who did it."""
    return {"kind": actor.kind} | ({"id": actor.id} if actor.id else {})
