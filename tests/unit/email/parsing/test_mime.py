"""Reading emails: a fault in one does not keep its text from being read."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.email.mime.winmail import is_sound_list, unpack_winmail
from chalicelib.domain.email.inbound_email import MOST_FILES, Bounce, Mailbox, Verdicts
from chalicelib.domain.email.parsing.automatic import WORDS, is_away
from chalicelib.domain.email.parsing.automatic_subjects import PREFIXES
from tests.fakes import SHOP
from tests.support.emails.inbox import PARSER, parse, parsed_email
from tests.support.emails.samples.faults import FAULTS, Fault, drawn, in_text, picture
from tests.support.emails.samples.mutations import broken
from tests.support.emails.samples.writing import FANG, OURS, PNG, a_file, body, encoded, headers, mail, plain, several


def test_outlooks_own_package_is_unpacked() -> None:
    """A TNEF stream (MS-OXTNEF): an attachment's rendering data, title and data, each with its checksum."""

    def attribute(level: int, kind: int, data: bytes) -> bytes:
        head = level.to_bytes(1, "little") + kind.to_bytes(4, "little") + len(data).to_bytes(4, "little")
        return head + data + (sum(data) & 0xFFFF).to_bytes(2, "little")

    stream = (0x223E9F78).to_bytes(4, "little") + b"\x01\x00"
    stream += attribute(1, 0x00089006, b"\x00\x00\x01\x00") + attribute(2, 0x00069002, bytes(14))
    stream += attribute(2, 0x00018010, b"lamp.png\x00") + attribute(2, 0x0006800F, PNG)
    raw = mail("x", several("mixed", body("See."), a_file("winmail.dat", stream, "application/ms-tnef")))
    read = PARSER.read(raw, FANG, (), Verdicts())
    assert [(one.name, one.size) for one in read.email.attachments] == [("lamp.png", len(PNG))]
    assert read.files == (PNG,)


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_mail_that_can_be_read(raw: bytes) -> None:
    read = PARSER.read(
        b"From: a@example.net\r\nContent-Type: text/html\r\n\r\n" + raw, "", (SHOP.mail_from,), Verdicts()
    )
    assert "\x00" not in read.email.text
    PARSER.read(raw, None, (), Verdicts())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_mail_with_a_fault_says_what_its_sender_wrote(fault: Fault) -> None:
    found = parsed_email(fault.raw)
    assert fault.text in (None, found.text)
    assert fault.subject in (None, found.subject)
    assert fault.lacks is None or fault.lacks not in found.text
    assert tuple(one.name for one in found.attachments) == fault.files
    assert found.sender == FANG


def test_mutations_of_mails_are_read_as_emails() -> None:
    """The full run is outside CI: `python -m bench.fuzz_mail`."""
    assert [(seed, wrong) for seed, wrong, _ in broken(iter(range(1, 301)), slowest=20.0) if wrong] == []


def test_what_breaks_a_reader_is_an_email_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("chalicelib.adapters.email.mime.parser.fresh_part", breaks)
    found = parsed_email(plain("x", "Dark."))
    assert (found.sender, found.text, found.senders) == ("", "", 0)
    assert "RecursionError" in found.unreadable
    assert len(found.digest) == 64


def test_the_same_bytes_have_the_same_digest_and_others_another() -> None:
    assert parsed_email(plain("x", "Dark.")).digest == parsed_email(plain("x", "Dark.")).digest
    assert parsed_email(plain("x", "Dark.")).digest != parsed_email(plain("x", "Dark!")).digest


def test_an_id_is_read_also_without_its_brackets() -> None:
    assert parsed_email(plain("x", "Hi", Message_ID="1@x.example")).id == "1@x.example"
    assert parsed_email(plain("x", "Hi", Message_ID="none")).id == ""
    assert parsed_email(plain("x", "Hi", Message_ID="<none>")).id == "none"


