"""Pages and mails from Jinja2 templates, escaped by default, in Chinese and English."""

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES = Path(__file__).parent / "templates"


def speaks(language: str | None) -> str:
    """The language we answer in: Chinese for any Chinese, English for everything else."""
    return "zh" if (language or "").lower().startswith("zh") else "en"


class TemplatePages:
    """The `Pages` on Jinja2. Templates hold no words of a language: those stand in `words.<language>.json`."""

    @cached_property
    def _environment(self) -> Environment:
        return Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip

    @cached_property
    def _words(self) -> dict[str, dict[str, str]]:
        return {name: msgspec.json.decode((TEMPLATES / f"words.{name}.json").read_bytes()) for name in ("en", "zh")}

    def render(self, template: str, language: str, /, **values: Any) -> str:
        """A template with its words in that language."""
        spoken = speaks(language)
        words = self._words[spoken]

        def say(phrase: str, /) -> str:
            return words[phrase].format(**values)

        given = values | {"say": say, "lang": "zh-Hans" if spoken == "zh" else "en"}
        return self._environment.get_template(template).render(**given)

    def text(self, phrase: str, language: str, /, **values: Any) -> str:
        """One phrase in that language."""
        return self._words[speaks(language)][phrase].format(**values)
