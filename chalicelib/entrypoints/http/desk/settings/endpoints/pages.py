"""Endpoints: the list, the form of one, and new secrets."""

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid, NotFound, Stale
from chalicelib.domain.webhooks_out.endpoint import Endpoint, EndpointIn, event_types, version_of
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.requests import parameter
from chalicelib.observability import logger

FIELDS = ("name", "url", "types", "version")
NO_VERSION = -1


def show(desk: Desk) -> Response:
    """The shop's endpoints."""
    open_card(desk, "endpoints")
    listed = services().deliveries.endpoints(desk.shop.id)
    return setting_page(desk, "endpoints", "endpoints.html", endpoints=listed)


def edit(desk: Desk) -> Response:
    """An endpoint (`?endpoint=`), or a new one."""
    need_change(desk, "endpoints")
    name = parameter(desk.request, "endpoint")
    if name is None:
        return _form(desk, None, {"name": "", "url": "", "types": []})
    endpoint = find_endpoint(desk, name)
    return _form(desk, endpoint, {"name": endpoint.name, "url": endpoint.url, "types": endpoint.types})


def save(desk: Desk) -> Response:
    """Save an endpoint, which enables it; the others stay as they are. The secret of a new one is shown, only now."""
    from chalicelib.usecases.shops.change_hooks import change_endpoint

    need_change(desk, "endpoints")
    listed = services().deliveries.endpoints(desk.shop.id)
    edited = next((each for each in listed if each.name == desk.form.get("editing")), None)
    name = edited.name if edited else desk.form.get("name", "")
    given = {"name": name, "url": desk.form.get("url", ""), "types": desk.fields.get("types", [])}
    try:
        if edited is None and any(each.name == name for each in listed):
            raise Invalid([("name", "is the name of another endpoint")])
        body = form_body(given, EndpointIn)
        _, secrets = change_endpoint(services(), desk.shop.id, body, desk.caller.name, _expected(desk))
    except (Invalid, Stale) as error:
        paths = [path.rpartition(".")[2].partition("[")[0] for path, _ in getattr(error, "errors", [("version", "")])]
        return _form(desk, edited, given, 422, paths)
    logger.info("endpoint saved", extra={"shop": desk.shop.id, "endpoint": name})
    if name not in secrets:
        return see_other(desk.address("settings/endpoints?saved=1"))
    return _secret(desk, name, secrets[name], None)


def remove(desk: Desk) -> Response:
    """Remove an endpoint."""
    from chalicelib.usecases.shops.change_hooks import remove_endpoint

    need_change(desk, "endpoints")
    endpoint = find_endpoint(desk, desk.form.get("endpoint", ""))
    remove_endpoint(services(), desk.shop.id, endpoint.name, desk.caller.name, _expected(desk))
    logger.info("endpoint removed", extra={"shop": desk.shop.id, "endpoint": endpoint.name})
    return see_other(desk.address("settings/endpoints?saved=1"))


def rotate(desk: Desk) -> Response:
    """Make a new secret and show it, only now; for a day webhooks are signed with the old one as well."""
    from chalicelib.usecases.shops.change_hooks import rotate_endpoint

    need_change(desk, "endpoints")
    endpoint = find_endpoint(desk, desk.form.get("endpoint", ""))
    newest, previous = rotate_endpoint(services(), desk.shop.id, endpoint.name, desk.caller.name)
    logger.info("endpoint rotated", extra={"shop": desk.shop.id, "endpoint": endpoint.name})
    return _secret(desk, endpoint.name, newest.secret, previous.until)


def find_endpoint(desk: Desk, name: str) -> Endpoint:
    """The endpoint of the open shop with this name; NotFound otherwise."""
    for endpoint in services().deliveries.endpoints(desk.shop.id):
        if endpoint.name == name:
            return endpoint
    raise NotFound("There is no such page.")


def _expected(desk: Desk) -> int:
    """The version of the endpoints that the form was made from."""
    version = desk.number("version")
    return NO_VERSION if version is None else version


def _secret(desk: Desk, name: str, secret: str, old_until: int | None) -> Response:
    url = find_endpoint(desk, name).url
    return setting_page(desk, "endpoints", "secret.html", secret=secret, name=name, old_until=old_until, url=url)


def _form(
    desk: Desk, endpoint: Endpoint | None, values: dict[str, Any], status: int = 200, faults: list[str] | None = None
) -> Response:
    listed = services().deliveries.endpoints(desk.shop.id)
    return setting_page(
        desk,
        "endpoints",
        "endpoint.html",
        status,
        endpoint=endpoint,
        values=values,
        version=version_of(listed),
        types=event_types(services().registries.facts),
        faults=[each for each in FIELDS if each in (faults or [])],
    )
