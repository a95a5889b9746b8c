"""The change that takes a case away from its agent and out of the queue."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case


def release(case: Case) -> Case:
    """The case without an agent and out of the queue."""
    routing = case.routing
    if routing.held_by is None and routing.queued is None:
        return case
    released = replace(routing, held_by=None, held_at=None, heard_at=None, worked_at=None, queued=None)
    return replace(case, routing=released)
