"""A case that comes without a type is typed by its first words as it is opened."""

from msgspec.structs import replace

from chalicelib.domain.cases.case_request import CaseRequest
from chalicelib.domain.triage.typing import type_text
from chalicelib.domain.triage.urgency import raised_priority


def typed_by_words(request: CaseRequest) -> CaseRequest:
    """The request with the type that its subject and message speak for, and with the priority of its urgency."""
    typing = type_text(f"{request.subject}\n{request.message}")
    priority = raised_priority(request.priority, typing.urgent)
    return replace(request, kind=typing.type, priority=priority, typed=typing.fact())
