"""Pages and mails from Jinja2 templates, escaped by default, in Chinese and English."""

from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from chalicelib.domain.notifications.templates import MailTemplate, Spoken

TEMPLATES = Path(__file__).parent / "templates"


def speaks(language: str | None) -> Spoken:
    """The language we answer in: Chinese for any Chinese, English for everything else."""
    return "zh" if (language or "").lower().startswith("zh") else "en"


class TemplateRenderer:
    """The `PageRenderer` on Jinja2. Templates hold no words of a language: those stand in `words.<language>.json`."""

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
        return {
            name: {
                phrase: words
                for path in sorted(TEMPLATES.glob(f"*.{name}.json"))
                for phrase, words in msgspec.json.decode(path.read_bytes()).items()
            }
            for name in ("en", "zh")
        }

    def speaks(self, language: str | None) -> Spoken:
        """The language we answer in."""
        return speaks(language)

    def filled(self, template: MailTemplate, values: dict[str, Any]) -> tuple[str, str, str]:
        """Subject, text and HTML of a mail in a shop's own words."""
        from chalicelib.adapters.notifications.mail_templates import filled

        return filled(template, values)

    def fault(self, source: str, names: tuple[str, ...]) -> tuple[int, str] | None:
        """What is wrong with a shop's own words: the line, and what; None when nothing is."""
        from chalicelib.adapters.notifications.mail_templates import fault

        return fault(source, names)

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
