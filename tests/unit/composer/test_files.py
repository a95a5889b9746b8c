"""Files that agents upload: checked, attached to a reply, and reached by a link in the email."""

import re

import pytest
from msgspec import convert
from msgspec.structs import replace

from chalicelib.adapters.aftersales.image_sanitizer import PillowSanitizer
from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.facts import ReplySent
from chalicelib.domain.cases.payloads import Message
from chalicelib.domain.composer.agent_files import MACROS, PER_HOUR, AgentFile, is_of_agent
from chalicelib.domain.composer.macros import MacroIn
from chalicelib.domain.kernel.errors import Conflict, Expired, Invalid, NotFound, TooLarge
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.notifications.templates import MailTemplate
from chalicelib.usecases.composer.attach_files import (
    attached_files,
    fetch_file,
    file_url,
    read_file,
    request_macro_upload,
    request_upload,
)
from chalicelib.usecases.composer.macros.manage_macros import put_macro
from chalicelib.usecases.composer.macros.preview_macro import preview_macro
from chalicelib.usecases.composer.store_agent_file import store_agent_file
from chalicelib.usecases.composer.write_message import write_message
from chalicelib.usecases.privacy.erase_customer import erase_customer
from tests.fakes import FakeServices
from tests.support.aftersales.evidence import gps, jpeg
from tests.support.cases.case_work import MEI, case_in, command, event_types
from tests.support.composer.writing import deliver_due, mailed_case, send
from tests.support.emails.inbox import notify_about

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def upload(services: FakeServices, case: Case, data: bytes, name: str = "label.pdf") -> AgentFile | None:
    """An agent uploads a file; what became of it."""
    file, form = request_upload(services, case, name, "mei", "https://api.example.com/back")
    assert form.fields["key"] == file.upload
    services.uploads.files[file.upload] = data
    return store_agent_file(services, PillowSanitizer(), file.upload)


def stored(services: FakeServices, case: Case, data: bytes = PDF, name: str = "label.pdf") -> AgentFile:
    file = upload(services, case, data, name)
    assert file is not None
    assert file.state == "stored"
    return file


def test_an_agents_file_is_no_evidence_of_the_customer(opened: FakeServices) -> None:
    case = case_in(opened)
    file = stored(opened, case)
    assert event_types(opened) == ["case_opened"]
    assert (file.kind, file.file) == ("application/pdf", f"evidence/demo/{case.id}/{file.id}.pdf")
    assert opened.uploads.files == {file.file: PDF}
    assert is_of_agent(file.upload.rpartition("/")[2])
    assert file_url(opened, file) == f"https://bucket.example.com/{file.file}?signed"


def test_a_picture_loses_its_place_and_a_repeated_report_changes_nothing(opened: FakeServices) -> None:
    case = case_in(opened)
    file = stored(opened, case, jpeg(exif=gps()), "paste.jpg")
    assert b"Exif" not in opened.uploads.files[file.file]
    opened.uploads.files[file.upload] = jpeg()
    assert store_agent_file(opened, PillowSanitizer(), file.upload) is None
    assert list(opened.uploads.files) == [file.file]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "too_large"),
        (b"MZ\x90\x00", "unknown_type"),
        (jpeg()[:99], "broken"),
    ],
)
def test_what_is_not_a_file_we_send_is_refused_with_its_reason(opened: FakeServices, data: bytes, reason: str) -> None:
    case = case_in(opened)
    file = upload(opened, case, data)
    assert file is not None
    assert (file.state, file.reason, opened.uploads.files) == ("refused", reason, {})
    with pytest.raises(Invalid, match=reason):
        attached_files(opened, case, [file.id])
    assert file_url(opened, file) is None


def test_an_upload_nobody_asked_for_is_removed(opened: FakeServices) -> None:
    case = case_in(opened)
    for key in (f"uploads/demo/{case.id}/agent-{'0' * 26}", "uploads/agent-x", f"uploads/demo/{case.id}/agent-"):
        opened.uploads.files[key] = PDF
        assert store_agent_file(opened, PillowSanitizer(), key) is None
    assert opened.uploads.files == {}


