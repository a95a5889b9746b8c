"""The shop's own words of the emails to its customers, in both languages side by side, with what comes of them."""

from typing import TYPE_CHECKING, Any

from chalice.app import Response
from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid, NotFound
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, MailName, MailTemplate, Spoken, TemplateIn
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.requests import parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES: tuple[Spoken, ...] = ("zh", "en")
PARTS = ("subject", "text", "html")


class Side(Struct, frozen=True):
    """One language of an email. `values`: the fields of the form; `faults`: what is wrong, by field; `shipped`: subject
    and text of our own template; `preview`: subject, text and HTML with sample values, None when it has a fault."""

    language: Spoken
    own: bool
    values: dict[str, str]
    faults: dict[str, str]
    shipped: tuple[str, str]
    preview: tuple[str, str, str] | None


def show(desk: Desk) -> Response:
    """All emails, and in which languages the shop has its own words."""
    open_card(desk, "templates")
    own = {name: [each for each in LANGUAGES if _own(desk, name, each)] for name in TEMPLATE_VALUES}
    return setting_page(desk, "templates", "mail_templates.html", own=own)


def edit(desk: Desk) -> Response:
    """An email (`?template=`) in both languages."""
    open_card(desk, "templates")
    return _form(desk, _named(parameter(desk.request, "template")), {}, {})


def save(desk: Desk) -> Response:
    """Save what was typed in both languages, or (`do=preview`) only show what would come of it. With a fault in either
    language nothing is saved."""
    from chalicelib.usecases.shops.change_settings import change_template

    need_change(desk, "templates")
    name = _named(desk.form.get("template"))
    typed = {language: _typed(desk, language) for language in LANGUAGES}
    used = [each for each in LANGUAGES if any(typed[each].values()) or _own(desk, name, each)]
    checked = {each: _checked(desk, name, each, typed[each]) for each in used}
    faults = {each: wrong for each, (_, wrong) in checked.items()}
    if any(faults.values()) or desk.form.get("do") == "preview":
        return _form(desk, name, typed, faults, 422 if any(faults.values()) else 200)
    for body, _ in checked.values():
        assert body is not None
        change_template(services(), desk.shop.id, name, body, desk.caller.name)
    return see_other(desk.address(f"settings/templates/edit?template={name}&saved=1"))


def _own(desk: Desk, name: MailName, language: Spoken) -> MailTemplate | None:
    return services().shops.template(desk.shop.id, name, language)


def _checked(
    desk: Desk, name: MailName, language: Spoken, typed: dict[str, str]
) -> tuple[TemplateIn | None, dict[str, str]]:
    """What was typed in a language, and what is wrong with it, by field."""
    from chalicelib.usecases.notifications.manage_templates import template_faults

    try:
        body = form_body(_body(language, typed), TemplateIn)
    except Invalid as error:
        return None, {path.partition(".")[0]: text for path, text in error.errors}
    wrong = template_faults(services(), name, MailTemplate(body.subject, body.text, body.html))
    say = services().desk_pages.words(desk.language)["templates.fault"]
    return body, {part: say.format(line=line, what=what) for part, (line, what) in wrong.items()}


def reset(desk: Desk) -> Response:
    """Use our own words again in one language."""
    from chalicelib.usecases.shops.change_settings import remove_template

    need_change(desk, "templates")
    name = _named(desk.form.get("template"))
    language = next((each for each in LANGUAGES if each == desk.form.get("language")), None)
    if language is None:
        raise NotFound("There is no such page.")
    remove_template(services(), desk.shop.id, name, language, desk.caller.name)
    return see_other(desk.address(f"settings/templates/edit?template={name}&saved=1"))


def _named(text: str | None) -> MailName:
    name = next((name for name in TEMPLATE_VALUES if name == text), None)
    if name is None:
        raise NotFound("There is no such page.")
    return name


def _typed(desk: Desk, language: Spoken) -> dict[str, str]:
    return {part: desk.fields.get(f"{part}_{language}", [""])[0] for part in PARTS}


def _body(language: Spoken, typed: "Mapping[str, str]") -> dict[str, Any]:
    return {
        "language": language,
        "subject": typed["subject"].strip(),
        "text": typed["text"],
        "html": typed["html"] if typed["html"].strip() else None,
    }


def _form(
    desk: Desk,
    name: MailName,
    typed: dict[Spoken, dict[str, str]],
    faults: dict[Spoken, dict[str, str]],
    status: int = 200,
) -> Response:
    sides = [_side(desk, name, each, typed.get(each), faults.get(each) or {}) for each in LANGUAGES]
    names = ["{{ " + value + " }}" for value in TEMPLATE_VALUES[name]]
    given: dict[str, Any] = {"name": name, "sides": sides, "names": names}
    return setting_page(desk, "templates", "mail_template.html", status, **given)


def _side(desk: Desk, name: MailName, language: Spoken, typed: dict[str, str] | None, faults: dict[str, str]) -> Side:
    from chalicelib.usecases.notifications.manage_templates import shipped_words
    from chalicelib.usecases.notifications.send_email import written

    own = _own(desk, name, language)
    values = typed if typed is not None else {part: (getattr(own, part) if own else None) or "" for part in PARTS}
    shown = MailTemplate(values["subject"].strip(), values["text"], values["html"].strip() or None)
    words = services().desk_pages.words(language)
    sample = {value: words[f"templates.sample.{value}"] for value in TEMPLATE_VALUES[name]} | {"shop": desk.shop.name}
    template = shown if any(values.values()) else None
    preview = None if faults else written(services(), template, name, language, {"offered": False, **sample})
    return Side(language, own is not None, values, faults, shipped_words(services(), name, language), preview)
