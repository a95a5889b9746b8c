"""Pages and emails from Jinja2 templates, escaped by default, in Chinese and English."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chalicelib.domain.composer.placeholders import gap
from chalicelib.domain.notifications.templates import MailTemplate, Spoken
from chalicelib.usecases.ports.email import Filled

TEMPLATES = Path(__file__).parent / "templates"


def speaks(language: str | None) -> Spoken:
    """The language we write in: Chinese for every kind of Chinese, English for all other languages."""
    return "zh" if (language or "").lower().startswith("zh") else "en"


class TemplateRenderer:
    """The `PageRenderer` port on Jinja2. Templates hold no text of a language: that is in `*.<language>.json`."""

    @cached_property
    def _environment(self) -> Environment:
        return Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    @cached_property
    def _words(self) -> dict[str, dict[str, str]]:
        return {language: _load_phrases(language) for language in ("en", "zh")}

    def speaks(self, language: str | None) -> Spoken:
        """The language we write in for somebody who prefers this language."""
        return speaks(language)

    def filled(self, template: MailTemplate, values: dict[str, Any]) -> tuple[str, str, str]:
        """Subject, text and HTML of an email from a shop's own template."""
        from chalicelib.adapters.notifications.mail_templates import filled

        return filled(template, values)

    def fault(self, source: str, names: tuple[str, ...]) -> tuple[int, str] | None:
        """The first error of a shop's own template: its line, and the message; None when it has none."""
        from chalicelib.adapters.notifications.mail_templates import fault

        return fault(source, names)

    def fill(self, source: str, values: Mapping[str, str | None], language: str) -> Filled:
        """A macro's text with these values; what is not known is shown as a gap, in that language."""
        from chalicelib.adapters.notifications.mail_templates import fill

        def gap_for(name: str) -> str:
            return gap(self.text("gap_" + name.replace(".", "_"), language))

        return Filled(*fill(source, values, gap_for))

    def render(self, template: str, language: str, /, **values: Any) -> str:
        """A template filled with these values and with its phrases in that language."""
        spoken = speaks(language)
        words = self._words[spoken]

        def say(phrase: str, /) -> str:
            return words[phrase].format(**values)

        given = values | {"say": say, "lang": "zh-Hans" if spoken == "zh" else "en"}
        return self._environment.get_template(template).render(**given)

    def text(self, phrase: str, language: str, /, **values: Any) -> str:
        """One phrase in that language, filled with these values."""
        return self._words[speaks(language)][phrase].format(**values)


def _load_phrases(language: str) -> dict[str, str]:
    """All phrases of a language, by their keys."""
    phrases: dict[str, str] = {}
    for path in sorted(TEMPLATES.glob(f"*.{language}.json")):
        phrases |= msgspec.json.decode(path.read_bytes())
    return phrases
