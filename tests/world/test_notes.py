"""Words that stay inside: rows of `data/notes.yaml`."""

import re
from typing import Any

import msgspec
import pytest

from chalicelib.adapters.notifications.page_renderer import TemplatePages
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.usecases.aftersales.transition_flow import move_flow
from chalicelib.usecases.notifications.notify import notify
from chalicelib.usecases.notifications.signed_links import progress_token
from chalicelib.usecases.portal.customer_cases import look_at_case
from tests.fakes import FakeDesk
from tests.unit.desk_work import case_in, deed
from tests.unit.test_hooks import KEY, request
from tests.world.rows import rows

PAGES = TemplatePages()


def take(desk: FakeDesk, step: dict[str, Any]) -> None:
    desk.time += 60_000
    move, hook = step.pop("move", None), step.pop("hook", None)
    if hook is not None:
        assert desk.hook(hook, {"case_external_id": "web-1", **step}).state == "processed"
    else:
        move_flow(desk, deed(desk), str(move), msgspec.convert(step, MoveIn))


@pytest.mark.parametrize("row", rows("notes"))
def test_notes(row: dict[str, Any], desk: FakeDesk) -> None:
    desk.pages = PAGES  # type: ignore[assignment]
    desk.hook("case.requested", request(type=row["kind"]))
    for step in row["steps"]:
        take(desk, dict(step))
    for one in desk.cases.events(KEY):
        notify(desk, KEY, one.order)
    own = look_at_case(desk, progress_token(desk, case_in(desk).id))
    read = [mail.text for mail in desk.mailer.sent] + [str(own.offer), str(own.said)]
    found = re.findall(r"\b(?:OUT|IN)\b[\w ]*", "\n".join(read))
    assert list(dict.fromkeys(one.strip() for one in found)) == row["want"]
