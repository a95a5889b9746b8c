"""Files of emails go to their case, and leave with the person."""

from collections.abc import Callable
from functools import partial

import pytest

from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
from chalicelib.domain.aftersales.evidence import MAX_BYTES
from chalicelib.domain.email.inbound_email import Verdicts
from chalicelib.domain.flows.facts import EvidenceAdded
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.kernel.timestamps import HOUR_MS
from chalicelib.usecases.aftersales.store_evidence import store_evidence
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.email.read_email import read_email
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_email
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.notifications.signed_links import reply_address
from chalicelib.usecases.ports.intake import Receipt
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.fakes import FakeServices
from tests.support.cases.case_work import MEI, case_in
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import PARSER, outcome_of, receive, services_with_case
from tests.support.emails.samples.writing import AMY, FANG, PNG, TOKEN, a_file, body, mail, plain, several
from tests.support.interleaving import all_turns, pause_at_calls, run_interleaved

CALLS = 20
"""More calls to the stores of files and customers than either of the two makes."""


def test_files_go_to_their_case_and_leave_with_the_person() -> None:
    services = services_with_case()
    raw = mail("files", several("mixed", body("See."), a_file("lamp.png", PNG, "image/png")), To=TOKEN.decode())
    receipt = receive(services, raw)
    assert receipt is not None
    case, email = case_in(services).id, key_of_id(receipt.id)
    assert sorted(services.uploads.files) == [
        f"mails/demo/{case}/{email}.eml",
        f"mails/demo/{case}/{email}.json",
        f"uploads/demo/{case}/mail-{email}-00",
    ]
    whole = read_email(services, find_case(services, case), email)
    assert (whole.sender, whole.certain, whole.text.strip()) == (FANG, True, "See.")
    customer = services.customers.stored[key_of_id(case_in(services).customer)]
    assert erase_customer(services, customer, MEI).files == 3
    assert services.uploads.files == {}


def test_a_document_is_kept_when_it_came_by_mail() -> None:
    services = services_with_case()
    pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
    receive(
        services,
        mail("pdf", several("mixed", body("See."), a_file("invoice.pdf", pdf, "application/pdf")), To=TOKEN.decode()),
    )
    (upload,) = (name for name in services.uploads.files if name.startswith("uploads/"))
    fact = store_evidence(services, PillowSanitizer(), upload)
    assert isinstance(fact, EvidenceAdded)
    assert (fact.kind, services.uploads.files[fact.file]) == ("application/pdf", pdf)


def test_of_a_mail_that_does_harm_the_words_are_kept_and_no_file() -> None:
    services = services_with_case()
    services.uploads.files["incoming/1"] = mail("v", several("mixed", body("See."), a_file("a.png", PNG, "image/png")))
    verdicts = Verdicts(dmarc="pass", virus="fail")
    arrived = ReceivedEmail(
        file="incoming/1", id="1", recipients=("demo@in.example.com",), envelope=FANG, verdicts=verdicts
    )
    receipt = receive_email(services, PARSER, arrived)
    assert receipt is not None
    process_receipt(services, receipt.id)
    assert not [name for name in services.uploads.files if name.startswith("uploads/")]
    assert [data for name, data in services.uploads.files.items() if name.endswith(".eml")] == [b""]


def test_of_what_belongs_to_nobody_no_file_stays() -> None:
    services = services_with_case()
    receipt = receive(services, plain("away", "I am away.", Auto_Submitted="auto-replied"))
    assert outcome_of(services, receipt) == "ignored"
    assert services.uploads.files == {}


def _arrived(services: FakeServices, sender: str = FANG) -> Receipt:
    """An email with a picture about Fang's case, received and not processed yet."""
    parts = several("mixed", body("See."), a_file("lamp.png", PNG, "image/png"))
    raw = mail("files", parts, To=TOKEN.decode(), From=sender)
    services.uploads.files["incoming/1"] = raw.replace(TOKEN, (reply_address(services, KEY) or "").encode())
    recipients = (reply_address(services, KEY) or "",)
    arrived = ReceivedEmail(
        file="incoming/1", id="1", recipients=recipients, envelope=sender, verdicts=Verdicts(dmarc="pass")
    )
    receipt = receive_email(services, PARSER, arrived)
    assert receipt is not None
    return receipt


def _store_all_evidence(services: FakeServices) -> None:
    for upload in [name for name in services.uploads.files if name.startswith("uploads/")]:
        store_evidence(services, PillowSanitizer(), upload)


def _move_slowly(services: FakeServices, key: str, to: str) -> None:
    """As the bucket does it: a copy takes time, and then the original is removed."""
    content = services.uploads.read(key, MAX_BYTES)
    if content is not None:
        services.uploads.save(to, content, "")
        services.uploads.remove(key)


@pytest.mark.parametrize(("work", "sender"), [("email", FANG), ("email", AMY), ("evidence", FANG)])
def test_no_file_stays_of_a_person_who_is_erased_while_it_is_stored(work: str, sender: str) -> None:
    left = []
    for turns in all_turns(CALLS, CALLS):
        services = services_with_case()
        customer = services.customers.stored[key_of_id(case_in(services).customer)]
        receipt = _arrived(services, sender)
        do: Callable[[], object] = partial(process_receipt, services, receipt.id)
        if work == "evidence":
            do()
            do = partial(_store_all_evidence, services)
        pause_at_calls(services.uploads, services.customers)
        services.uploads.move = partial(_move_slowly, services)  # type: ignore[method-assign]
        run_interleaved((do, partial(erase_customer, services, customer, MEI)), turns)
        if services.uploads.files:
            left.append((turns, sorted(services.uploads.files)))
    assert left == []


def test_files_of_whoever_writes_after_their_erasure_are_stored() -> None:
    services = services_with_case()
    customer = services.customers.stored[key_of_id(case_in(services).customer)]
    erase_customer(services, customer, MEI)
    services.time += HOUR_MS
    process_receipt(services, _arrived(services).id)
    assert len(services.uploads.files) == 2
