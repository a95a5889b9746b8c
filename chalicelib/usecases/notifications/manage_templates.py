"""A shop's own templates for the emails that its customers get."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.errors import Invalid, NotFound
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, MailName, MailTemplate, Spoken, TemplateIn
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
    parts = {"subject": body.subject, "text": body.text} | ({"html": body.html} if body.html is not None else {})
    faults = {part: services.pages.fault(source, TEMPLATE_VALUES[name]) for part, source in parts.items()}
    errors = [(part, f"line {fault[0]}: {fault[1]}") for part, fault in faults.items() if fault is not None]
    if errors:
        raise Invalid(errors)
    template = MailTemplate(body.subject, body.text, body.html)
    services.shops.save_template(shop, name, body.language, template)
    return template


def delete_template(services: "ManageTemplatesServices", shop: str, name: MailName, language: Spoken) -> None:
    """Use our own template for an email again."""
    shop_of(services, shop)
    services.shops.save_template(shop, name, language, None)
