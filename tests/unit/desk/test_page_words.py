"""How pages say times and name languages: in words of their language, never by a code."""

import pytest

from chalicelib.adapters.desk.desk_pages import DeskPages
from chalicelib.adapters.desk.filters import page_filters
from chalicelib.domain.kernel.timestamps import MINUTE_MS
from chalicelib.entrypoints.http.desk.spans import UNITS

NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("due_in", "en", "zh"),
    [
        (-1, ">just now<", ">刚刚<"),
        (1 - MINUTE_MS, ">just now<", ">刚刚<"),
        (-MINUTE_MS, ">−1min<", ">−1 分<"),
        (1, ">&lt;1min<", ">&lt;1 分<"),
        (61 * MINUTE_MS, ">1h 1min<", ">1 小时 1 分<"),
    ],
)
def test_a_promise_that_was_broken_within_the_minute_says_so_in_words(due_in: int, en: str, zh: str) -> None:
    for language, text in (("en", en), ("zh", zh)):
        assert text in page_filters(language, "UTC", NOW)["countdown"](NOW + due_in)


def test_languages_are_named_in_both_languages() -> None:
    en, zh = (DeskPages().words(language) for language in ("en", "zh"))
    assert (en["language.zh"], zh["language.en"]) == ("Chinese", "英文")
    assert en["language.zh-TW"] != en["language.zh"]


def test_one_unit_is_said_in_the_singular() -> None:
    en = DeskPages().words("en")
    for unit in UNITS:
        assert en[f"unit.{unit}"].replace("days", "day").replace("s (", " (").rstrip("s") == en[f"unit_one.{unit}"]
