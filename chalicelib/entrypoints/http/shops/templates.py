"""A shop's own words for the mails its customers get."""

from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, MailName, MailTemplate, Spoken, TemplateIn
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin, need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter
from chalicelib.usecases.notifications.manage_templates import delete_template, mail_name, put_template
from chalicelib.usecases.ports.services import shop_of

templates = Blueprint(__name__)
LANGUAGES: tuple[Spoken, ...] = ("zh", "en")


@templates.route("/v1/shops/{shop}/templates/{template}", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str, template: str) -> Response:
    """Use the shop's own words for a mail in one language."""
    need_admin(templates.current_request)
    name, told = mail_name(template), body_of(templates.current_request, TemplateIn)
    return answer(_view(name, told.language, put_template(services(), shop, name, told)))


@templates.route("/v1/shops/{shop}/templates/{template}", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str, template: str) -> Response:
    """The shop's own words for a mail, and what they may name."""
    request = templates.current_request
    known_parameters(request, "language")
    need_shop(request, shop, f"shop {shop!r}")
    shop_of(services(), shop)
    name, language = mail_name(template), _language()
    return answer(_view(name, language, services().shops.template(shop, name, language)))


@templates.route("/v1/shops/{shop}/templates/{template}", methods=["DELETE"], authorizer=STAFF)
@answering
def delete(shop: str, template: str) -> Response:
    """Use our words for a mail again."""
    need_admin(templates.current_request)
    known_parameters(templates.current_request, "language")
    name, language = mail_name(template), _language()
    delete_template(services(), shop, name, language)
    return answer(_view(name, language, None))


def _language() -> Spoken:
    asked = parameter(templates.current_request, "language")
    found = next((one for one in LANGUAGES if one == asked), None)
    if found is None:
        raise invalid("language", f"is one of {', '.join(LANGUAGES)}")
    return found


def _view(name: MailName, language: Spoken, own: MailTemplate | None) -> dict[str, Any]:
    return {
        "name": name,
        "language": language,
        "own": own is not None,
        "subject": own.subject if own else None,
        "text": own.text if own else None,
        "html": own.html if own else None,
        "names": list(TEMPLATE_VALUES[name]),
    }