def test_a_file_belongs_to_its_case_and_must_be_there_before_it_is_sent(opened: FakeServices) -> None:
    case = case_in(opened)
    file, _ = request_upload(opened, case, "label.pdf", "mei", "")
    with pytest.raises(Conflict, match="still being"):
        write_message(opened, command(opened), Message(body="x", files=(file.id,)))
    with pytest.raises(Invalid, match=r"files\[0\]"):
        attached_files(opened, replace(case, id="1" * 26), [file.id])
    with pytest.raises(NotFound):
        read_file(opened, "demo", "another", file.id)
    assert read_file(opened, "demo", case.id, file.id).state == "expected"


def test_uploads_are_limited_by_the_hour(opened: FakeServices) -> None:
    case = case_in(opened)
    for _ in range(PER_HOUR):
        request_upload(opened, case, "a.pdf", "mei", "")
    with pytest.raises(TooLarge):
        request_upload(opened, case, "a.pdf", "mei", "")
    request_upload(opened, case, "a.pdf", "lee", "")


@pytest.mark.parametrize("own", [None, MailTemplate("Re", "{{ message }}\n-- {{ shop }}")], ids=["ours", "the shop's"])
def test_the_email_has_a_link_to_each_file_that_lasts_as_long_as_the_file(own: MailTemplate | None) -> None:
    services = FakeServices()
    services.pages = TemplateRenderer()  # type: ignore[assignment]
    case = mailed_case(services)
    services.shops.save_template("demo", "reply", "zh", own)
    file = stored(services, case, name="标签 <b>.pdf")
    send(services, case, files=(file.id,))
    assert deliver_due(services) == ["sent"]
    fact = services.cases.events(key_of_id(case.id))[-1].fact
    assert isinstance(fact, ReplySent)
    assert [(attached.name, attached.file) for attached in fact.files] == [("标签 <b>.pdf", file.file)]
    assert notify_about(services, case) == ["sent"]
    (mail,) = services.mailer.sent
    assert "附件：标签 <b>.pdf（1 KB）" in mail.text
    assert "<b>" not in mail.html
    (token,) = re.findall(r"https://api\.example\.com/f/(\S+)", mail.text)
    assert f"/f/{token}" in mail.html
    assert (f'href="https://api.example.com/f/{token}"' in mail.html) == (own is None)
    assert fetch_file(services, token).startswith(f"https://bucket.example.com/{file.file}")
    with pytest.raises(NotFound):
        fetch_file(services, ("a" if token[0] != "a" else "b") + token[1:])
    services.uploads.remove(file.file)
    with pytest.raises(Expired):
        fetch_file(services, token)


def test_erasing_the_customer_removes_the_files_of_their_case_and_also_one_just_uploaded() -> None:
    services = FakeServices()
    case = mailed_case(services)
    stored(services, case)
    late, _ = request_upload(services, case, "late.pdf", "mei", "")
    services.time += 1
    services.uploads.files[late.upload] = PDF
    customer = services.customers.stored[key_of_id(case.customer)]
    read = services.uploads.read

    def erased_meanwhile(key: str, max_bytes: int) -> bytes | None:
        data = read(key, max_bytes)
        erase_customer(services, customer, MEI)
        return data

    services.uploads.read = erased_meanwhile  # type: ignore[method-assign]
    store_agent_file(services, PillowSanitizer(), late.upload)
    assert not [key for key in services.uploads.files if key.startswith(("evidence/", "uploads/"))]


def test_a_macro_sends_its_own_file_with_every_case(opened: FakeServices) -> None:
    file, _ = request_macro_upload(opened, "demo", "sizes.pdf", "lin", "")
    content = {"name": {"zh": "尺码", "en": "Sizes"}, "text": {"zh": "见附件"}, "files": [file.id]}
    with pytest.raises(Invalid, match="uploaded for macros"):
        put_macro(opened, "demo", "sizes", convert(content, MacroIn), "lin")
    opened.uploads.files[file.upload] = PDF
    settled = store_agent_file(opened, PillowSanitizer(), file.upload)
    assert settled is not None
    assert settled.folder == MACROS
    put_macro(opened, "demo", "sizes", convert(content, MacroIn), "lin")
    case = case_in(opened)
    shown = preview_macro(opened, opened.cases.load(key_of_id(case.id)), ["sizes"], "mei")
    assert shown.files == (file.id,)
    send(opened, case, files=shown.files)
    fact = opened.cases.events(key_of_id(case.id))[-1].fact
    assert isinstance(fact, ReplySent)
    assert fact.files[0].file == f"evidence/demo/macros/{file.id}.pdf"
