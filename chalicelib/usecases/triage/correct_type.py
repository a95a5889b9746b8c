"""Correct the type of a case."""

import re
from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.kernel.fact import Fact
from chalicelib.domain.triage.facts import CaseTyped
from chalicelib.domain.triage.parts import typing_of
from chalicelib.domain.triage.payloads import TypeCorrection
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.ports.cases import StoredCase

if TYPE_CHECKING:
    from chalicelib.usecases.cases.handle_command import HandleCommandServices

NAME = re.compile(r"[a-z][a-z0-9_.-]{0,59}")
"""A reason that is a name, such as `screen` or `not_received`, is shown on the case; any other is text of an agent, who
may name people in it, so it is stored as that."""


def correct_type(services: "HandleCommandServices", command: Command, body: TypeCorrection) -> StoredCase:
    """Correct the type; a case that an agent gave this type for this reason already is not changed."""
    is_name = body.reason is not None and NAME.fullmatch(body.reason) is not None
    reason, note = (body.reason, "") if is_name else (None, body.reason or "")

    def decide(case: Case) -> list[Fact]:
        typing = typing_of(case)
        is_so = case.type == body.type and typing is not None and typing.by == "agent" and not note
        if is_so and typing is not None and reason in (None, typing.reason):
            return []
        return [CaseTyped(kind=body.type, by="agent", reason=reason, note=note)]

    return handle(services, command, decide)
