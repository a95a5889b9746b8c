"""The messages that are shipped, from which a shop's model learns beside its own: written for this product, eight in
each language for each type of case. They are under the licence of the project."""

from functools import cache
from importlib.resources import files

import msgspec

from chalicelib.domain.insights.labelled import UNTOUCHED, Labelled
from chalicelib.domain.kernel.enums import CaseType


@cache
def start_messages() -> tuple[Labelled, ...]:
    """The messages with their types."""
    content = files("chalicelib.adapters.insights").joinpath("start_messages.json").read_bytes()
    by_type = msgspec.json.decode(content, type=dict[CaseType, list[str]])
    return tuple(
        Labelled(id=f"start-{name}-{place}", text=text, label=name, weight=UNTOUCHED, known_at=0)
        for name, texts in by_type.items()
        for place, text in enumerate(texts)
    )
