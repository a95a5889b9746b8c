"""Whose words a mail is and what follows from it: `data/mail_flow.yaml`."""

from typing import Any

import pytest

from chalicelib.domain.events import Event
from chalicelib.domain.facts import CaseOpened, MailRef, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.ids import key_in
from chalicelib.domain.inputs import StatusChange
from chalicelib.domain.routing import AgentIn
from chalicelib.usecases.links import reply_address
from chalicelib.usecases.manage_roster import put_agent
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.whose_words import letter_of
from chalicelib.usecases.work_case import set_status
from tests.fakes import FakeDesk
from tests.mails.writing import FANG, OURS, encoded, plain
from tests.unit.desk_work import case_in, deed
from tests.unit.test_hooks import KEY
from tests.unit.test_mail_in import a_desk, arrives
from tests.world.rows import rows

THEN = {CaseOpened: "opens", MessageReceived: "joins", ReplySent: "replies", NoteAdded: "notes"}


@pytest.mark.parametrize("row", rows("mail_flow"))
def test_a_mail_is_of_whom_it_is_and_goes_where_it_belongs(row: dict[str, Any]) -> None:
    desk = a_desk()
    put_agent(desk, "demo", "mei", AgentIn(email="mei@example.com"))
    if "before" in row:
        set_status(desk, deed(desk), StatusChange(row["before"]))
        desk.time += 1000
    to = reply_address(desk, KEY) if row["mail"].get("To") == "<case>" else "demo@in.example.com"
    receipt = arrives(desk, raw(desk, row["mail"]), to, row.get("envelope", FANG), row.get("dmarc", "pass"))
    assert receipt is not None
    assert {name: found(desk, receipt)[name] for name in row["want"]} == row["want"]


def raw(desk: FakeDesk, told: dict[str, str]) -> bytes:
    known = {"<ours>": f"<{OURS}>", "<case>": reply_address(desk, KEY) or "", "<number>": case_in(desk).number}
    filled = dict(told)
    for name, value in told.items():
        for mark, stands in known.items():
            filled[name] = filled[name].replace(mark, stands)
        if name != "text" and not value.isascii():
            filled[name] = encoded(value, "utf-8")
    return plain("x", filled.pop("text"), **filled)


def found(desk: FakeDesk, receipt: Receipt) -> dict[str, Any]:
    """What became of a mail, in the words of a row."""
    if receipt.case is None:
        return {"then": receipt.state, "reason": receipt.reason}
    event, ref = event_of(desk, receipt)
    text = getattr(event.fact, "message", "")
    return {
        "then": THEN[type(event.fact)], "sender": ref.sender, "certain": ref.certain, "author": ref.author,
        "via": ref.via, "suggested": ref.suggested, "status": case_in(desk).status,
        "has": next((one for one in text.split("\n") if "77" in one), text),
    }  # fmt: skip


def event_of(desk: FakeDesk, receipt: Receipt) -> tuple[Event, MailRef]:
    told = ((one, letter_of(one)) for one in desk.cases.events(key_in(receipt.case or "")))
    return next((one, ref) for one, ref in told if ref is not None and ref.letter == key_in(receipt.id))
