"""Quotes and signatures are cut out of an email's text, and nothing else is."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.domain.email.quoting import fresh_part
from chalicelib.domain.email.quoting.apps import is_app_line
from chalicelib.domain.email.quoting.attributions import attribution_confidence
from chalicelib.domain.email.quoting.forms.attributions import ATTRIBUTIONS
from chalicelib.domain.email.quoting.forms.headers import FORWARDED, FORWARDING, HEADS, QUOTED
from chalicelib.domain.email.quoting.forms.signatures import SIGNATURES


@given(st.text(alphabet="On wrote:写道>\n -_发件人F", max_size=600))
@settings(max_examples=300, deadline=None)
def test_what_is_new_in_a_text_is_of_the_text(text: str) -> None:
    fresh = fresh_part(text)
    lines = {line.strip() for line in text.replace("\r", "\n").split("\n")}
    assert all(line.strip() in lines for line in fresh.split("\n") if line.strip())


SLOW = ("From: x\n" * 8_000, "> " * 30_000, "- " * 30_000, "写道 " * 20_000)


@pytest.mark.parametrize("line", SLOW, ids=lambda line: line[:4])
def test_no_text_makes_cutting_slow(line: str) -> None:
    began = time.process_time()
    fresh_part("x " * 100)
    unit = max(time.process_time() - began, 1e-4)
    began = time.process_time()
    fresh_part(line)
    assert (time.process_time() - began) / unit < 50_000  # a library took minutes: 200 s instead of 0.1 ms


WORDS = st.lists(
    st.sampled_from(("the", "lamp", "is", "dark", "since", "friday", "灯", "不亮", "Ich", "will", "Geld", "zurück")),
    min_size=1,
)
SENTENCES = WORDS.map(lambda words: " ".join(words) + ".")
PIECES = st.one_of(
    SENTENCES,
    st.sampled_from(
        (
            "",
            "",
            "On Fri, 20 Nov 2026 09:12, Care <care@example.com> wrote:",
            "On Friday your agent wrote:",
            "Mei wrote:",
            "日期：2026年11月20日",
            "2026",
            "Best regards,",
            "Amy Carter",
            "在 2026年11月20日，灯与织 <care@example.com> 写道：",
            "> Another socket?",
            ">> And a bulb?",
            ">",
            "-- ",
            "--",
            "—",
            "____",
            "-----Original Message-----",
            "---------- Forwarded message ---------",
            "Sent from my iPhone",
            "From: Care <care@example.com>",
            "To: Amy",
            "Subject: Lamp",
            "发件人：灯与织",
            "收件人：王芳",
            "This message is confidential and for its intended recipient.",
            "Order 1001: broken",
            "Order 1002: missing",
            "Lamp On Fri, 20 Nov 2026, care@example.com wrote:",
            "https://lists.example.org/lamps_and=shades",
        )
    ),
)
MAILS = st.lists(PIECES, max_size=25).map("\n".join)


def readable(text: str) -> str:
    """A text without blanks and line ends, and without anything that another blank line would change."""
    return "".join(text.split())


@given(st.lists(SENTENCES, min_size=1, max_size=12).map("\n\n".join))
@settings(max_examples=100, deadline=None)
def test_a_text_without_any_form_is_kept_whole(text: str) -> None:
    assert fresh_part(text) == text


@given(st.one_of(MAILS, st.text(max_size=300)))
@example("It hums.\n--\n> Another socket?\nAmy Carter")
@example(
    "On Friday your agent wrote:\nLamp On Fri, 20 Nov 2026, care@example.com wrote:\n> Another socket?\n"
    "Lamp On Fri, 20 Nov 2026, care@example.com wrote:"
)
@settings(max_examples=250, deadline=None)
def test_cutting_twice_is_cutting_once(text: str) -> None:
    fresh = fresh_part(text)
    assert fresh_part(fresh) == fresh


@given(st.one_of(MAILS, st.text(max_size=300)))
@settings(max_examples=250, deadline=None)
def test_nothing_is_given_that_was_not_there_and_something_wherever_there_was_something(text: str) -> None:
    kept = iter(readable(text))
    assert all(sign in kept for sign in readable(fresh_part(text)))  # in their order, none twice


@given(SENTENCES, MAILS)
@settings(max_examples=150, deadline=None)
def test_the_first_sentence_is_kept_whatever_stands_below(first: str, below: str) -> None:
    assert fresh_part(f"{first}\n\n{below}").startswith(first)


@given(MAILS)
@settings(max_examples=100, deadline=None)
def test_of_a_mail_that_forwards_another_nothing_is_cut(text: str) -> None:
    assert readable(fresh_part(text, "转发: Lamp")) == readable(text)


@pytest.mark.parametrize("row", ATTRIBUTIONS, ids=lambda row: f"{row.language} {row.form}")
def test_each_attribution_of_the_table_is_recognised_by_its_marks_and_most_by_what_they_say(row: object) -> None:
    form = row.form  # type: ignore[attr-defined]
    line = form.replace("{date}", "20.11.2026 09:12").replace("{who}", "Care <care@example.com>")
    assert attribution_confidence(line, marked=True)
    assert bool(attribution_confidence(line, marked=False)) == ("{date}" in form)


@pytest.mark.parametrize("row", SIGNATURES, ids=lambda row: row.form)
def test_each_signature_of_the_table_is_recognised(row: object) -> None:
    line = row.form.replace("{device}", "iPhone").replace("{app}", "Outlook for iOS")  # type: ignore[attr-defined]
    assert is_app_line(line)


@pytest.mark.parametrize("row", [*QUOTED, *FORWARDED], ids=lambda row: row.form)
def test_each_announcement_of_the_table_is_recognised(row: object) -> None:
    form = row.form  # type: ignore[attr-defined]
    kept = fresh_part(f"Still dark.\n\n-------- {form} --------\nTry another.")
    assert (kept == "Still dark.") == (row in QUOTED)


@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.language)
def test_each_head_of_the_table_is_recognised_by_all_its_labels(head: object) -> None:
    author, sent, to, subject = (getattr(head, part).split("|") for part in ("author", "sent", "to", "subject"))
    for a, s, t, u in zip(author * 9, sent, to * 9, subject * 9, strict=False):
        text = f"Still dark.\n\n{a}: Care\n{s}: 20.11.2026\n{t}: Amy\n{u}: Lamp\n\nTry another."
        assert fresh_part(text) == "Still dark."


@pytest.mark.parametrize("row", FORWARDING, ids=lambda row: row.form)
def test_each_prefix_of_a_forwarded_subject_keeps_the_forwarded_words(row: object) -> None:
    text = "See:\n\n-----Original Message-----\nParcel 77 was lost."
    for prefix in row.form.split("|"):  # type: ignore[attr-defined]
        assert fresh_part(text, f"{prefix}: Parcel") == text


FILLS = {
    "attributions": "On 20 Nov 2026 09:12 a wrote:\n",
    "verbs": "On 2026 wrote schrieb a écrit ha scritto skrev 写道:\n",
    "heads": "From: a\nTo: b\nDate: c\n",
    "signatures": "a\n-- \n",
    "apps": "Sent from my Windows 10 Windows 10 x\n",
    "quotes": "> a\nb\n",
    "colons": ":\n",
    "one line": "a wrote: ",
    "numbers": f"{'1 ' * 190}:\n",
    "addresses": f"{'a@b ' * 90}:\n",
}


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS.keys())
def test_the_time_it_takes_grows_no_faster_than_the_text(fill: str) -> None:
    fresh_part("Still dark.\n\nSent from my iPhone")  # first use makes caches
    short, long = (timed(fill * (size // len(fill))) for size in (20_000, 200_000))
    assert long < 60 * max(short, 0.002)  # ten times the text; quadratic time would take a hundred times as long


def timed(text: str) -> float:
    began = time.process_time()
    fresh_part(text)
    return time.process_time() - began