@pytest.mark.parametrize("sign", ["\u202e", "\u202d", "\u2067", "\u200f", "\u061c"])
def test_a_sign_that_turns_the_direction_is_in_no_subject_and_no_name(sign: str) -> None:
    written = f"photo{sign}gpj.txt"
    named = a_file("x", b"Dark.", "text/plain", Content_Disposition=f"attachment; filename*=utf-8''{quote(written)}")
    other = a_file(encoded(written, "utf-8"), b"Dark.", "text/plain")
    sender = f"{encoded(written, 'utf-8')} <{FANG}>"
    found = parsed_email(
        mail("d", several("mixed", body("Dark."), named, other), Subject=encoded(written, "utf-8"), From=sender)
    )
    assert {found.subject, found.sender_name, *(one.name for one in found.attachments)} == {"photogpj.txt"}


def test_people_are_read_with_their_names() -> None:
    raw = plain(
        "x",
        "Hi",
        Reply_To="=?utf-8?q?Amy_=C3=85?= <amy@x.example>",
        Cc=f"b@x.example, <{FANG}>",
        To="'Shop' <s@x.example>",
    )
    found = parsed_email(raw)
    assert found.reply_to == (Mailbox("amy@x.example", "Amy Å"),)
    assert found.cc == (Mailbox("b@x.example"), Mailbox(FANG))
    assert found.addressed_to == (Mailbox("s@x.example", "Shop"),)


def test_a_group_that_wrote_itself_into_from_says_who_wrote() -> None:
    raw = plain(
        "x",
        "Hi",
        From="'Amy' via Help <help@shop.example>",
        X_Original_Sender="amy@x.example",
        List_ID="Help <help.shop.example>",
        Precedence="list",
        X_Forwarded_For="care@shop.example demo@in.example.com",
    )
    found = parsed_email(raw)
    assert (found.original_sender, found.list_id, found.automatic) == ("amy@x.example", "help.shop.example", None)
    assert found.forwarded_for == ("care@shop.example", "demo@in.example.com")


def test_a_list_that_wrote_itself_into_from_says_by_its_answers_who_wrote() -> None:
    fields = {
        "From": "Amy via Help <help@shop.example>",
        "Reply_To": "Amy <amy@x.example>",
        "List_Id": "<help.shop.example>",
    }
    assert parsed_email(plain("x", "Hi", **fields)).original_sender == "amy@x.example"
    assert parsed_email(plain("x", "Hi", **fields | {"From": "Help <help@shop.example>"})).original_sender == ""


REPORT = several(
    "report",
    body("It could not be delivered."),
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
    b"Final-Recipient: rfc822; fang@example.net\r\nAction: failed\r\nStatus: 5.1.1 (no such user)\r\n\r\n"
    b"Original-Recipient: rfc822;lei@example.net\r\nAction: delayed\r\nStatus: 4.4.1",
    extra="; report-type=delivery-status",
)


def test_a_bounce_says_whom_it_did_not_reach() -> None:
    found = parsed_email(mail("b", REPORT, From="MAILER-DAEMON@mx.example.net"), "<>")
    assert found.automatic == "bounce"
    assert found.envelope == ""
    assert found.bounced == (
        Bounce("fang@example.net", "5.1.1", "failed"),
        Bounce("lei@example.net", "4.4.1", "delayed"),
    )


def test_a_bounce_without_a_report_quotes_our_email_in_its_text() -> None:
    text = f"Hi. This is the mail program.\n\n--- Below this line is a copy.\n\nSubject: Lamp\nMessage-Id: <{OURS}>\n"
    found = parsed_email(
        plain("q", text, From="MAILER-DAEMON@mx.example.net", X_Failed_Recipients="fang@example.net"), ""
    )
    assert (found.automatic, found.quoted_ids) == ("bounce", (OURS,))
    assert found.bounced == (Bounce("fang@example.net", action="failed"),)


def test_a_person_who_quotes_a_head_quotes_no_id() -> None:
    assert parsed_email(plain("q", f"Message-ID: <{OURS}>\nWhat is this?")).quoted_ids == ()


def test_a_complaint_is_about_the_mail_it_encloses() -> None:
    enclosed = b"Content-Type: message/rfc822\r\n\r\n" + headers("x", Message_ID=f"<{OURS}>") + b"\r\n\r\nOurs"
    feedback = b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse"
    raw = mail("c", several("report", body("Abuse."), feedback, enclosed))
    assert (parsed_email(raw).automatic, parsed_email(raw).about) == ("bounce", (OURS,))


