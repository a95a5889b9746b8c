"""Emails of any size and shape are read in bounded time and memory."""

import subprocess
import sys
import time

import pytest

from chalicelib.adapters.email.html.text import escape_open_tags
from chalicelib.adapters.email.mime.headers import LONGEST_HEADER, LONGEST_PARAMETERS, Head, head_at
from tests.support.emails.inbox import parse, parsed_email
from tests.support.emails.samples.writing import FANG, body, headers, mail, plain, several

LARGE = {
    "short lines": b"a\r\n" * 1_000_000,
    "a long header": headers("x", Subject="Lamp " * 40_000, Content_Type="text/plain; name=" + "x" * 100_000)
    + b"\r\n\r\nx",
    "many headers": b"Received: from a by b\r\n" * 40_000 + plain("x", "Dark."),
    "many parts": mail("x", several("mixed", *[body("x")] * 3_000)),
    "open brackets": plain("x", "Dark.", From='"(<' * 600 + FANG),
    "boundaries": mail("x", several("mixed", b"--e\r\n" * 20_000)).replace(b"edge-1-100000", b"e"),
    "bytes of nothing": mail("x", b"Content-Type: text/plain\r\n\r\n" + bytes(range(128, 256)) * 20_000),
    "pictures in HTML": mail("x", body("<img src=data:image/png;base64,YWJjYWJjYWJjYWJj>" * 40_000, "text/html")),
    "lines of Unix": mail("x", b"Content-Transfer-Encoding: x-uuencode\r\n\r\n" + b"!\r\n" * 900_000),
    "half a page of nothing": mail("x", body("<p>" + "&nbsp;" * 30_000, "text/html")),
}


@pytest.mark.parametrize("name", LARGE)
def test_no_mail_makes_reading_slow(name: str) -> None:
    began = time.process_time()
    parse(LARGE[name])
    assert time.process_time() - began < 8  # it takes tenths of a second on an idle machine; the function has minutes


LARGEST = """
import re, sys
from chalicelib.adapters.email.mime import MimeParser
from chalicelib.domain.email.inbound_email import Verdicts
line = sys.argv[1].encode() + b"\\r\\n"
head = b"From: a@x.example\\r\\nContent-Type: " + sys.argv[2].encode() + b"\\r\\n\\r\\n"
raw = head + line * (25_000_000 // len(line))
MimeParser().read(raw, "", (), Verdicts())
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""
"""`getrusage` would include the peak of the tests' process that starts this one."""


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("The lamp is dark. " * 4, "text/plain"),
        ("<p>The lamp is dark.</p>", "text/html"),
        ("YWJj" * 18, "application/pdf\r\nContent-Transfer-Encoding: base64"),
    ],
    ids=["words", "HTML", "a file"],
)
def test_the_largest_mail_is_read_within_half_the_functions_memory(line: str, kind: str) -> None:
    done = subprocess.run([sys.executable, "-c", LARGEST, line, kind], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 512  # MiB of the whole process, of the function's 1,024


def test_of_a_very_long_thread_the_top_is_read_as_html() -> None:
    quoted = "<div class='gmail_quote'>" + "<p>Quoted.</p>" * 5_000 + "</div>"
    found = parsed_email(mail("x", body(f"<p>Still<br>dark.</p>{quoted}", "text/html")))
    assert found.text == "Still\ndark."
    plainly = parsed_email(
        mail("x", body("<p>Dark.</p>" * 4_000 + "<style>p{}</style><p>Last &amp; least.</p>", "text/html"))
    )
    assert plainly.text.startswith("Dark.\n\nDark.")
    assert plainly.text.endswith("Dark.\nLast & least.")


def test_a_page_that_is_cut_leaves_no_half_a_tag() -> None:
    from chalicelib.adapters.email.html.text import text_of

    assert text_of("<p>Dark.</p>" + "<div>" * 20_000 + "x" + "</div>" * 20_000) == "Dark.\nx"


def test_a_tag_that_does_not_end_is_a_sign_before_a_parser_looks_for_its_end() -> None:
    assert escape_open_tags("<a <b>x</b> 3 < 4") == "&lt;a <b>x</b> 3 &lt; 4"
    assert escape_open_tags("a<!-- <p>b</p> -->c<!-- d") == "ac&lt;!-- d"


def test_a_header_is_cut_before_anything_is_made_of_it() -> None:
    raw = b"Subject:" + b"x" * (LONGEST_HEADER * 2) + b"\r\nX-Nobody-Reads: y\r\n\r\n"
    head, body_at = head_at(raw, 0, len(raw))
    assert (len(head.raw("subject")), body_at) == (LONGEST_HEADER, len(raw))
    assert head.values.keys() == {"subject"}
    long = Head({"content-type": [b"text/plain; a=" + b"b" * LONGEST_PARAMETERS + b"; charset=gbk"]})
    assert long.parameters("content-type").word("charset") == ""
