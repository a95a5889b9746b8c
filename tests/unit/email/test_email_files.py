"""Files of emails go to their case, and leave with the person."""

from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
from chalicelib.domain.email.inbound_email import Verdicts
from chalicelib.domain.flows.facts import EvidenceAdded
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.aftersales.store_evidence import store_evidence
from chalicelib.usecases.cases.read_case import find_case
from chalicelib.usecases.email.read_email import read_email
from chalicelib.usecases.email.receive_email import ReceivedEmail, receive_email
from chalicelib.usecases.intake.process_receipt import process_receipt
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.support.cases.case_work import MEI, case_in
from tests.support.emails.inbox import PARSER, outcome_of, receive, services_with_case
from tests.support.emails.samples.writing import FANG, PNG, TOKEN, a_file, body, mail, plain, several


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
