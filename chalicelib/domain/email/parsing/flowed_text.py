"""Text whose lines were broken only for sending (RFC 3676, format=flowed)."""

import re

QUOTED = re.compile(r">*")
SIGNATURE_SEPARATOR = "-- "


def join_flowed_lines(text: str, delete_space: bool = False) -> str:
    """Join the lines of a flowed text.

    A line that ends with a space continues in the next line, if that is quoted as deeply. With `delete_space`
    (`delsp=yes`) the space was only added for the break, as in languages without spaces between words.
    """
    joined: list[str] = []
    open_depth: int | None = None
    """How deeply the line is quoted that continues in the next one; None if none does."""
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = QUOTED.match(line).end()  # type: ignore[union-attr]  # it matches the empty text, too
        words = line[depth:].removeprefix(" ")
        continues = words.endswith(" ") and words != SIGNATURE_SEPARATOR
        content = words[:-1] if continues and delete_space else words
        if open_depth == depth and words != SIGNATURE_SEPARATOR:
            joined[-1] += content
        else:
            joined.append(f"{'>' * depth} {content}" if depth else content)
        open_depth = depth if continues else None
    return "\n".join(joined)
