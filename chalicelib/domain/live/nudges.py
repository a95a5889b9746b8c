"""When the open pages of a shop are nudged: at once after a quiet time, and otherwise at most once a second."""

from collections.abc import Iterable

from chalicelib.domain.kernel.timestamps import SECOND_MS, Instant

QUIET_SECONDS = 2
"""After so many whole seconds without a change, the next change is sent at once."""
LOOK_BACK_MS = (QUIET_SECONDS + 1) * SECOND_MS
"""How far back the changes must be known for that."""
LONGEST_WAIT_MS = 2 * SECOND_MS
"""No nudge comes later after its change."""


def nudge_due_at(earlier: Iterable[Instant], noted_at: Instant) -> Instant | None:
    """When the change that was noted at `noted_at` is sent, together with others; None for at once. `earlier`: when the
    changes before it were noted, of the last `LOOK_BACK_MS` at least.

    Nudges that are not sent at once are sent at whole seconds, so all workers agree on them without a word. Two nudges
    lie at least a second apart: behind one that was sent at once within this second, the next one is left out.
    """
    second = noted_at // SECOND_MS
    seconds = {time // SECOND_MS for time in earlier if time // SECOND_MS >= second - QUIET_SECONDS}
    if not seconds:
        return None
    was_quiet = min(seconds) >= second
    return (second + (2 if was_quiet else 1)) * SECOND_MS
