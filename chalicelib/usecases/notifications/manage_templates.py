"""A shop's own templates for the emails that its customers get."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.errors import Invalid, NotFound
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, MailName, MailTemplate, Spoken, TemplateIn
from chalicelib.usecases.notifications.send_email import written
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasPages, HasShops

    class ManageTemplatesServices(HasPages, HasShops, Protocol):
        """The services that `manage_templates` uses."""


def mail_name(text: str) -> MailName:
    """The name of an email, or NotFound."""
    name = next((name for name in TEMPLATE_VALUES if name == text), None)
    if name is None:
        raise NotFound(f"There is no mail {text!r}; there are {', '.join(TEMPLATE_VALUES)}.")
    return name


def put_template(services: "ManageTemplatesServices", shop: str, name: MailName, body: TemplateIn) -> MailTemplate:
    """Use the shop's own template for an email from now on. Invalid names the line of each error; then nothing is
    saved."""
    shop_of(services, shop)
    template = MailTemplate(body.subject, body.text, body.html)
    errors = [
        (part, f"line {line}: {what}") for part, (line, what) in template_faults(services, name, template).items()
    ]
    if errors:
        raise Invalid(errors)
    services.shops.save_template(shop, name, body.language, template)
    return template


def template_faults(services: "HasPages", name: MailName, template: MailTemplate) -> dict[str, tuple[int, str]]:
    """The first error of each part of a template (`subject`, `text`, `html`): its line, counted from 1, and what is
    wrong."""
    parts = {"subject": template.subject, "text": template.text, "html": template.html}
    faults = {part: services.pages.fault(source, TEMPLATE_VALUES[name]) for part, source in parts.items() if source}
    return {part: fault for part, fault in faults.items() if fault is not None}


def shipped_words(services: "HasPages", name: MailName, language: Spoken) -> tuple[str, str]:
    """The subject and text of our own template, with the names of its values where these stand in an email. Lines that
    depend on a value are all there."""
    names = {value: "{{ " + value + " }}" for value in TEMPLATE_VALUES[name]}
    subject, text, _ = written(services, None, name, language, {"offered": False, **names})
    return subject, text


def delete_template(services: "ManageTemplatesServices", shop: str, name: MailName, language: Spoken) -> None:
    """Use our own template for an email again."""
    shop_of(services, shop)
    services.shops.save_template(shop, name, language, None)
