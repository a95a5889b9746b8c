"""Internal notes that customers must not see: rows of `data/notes.yaml`."""

import re
from typing import Any

import msgspec
import pytest

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.flows.payloads import MoveIn
from chalicelib.usecases.aftersales.transition_flow import transition_flow
from chalicelib.usecases.notifications.signed_links import progress_token
from chalicelib.usecases.portal.customer_cases import view_case
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.follow_ups import notify
from tests.support.cases.webhooks import KEY, request
from tests.support.world.rows import rows

PAGES = TemplateRenderer()


def take(services: FakeServices, step: dict[str, Any]) -> None:
    services.time += 60_000
    move, hook = step.pop("move", None), step.pop("hook", None)
    if hook is not None:
        assert services.hook(hook, {"case_external_id": "web-1", **step}).state == "processed"
    else:
        transition_flow(services, command(services), str(move), msgspec.convert(step, MoveIn))


@pytest.mark.parametrize("row", rows("notes"))
def test_notes(row: dict[str, Any], services: FakeServices) -> None:
    services.pages = PAGES  # type: ignore[assignment]
    services.hook("case.requested", request(type=row["kind"]))
    for step in row["steps"]:
        take(services, dict(step))
    for one in services.cases.events(KEY):
        notify(services, KEY, one.order)
    own = view_case(services, progress_token(services, case_in(services).id))
    read = [mail.text for mail in services.mailer.sent] + [str(own.offer), str(own.messages)]
    found = re.findall(r"\b(?:OUT|IN)\b[\w ]*", "\n".join(read))
    assert list(dict.fromkeys(one.strip() for one in found)) == row["want"]
