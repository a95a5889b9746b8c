"""Text whose lines were broken for the way only (RFC 3676, format=flowed)."""

import re

QUOTED = re.compile(r">*")


def unflowed(text: str, without_space: bool = False) -> str:
    """The text with its lines joined again: a line that ends with a space goes on in the next, if that is quoted as
    deeply. `without_space`: the space was put there for the break, too (`delsp=yes`), as where words have none between
    them."""
    found: list[str] = []
    open_at: int | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = QUOTED.match(line).end()  # type: ignore[union-attr]  # it matches nothing, too
        words = line[depth:].removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        told = words[:-1] if flows and without_space else words
        if open_at == depth and words != "-- ":
            found[-1] += told
        else:
            found.append(f"{'>' * depth} {told}" if depth else told)
        open_at = depth if flows else None
    return "\n".join(found)
