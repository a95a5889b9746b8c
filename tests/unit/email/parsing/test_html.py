"""Emails in HTML are shown safely and read in bounded time."""

import time

import pytest

from chalicelib.domain.email.inbound_email import Verdicts
from tests.support.emails.inbox import PARSER
from tests.support.emails.samples.writing import FANG, body, mail

HEAVY = {
    "br": "<br>" * 20_000,
    "div": "<div>" * 20_000,
    "deep": "<p>x" * 4_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_no_html_holds_the_function(name: str) -> None:
    began = time.process_time()
    PARSER.read(mail("h", body("<p>Dark.</p>" * 200, "text/html")), FANG, (), Verdicts())
    unit = max(time.process_time() - began, 1e-3)
    began = time.process_time()
    PARSER.read(mail("h", body(HEAVY[name], "text/html")), FANG, (), Verdicts())
    assert (time.process_time() - began) / unit < 2_000  # it took minutes once


def test_pictures_from_elsewhere_are_not_shown() -> None:
    raw = mail("x", body('<p>Dark<img src="https://evil.example/t.gif"></p>', "text/html"))
    assert "evil" not in (PARSER.read(raw, FANG, (), Verdicts()).whole.html or "")


def test_html_is_shown_without_what_could_do_anything() -> None:
    raw = mail("x", body('<p onclick="a()">Dark<script>b()</script><a href="javascript:c()">d</a></p>', "text/html"))
    html = PARSER.read(raw, FANG, (), Verdicts()).whole.html or ""
    assert "Dark" in html
    assert not [bad for bad in ("script", "onclick", "a()", "b()", "c()") if bad in html]