@pytest.mark.parametrize(
    ("fields", "want"),
    [
        ({"X_Priority": "1 (Highest)"}, "high"),
        ({"Importance": "High"}, "high"),
        ({"Priority": "non-urgent"}, "low"),
        ({"X_Priority": "5"}, "low"),
        ({"X_Priority": "3"}, "normal"),
        ({}, "normal"),
    ],
)
def test_how_important_a_mail_is_to_its_sender(fields: dict[str, str], want: str) -> None:
    assert parsed_email(plain("x", "Hi", **fields)).importance == want


def test_more_files_than_are_kept_are_counted() -> None:
    files = [a_file(f"{number}.pdf", b"%PDF", "application/pdf") for number in range(MOST_FILES + 3)]
    found = parsed_email(mail("x", several("mixed", body("See."), *files)))
    assert (len(found.attachments), found.left_out) == (MOST_FILES, 3)


def test_what_was_not_read_is_said() -> None:
    parts = [body("x")] * 1_200
    assert "too many parts" in parsed_email(mail("x", several("mixed", *parts))).unreadable
    assert parsed_email(plain("x", "Hi")).unreadable == ""
    encrypted = mail(
        "x", several("encrypted", body("", "application/pgp-encrypted"), body("x", "application/octet-stream"))
    )
    package = a_file("winmail.dat", b"x", "application/ms-tnef")
    assert "winmail" in parsed_email(mail("x", several("mixed", body("See."), package))).unreadable
    assert "encrypted" in parsed_email(encrypted).unreadable


def test_small_pictures_are_shown_with_the_html_and_nothing_from_elsewhere() -> None:
    html = "<img src='cid:c'><img src='https://evil.example/t.gif'><a href='data:text/html,x'>y</a><img src='cid:none'>"
    shown = parse(in_text(html, drawn("a.png", "c", picture(640, 480, 3_000)))).whole.html or ""
    assert shown.count("data:image/png;base64,") == 1
    assert not [bad for bad in ("evil", "text/html", "cid:") if bad in shown]


def test_the_whole_has_the_words_of_attached_mails_below_a_line_that_says_whose() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\n" + plain("i", "Parcel lost.", Subject="Parcel 77")
    whole = parse(mail("x", several("mixed", body("See."), inner))).whole.text
    assert "Parcel 77 ----------\nParcel lost." in whole


@pytest.mark.parametrize("language", PREFIXES)
def test_subjects_of_automatic_answers_are_known_in_every_language(language: str) -> None:
    for words, source in PREFIXES[language]:
        assert source
        assert is_away(f"{words}: Lamp"), words
        assert not is_away(f"Re: {words}"), words
        assert not is_away(f"{words} does not help me"), words


def test_no_word_of_a_subject_is_in_the_table_for_nothing() -> None:
    assert len(WORDS) > 200


def test_a_package_of_outlook_is_gone_into_only_where_it_holds_what_it_claims() -> None:
    def attribute(level: int, kind: int, data: bytes, claimed: int | None = None) -> bytes:
        size = len(data) if claimed is None else claimed
        return (
            level.to_bytes(1, "little") + kind.to_bytes(4, "little") + size.to_bytes(4, "little") + data + b"\x00\x00"
        )

    head = (
        bytes.fromhex("789f3e22")
        + b"\x01\x00"
        + attribute(2, 0x00069002, bytes(14))
        + attribute(2, 0x00018010, b"a.txt\x00")
    )
    assert list(unpack_winmail(head + attribute(2, 0x0006800F, b"abc"))) == [
        ("a.txt", "application/octet-stream", b"abc")
    ]
    assert list(unpack_winmail(head + attribute(2, 0x0006800F, b"abc", claimed=50))) == []
    assert is_sound_list(b"\x01\x00\x00\x00" + b"\x03\x00\x01\x37" + bytes(4))
    assert not is_sound_list(b"\x02\x00\x00\x00" + b"\x03\x00\x01\x37" + bytes(4))
    assert not is_sound_list(b"\x01\x00\x00\x00" + b"\x02\x01\x01\x37\x01\x00\x00\x00\x09\x00\x00\x00abc")
