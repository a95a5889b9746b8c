"""The API for a shop's own texts of the emails to its customers."""

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import invalid
from chalicelib.domain.notifications.templates import Spoken
from chalicelib.entrypoints.http.authorizer import STAFF
from chalicelib.entrypoints.http.callers import need_admin, need_shop
from chalicelib.entrypoints.http.problems import answering
from chalicelib.entrypoints.http.requests import answer, body_of, known_parameters, parameter

if TYPE_CHECKING:
    from chalicelib.domain.notifications.templates import MailName, MailTemplate

templates = Blueprint(__name__)
LANGUAGES: tuple[Spoken, ...] = ("zh", "en")


@templates.route("/v1/shops/{shop}/templates/{template}", methods=["PUT"], authorizer=STAFF)
@answering
def put(shop: str, template: str) -> Response:
    """Save the shop's own text of an email in one language."""
    from chalicelib.domain.notifications.templates import TemplateIn
    from chalicelib.usecases.notifications.manage_templates import mail_name
    from chalicelib.usecases.shops.change_settings import change_template

    caller = need_admin(templates.current_request)
    name = mail_name(template)
    body = body_of(templates.current_request, TemplateIn)
    return answer(_view(name, body.language, change_template(services(), shop, name, body, caller.name)))


@templates.route("/v1/shops/{shop}/templates/{template}", methods=["GET"], authorizer=STAFF)
@answering
def read(shop: str, template: str) -> Response:
    """Show the shop's own text of an email, and the placeholders that it may use."""
    from chalicelib.usecases.notifications.manage_templates import mail_name
    from chalicelib.usecases.ports.shop_rules import shop_of

    request = templates.current_request
    known_parameters(request, "language")
    need_shop(request, shop, f"shop {shop!r}")
    shop_of(services(), shop)
    name = mail_name(template)
    language = _language()
    return answer(_view(name, language, services().shops.template(shop, name, language)))


@templates.route("/v1/shops/{shop}/templates/{template}", methods=["DELETE"], authorizer=STAFF)
@answering
def delete(shop: str, template: str) -> Response:
    """Use the default text of an email again."""
    from chalicelib.usecases.notifications.manage_templates import mail_name
    from chalicelib.usecases.shops.change_settings import remove_template

    caller = need_admin(templates.current_request)
    known_parameters(templates.current_request, "language")
    name = mail_name(template)
    language = _language()
    remove_template(services(), shop, name, language, caller.name)
    return answer(_view(name, language, None))


def _language() -> Spoken:
    name = parameter(templates.current_request, "language")
    language = next((language for language in LANGUAGES if language == name), None)
    if language is None:
        raise invalid("language", f"is one of {', '.join(LANGUAGES)}")
    return language


def _view(name: "MailName", language: Spoken, own: "MailTemplate | None") -> dict[str, Any]:
    from chalicelib.domain.notifications.templates import TEMPLATE_VALUES

    return {
        "name": name,
        "language": language,
        "own": own is not None,
        "subject": own.subject if own else None,
        "text": own.text if own else None,
        "html": own.html if own else None,
        "names": list(TEMPLATE_VALUES[name]),
    }
