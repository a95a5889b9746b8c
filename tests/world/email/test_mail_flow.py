"""Who wrote an email, and what follows from it: rows of `data/mail_flow.yaml`."""

from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import CaseOpened, MailRef, MessageReceived, NoteAdded, ReplySent
from chalicelib.domain.cases.payloads import Message, StatusChange
from chalicelib.domain.flows.facts import TaskOpened
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.routing.agents import AgentIn
from chalicelib.entrypoints.http.portal.export_zip import export_json
from chalicelib.usecases.cases.handle_command import set_status
from chalicelib.usecases.email.author import mail_ref_of
from chalicelib.usecases.email.write_reply import write
from chalicelib.usecases.notifications.signed_links import progress_token, reply_address
from chalicelib.usecases.portal.customer_cases import view_case
from chalicelib.usecases.ports import Receipt
from chalicelib.usecases.privacy.export_customer import collect_personal_data
from chalicelib.usecases.routing.manage_agents import put_agent
from tests.fakes import FakeServices
from tests.support.cases.case_work import case_in, command
from tests.support.cases.follow_ups import notify
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import receive, services_with_case
from tests.support.emails.samples.writing import FANG, OURS, encoded, plain
from tests.support.world.rows import rows

THEN = {CaseOpened: "opens", MessageReceived: "joins", ReplySent: "replies", NoteAdded: "notes"}


@pytest.mark.parametrize("row", rows("mail_flow"))
def test_a_mail_is_of_whom_it_is_and_goes_where_it_belongs(row: dict[str, Any]) -> None:
    services = services_with_case()
    put_agent(services, "demo", "mei", AgentIn(email="mei@example.com"))
    if "before" in row:
        set_status(services, command(services), StatusChange(row["before"]))
        services.time += 1000
    mail = row["mail"]
    by_address = "<case>" in mail.get("To", "") + mail.get("Cc", "")
    to = reply_address(services, KEY) if by_address else "demo@in.example.com"
    receipt = receive(services, raw(services, mail), to, row.get("envelope", FANG), row.get("dmarc", "pass"))
    assert receipt is not None
    became = found(services, receipt, row["want"].keys())
    assert {name: became[name] for name in row["want"]} == row["want"]


def raw(services: FakeServices, mail: dict[str, str]) -> bytes:
    known = {"<ours>": f"<{OURS}>", "<case>": reply_address(services, KEY) or "", "<number>": case_in(services).number}
    filled = dict(mail)
    for name, value in mail.items():
        for mark, stands in known.items():
            filled[name] = filled[name].replace(mark, stands)
        if name != "text" and not value.isascii():
            filled[name] = encoded(value, "utf-8")
    return plain("x", filled.pop("text"), **filled)


def found(services: FakeServices, receipt: Receipt, wanted: Iterable[str]) -> dict[str, Any]:
    """The outcome of an email, in the terms of a row."""
    if receipt.case is None:
        return {"then": receipt.state, "reason": receipt.reason}
    key = key_of_id(receipt.case)
    event, ref = event_of(services, receipt)
    text = getattr(event.fact, "message", "")
    facts = [one.fact for one in services.cases.events(key)]
    result = {
        "then": THEN[type(event.fact)],
        "sender": ref.sender,
        "certain": ref.certain,
        "author": ref.author,
        "via": ref.via,
        "suggested": ref.suggested,
        "status": case_in(services).status,
        "tags": [*case_in(services, key).tags],
        "has": next((one for one in text.split("\n") if "77" in one), text),
        "tasks": sum(isinstance(one, TaskOpened) for one in facts),
        "opening": " / ".join(page(services, receipt)),
        "notes": [one.message for one in facts if isinstance(one, NoteAdded)],
    }
    return result | ({"mailed": mailed(services, key, event)} if "mailed" in wanted else {})


def mailed(services: FakeServices, key: str, event: Event) -> list[str]:
    """The recipients of the emails that an event leads to."""
    notify(services, key, event.order)
    return [one.to for one in services.mailer.sent]


def page(services: FakeServices, receipt: Receipt) -> list[str]:
    """The texts of a case that its customer's page shows, the subject first."""
    own = view_case(services, progress_token(services, receipt.case or ""))
    return [own.subject, *(getattr(one.fact, "message", "") for one in own.messages)]


def goes_out(services: FakeServices, receipt: Receipt) -> str:
    """Everything its customer gets of a case: their page, the copy of their data, a reply by mail."""
    key = key_of_id(receipt.case or "")
    customer = services.customers.stored[key_of_id(case_in(services, key).customer)]
    services.customers.stored[key_of_id(customer.id)] = replace(customer, email="amy@example.org")
    write(services, command(services, key=key), Message("We look for it."))
    notify(services, key, services.cases.events(key)[-1].order)
    sent = [f"{one.subject} {one.text} {one.html}" for one in services.mailer.sent]
    assert sent
    return "\n".join(
        [*page(services, receipt), export_json(collect_personal_data(services, [customer])).decode(), *sent]
    )


@pytest.mark.parametrize("row", [one for one in rows("mail_flow") if "inside" in one.values[0]])
def test_what_staff_write_above_a_mail_they_forward_reaches_no_customer(row: dict[str, Any]) -> None:
    services = services_with_case()
    put_agent(services, "demo", "mei", AgentIn(email="mei@example.com"))
    put_agent(services, "demo", "li", AgentIn(email="li@example.com"))
    receipt = receive(
        services, raw(services, row["mail"]), "demo@in.example.com", row["envelope"], row.get("dmarc", "pass")
    )
    assert receipt is not None
    text = goes_out(services, receipt)
    assert [one for one in [*row["inside"], "mei@example.com"] if one in text] == []


def event_of(services: FakeServices, receipt: Receipt) -> tuple[Event, MailRef]:
    events = ((one, mail_ref_of(one)) for one in services.cases.events(key_of_id(receipt.case or "")))
    return next((one, ref) for one, ref in events if ref is not None and ref.letter == key_of_id(receipt.id))
