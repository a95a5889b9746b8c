"""Every phrase of the desk is used by a page, and every phrase that a page names is there."""

import re
from pathlib import Path

from chalicelib.adapters.desk.desk_pages import DeskPages

ROOT = Path(__file__).parents[3] / "chalicelib"
PLACES = (ROOT / "adapters/desk", ROOT / "entrypoints/http/desk")
WORDS = DeskPages().words("en")
AREAS = "|".join(sorted({key.partition(".")[0] for key in WORDS}))
NAMED = re.compile(rf"""["'`]((?:{AREAS})(?:\.[a-z0-9_]+)+)["'`](?! ?~)""")
COMPOSED = re.compile(rf"""["'`]((?:{AREAS})\.[a-z0-9_.]*)(?:["'] ?~|\{{)""")
"""The beginning of a phrase's name whose end is a value: `say("fact." ~ tag)`, `f"fact.{{tag}}"`."""
GROUP = re.compile(r"""named\(["']([a-z_.]+)["']|_named\(["']([a-z_.]+)["']""")
FILE = re.compile(r"\.(html|js|json)$")
FROM_RECORDS = {"rfm", "lifecycle", "satisfaction", "loyalty"}
"""Groups that are called like the fields of a customer's segments."""


def _sources() -> list[str]:
    files = [file for place in PLACES for kind in ("*.py", "*.html", "*.js") for file in place.rglob(kind)]
    return [file.read_text(encoding="utf-8") for file in files]


def _groups(sources: list[str]) -> set[str]:
    composed = {name for text in sources for name in COMPOSED.findall(text)}
    named = {f"{first or second}." for text in sources for first, second in GROUP.findall(text)}
    return composed | named | {f"{group}." for group in FROM_RECORDS}


def test_every_phrase_that_a_page_names_is_there() -> None:
    named = {name for text in _sources() for name in NAMED.findall(text) if not FILE.search(name)}
    missing = [name for name in named if name not in WORDS and not any(key.startswith(f"{name}.") for key in WORDS)]
    assert sorted(missing) == []
    assert len(named) > 300


def test_every_phrase_is_used() -> None:
    sources = _sources()
    named = {name for text in sources for name in NAMED.findall(text)}
    groups = _groups(sources) | {f"{name}." for name in named - WORDS.keys()}
    assert [key for key in WORDS if key not in named and not any(map(key.startswith, groups))] == []
