"""The change that takes a case from its agent and from the queue."""

from msgspec.structs import replace

from chalicelib.domain.cases.case import Case


def release(case: Case) -> Case:
    """The case of no agent, and in no queue."""
    routing = case.routing
    if routing.held_by is None and routing.queued is None:
        return case
    free = replace(routing, held_by=None, held_at=None, heard_at=None, worked_at=None, queued=None)
    return replace(case, routing=free)
