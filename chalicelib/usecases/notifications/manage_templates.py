"""A shop's own words for the mails its customers get."""

from chalicelib.domain.kernel.errors import Invalid, NotFound
from chalicelib.domain.notifications.templates import NAMES, MailName, MailTemplate, Spoken, TemplateIn
from chalicelib.usecases.ports.services import Services, shop_of


def mail_name(name: str) -> MailName:
    """The name of a mail, or NotFound."""
    found = next((one for one in NAMES if one == name), None)
    if found is None:
        raise NotFound(f"There is no mail {name!r}; there are {', '.join(NAMES)}.")
    return found


def put_template(services: Services, shop: str, name: MailName, told: TemplateIn) -> MailTemplate:
    """Use the shop's own words for a mail from now on. Invalid names the line of what cannot work; then nothing
    changes."""
    shop_of(services, shop)
    parts = {"subject": told.subject, "text": told.text} | ({"html": told.html} if told.html is not None else {})
    faults = {part: services.pages.fault(source, NAMES[name]) for part, source in parts.items()}
    wrong = [(part, f"line {fault[0]}: {fault[1]}") for part, fault in faults.items() if fault is not None]
    if wrong:
        raise Invalid(wrong)
    template = MailTemplate(told.subject, told.text, told.html)
    services.shops.save_template(shop, name, told.language, template)
    return template


def delete_template(services: Services, shop: str, name: MailName, language: Spoken) -> None:
    """Use our words for a mail again."""
    shop_of(services, shop)
    services.shops.save_template(shop, name, language, None)
