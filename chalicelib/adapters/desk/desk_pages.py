"""The pages of the agents' desk, from Jinja2 templates that are escaped by default, in Chinese and English.

Templates hold no text of a language: that is in `words/*.<language>.json`, a file for each part of the desk.
"""

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chalicelib.adapters.desk import filters
from chalicelib.adapters.desk.assets import asset_path
from chalicelib.domain.kernel.timestamps import format_instant

FOLDER = Path(__file__).parent


class DeskPages:
    """Renders the desk's pages. Made once per process: templates and words are read on first use."""

    def render(self, template: str, language: str, time_zone: str, now: int, /, **values: Any) -> str:
        """A page from a template. `say(phrase, …)` gives a phrase of the page's language; the filters of
        `filters.page_filters` show times in this zone. Raises KeyError for a phrase that is not there."""
        words = self.words(language)

        def say(phrase: str, /, **inserted: Any) -> str:
            return words[phrase].format(**inserted) if inserted else words[phrase]

        def named(group: str, value: Any, /) -> str:
            """The word for a value, such as a status; the value itself where there is none."""
            return words.get(f"{group}.{value}", str(value))

        def tongue(tag: str) -> str:
            """The name of a language, from its tag such as `zh-CN`; the tag where there is none."""
            return words.get(f"language.{tag}") or words.get(f"language.{tag.partition('-')[0]}", tag)

        given = values | {"say": say, "named": named, "lang": "zh-Hans" if language == "zh" else "en"}
        given |= {"tongue": tongue, "colon": words["frame.colon"], "comma": words["frame.comma"]}
        given |= {"list_comma": words["frame.listed"], "gap": words["frame.gap"]}
        given |= filters.page_filters(language, time_zone, now)
        return self._environment.get_template(template).render(**given)

    def words(self, language: str) -> dict[str, str]:
        """All phrases of a language."""
        return self._words["zh" if language == "zh" else "en"]

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["asset"] = asset_path
        environment.filters["instant"] = format_instant
        return environment

    @cached_property
    def _words(self) -> dict[str, dict[str, str]]:
        return {language: _load_words(language) for language in ("en", "zh")}


def _load_words(language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in sorted((FOLDER / "words").glob(f"*.{language}.json")):
        words |= msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    return words
