"""The glossary's terms are those of the code, and no retired term stands in code, tests or docs."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.words import ROOT, Place, python_files, text_files, words_of

GLOSSARY = ROOT / "docs" / "glossary.md"
RETIRED: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "unit" / "data" / "retired_terms.yaml").read_text("utf-8"))
SHOWN = 15
KINDS = {"names": "name", "variables": "variable", "sentences": "sentence"}
HAN = re.compile(r"[\u4e00-\u9fff]")


def rows() -> list[list[str]]:
    """The cells of the glossary's rows, headings left out."""
    lines = [line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "English" and not set(row[0]) <= {"-", " "}]


def terms() -> list[str]:
    """The English terms, one by one, without what stands in brackets."""
    return [term.strip() for row in rows() for term in re.sub(r"\(.*?\)", "", row[0]).split(",")]


@cache
def spoken() -> str:
    """All words of code, API and pages, in one line: `DeadLetters` and `dead_letters` are "dead letters"."""
    files = [*python_files("chalicelib"), ROOT / "app.py", ROOT / "docs" / "openapi.yaml"]
    files += [path for path in (ROOT / "chalicelib").rglob("*") if path.suffix in {".html", ".txt", ".json", ".sql"}]
    return words_of(" ".join(path.read_text("utf-8") for path in files))


def forms(term: str) -> str:
    """A term as it may stand in the code: in the singular or in the plural."""
    return rf"\b{re.escape(words_of(term))}(s|es)?\b"


def test_every_row_of_the_glossary_has_both_languages_and_a_meaning() -> None:
    assert len(rows()) > 80
    lacking = [row for row in rows() if len(row) != 3 or not all(row) or not HAN.search(row[1])]
    assert not lacking


def test_no_term_is_explained_twice() -> None:
    listed = [term.casefold() for term in terms()]
    assert sorted(listed) == sorted(set(listed))


@pytest.mark.parametrize("term", terms())
def test_a_term_of_the_glossary_is_one_of_the_code(term: str) -> None:
    assert re.search(forms(term), spoken()), f"“{term}” is in no identifier, string or comment of the code"


def is_excluded(path: Path) -> bool:
    """Whether a file is not looked at: what is promised byte for byte, and what others wrote."""
    name = str(path.relative_to(ROOT))
    return any(re.search(one["path"], name) for one in RETIRED["excluded"])


@cache
def everything() -> dict[str, list[Place]]:
    """All names, variables and sentences of the repository, by kind; what a file says twice, once."""
    places = [place for path in text_files() if not is_excluded(path) for place in Place.all_of(path)]
    once = {(place.path, place.kind, place.text): place for place in reversed(places)}
    return {kind: [place for place in once.values() if place.kind == kind] for kind in KINDS.values()}


def is_allowed(retired: dict[str, Any], place: Place) -> bool:
    """Whether a retired term may stand here, for a stored or promised name requires it."""
    return any(
        re.search(one.get("text", ""), place.text) and re.search(one.get("path", ""), place.path)
        for one in retired.get("allowed", ())
    )


@cache
def found(term: str) -> list[Place]:
    """Where a retired term stands, allowed or not. Sentences are read without regard to case, names with it."""
    retired = next(one for one in RETIRED["terms"] if one["term"] == term)
    patterns = {KINDS[kind]: _pattern(kind, retired[kind]) for kind in KINDS if kind in retired}
    everywhere = [place for kind in patterns for place in everything()[kind]]
    places = [place for place in everywhere if re.search(retired.get("paths", ""), place.path)]
    return [place for place in places if patterns[place.kind].search(place.text)]


def _pattern(kind: str, pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE if kind == "sentences" else 0)


@pytest.mark.parametrize("retired", RETIRED["terms"], ids=lambda retired: retired["term"])
def test_a_retired_term_stands_nowhere(retired: dict[str, Any]) -> None:
    places = sorted({str(place) for place in found(retired["term"]) if not is_allowed(retired, place)})
    more = f"\n… and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    listed = "\n".join(places[:SHOWN]) + more
    assert not places, f"“{retired['term']}” is retired, say {retired['now']} ({len(places)} places):\n{listed}"


@pytest.mark.parametrize("retired", RETIRED["terms"], ids=lambda retired: retired["term"])
def test_what_allows_a_retired_term_is_still_needed(retired: dict[str, Any]) -> None:
    places = found(retired["term"])
    unused = [one for one in retired.get("allowed", ()) if not any(is_allowed({"allowed": [one]}, p) for p in places)]
    assert not unused


@pytest.mark.parametrize("example", RETIRED["examples"], ids=lambda example: example["text"])
def test_a_retired_term_would_be_found_and_others_are_not(example: dict[str, Any]) -> None:
    kind, text = example["kind"], example["text"]
    terms_found = [one["term"] for one in RETIRED["terms"] if kind in one and _pattern(kind, one[kind]).search(text)]
    assert terms_found == example["terms"]
