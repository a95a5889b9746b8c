"""What customers and staff write is text on every page of the desk, and in no title, address or line of the log."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.kernel.timestamps import parse_instant
from chalicelib.entrypoints.http.desk.table import PAGES
from chalicelib.observability import logger
from tests.support.desk.hostile import Hostile
from tests.support.desk.markers import WORD, plain, summed
from tests.support.desk.visitor import Visitor, configure_desk
from tests.support.desk.walk import Walk, faults_of, places_of
from tests.support.moto.stack import MotoStack, running

START = parse_instant("2026-11-20T10:10:00+08:00") // 1000
STARTS = ("queue?view=all", "queue?view=mine", "queue?view=mentions", "board", "drafts", "search", "settings")
GROUPS = {"admin": ("admin",), "agent": ("agent", "shop:demo")}
SHOWN = {
    "{shop}/queue": "agent customer mail_subject sender shop subject tag",
    "{shop}/drafts": "draft",
    "{shop}/board": "agent team",
    "{shop}/settings/agents": "agent team",
    "{shop}/settings/macros": "macro",
    "{shop}/cases/{case}/mails/{email}": "mail",
    "{shop}/cases/{case}": "carrier case_team customer draft escalated macro message money move_note note number phone"
    " product reply return_tracking sender side side_said sku status subject tag task tracking",
}
"""By its path, whose words stand on a page: what the walk must have come across."""


@pytest.fixture(scope="module")
def stack() -> Iterator[MotoStack]:
    """The application."""
    with running(START) as stack:
        configure_desk()
        bootstrap.services.cache_clear()
        yield stack
    bootstrap.services.cache_clear()


@pytest.fixture(scope="module")
def case(stack: MotoStack) -> str:
    """A case in a shop full of markers."""
    return Hostile(stack).fill()


@pytest.mark.parametrize(("role", "language"), [("admin", "en"), ("agent", "zh")])
def test_no_page_makes_markup_a_title_an_address_or_a_line_of_the_log_of_what_somebody_wrote(
    case: str, role: str, language: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    logger.setLevel("INFO")
    walk = Walk(Visitor.signed_in("mei", GROUPS[role], language=language))
    walk.go(*STARTS, f"cases/{case}")
    walk.go(*(page.path.removeprefix("{shop}/") for page in PAGES if page.method == "GET" and "{shop}" in page.path))
    assert walk.faults == {}
    assert {path: words for path, places in SHOWN.items() if (words := set(places.split()) - walk.places[path])} == {}
    assert WORD not in capsys.readouterr().out + caplog.text


def test_the_answers_to_forms_encode_what_somebody_wrote_too(case: str) -> None:
    visitor = Visitor.signed_in("mei", GROUPS["agent"])
    version = visitor.get(f"demo/cases/{case}").hidden("version")
    forms = {
        f"demo/cases/{case}/macros": {"macro": "sorry", "version": version, "body": summed("typed"), "draft": "0"},
        f"demo/cases/{case}/status": {"status": "resolved", "version": version, "reason": ""},
        f"demo/cases/{case}/flow/reject": {"reason": summed("typed"), "version": "0"},
        "demo/search": {"q": WORD},
        "demo/queue/bulk": {"view": "all", "all": "1", "command": "tags", "tag": plain("new")[:40], "key": "k"},
    }
    for path, form in forms.items():
        answer = visitor.post(path, form)
        assert answer.status in (200, 409, 412, 422), path
        assert places_of(answer.text), path
        assert faults_of(answer.text) == [], path


def test_a_page_that_does_not_encode_it_is_noticed() -> None:
    for page in (f"<p>{plain('x')}", f'<p class="{plain("x")}">', f"<title>{WORD}</title>", f"<a href='/{WORD}'>"):
        assert faults_of(page)
