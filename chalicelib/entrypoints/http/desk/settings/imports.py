"""Imports: how history is brought in, and statements of payment services, pasted as text.

The desk's requests are text, in which a file of another encoding than UTF-8 would be damaged: whole files are for the
command. The text is read from the body itself, because other forms are cut off at a size that statements exceed.
"""

from typing import Any
from urllib.parse import parse_qs

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid, TooLarge
from chalicelib.domain.settlement.entries import PROVIDERS
from chalicelib.domain.settlement.formats.reading import StatementOptions
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.requests import raw_body

OPTIONS = ("provider", "time_zone", "dates", "decimal")
SHOWN = 25
COUNTED = 100
"""Money that is not proven yet is counted up to here."""
SHOWN_AGAIN = 256 * 1024
"""Text up to this many characters is shown again beside a fault; a response may have 6 MB."""


def show(desk: Desk) -> Response:
    """What can be brought in, the statements so far, and what they have not proven."""
    open_card(desk, "imports")
    return _page(desk)


def upload(desk: Desk) -> Response:
    """Store a statement that was pasted. Sending the form again changes nothing."""
    from chalicelib.usecases.settlement.upload_statement import upload_statement
    from chalicelib.usecases.shops.record_change import record_change

    need_change(desk, "imports")
    typed = {name: desk.form.get(name, "") for name in OPTIONS}
    content = ""
    try:
        content = _pasted(desk)
        options = form_body({name: text for name, text in typed.items() if text}, StatementOptions)
        taken = upload_statement(services(), desk.shop, content.encode(), options)
    except Invalid as error:
        shown = content if len(content) <= SHOWN_AGAIN else ""
        return _page(desk, 422, faults=error.errors, typed={**typed, "content": shown})
    except TooLarge:
        return _page(desk, 413, is_too_large=True, typed={**typed, "content": ""})
    record_change(services(), desk.shop.id, "imports", taken.reading.provider, desk.caller.name, None, taken.counts)
    return _page(desk, taken=taken)


def _pasted(desk: Desk) -> str:
    from chalicelib.domain.settlement.upload import MAX_BODY

    body = raw_body(desk.request)
    if len(body) > MAX_BODY:
        raise TooLarge("The form is larger than a request may be.")
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return fields.get("content", [""])[0].replace("\x00", "")


def _page(desk: Desk, status: int = 200, /, **more: Any) -> Response:
    from itertools import islice

    stored = services().settlements
    unproven = list(islice(stored.unproven_before(desk.shop.id, desk.now), COUNTED + 1))
    coverages = sorted(stored.coverages(desk.shop.id), key=lambda each: each.told_at, reverse=True)
    given: dict[str, Any] = {
        "faults": (),
        "is_too_large": False,
        "taken": None,
        "typed": dict.fromkeys((*OPTIONS, "content"), ""),
        "choices": {"provider": PROVIDERS, "dates": ("dmy", "mdy"), "decimal": ("comma", "point")},
        "coverages": coverages[:SHOWN],
        "unproven": min(len(unproven), COUNTED),
        "is_more": len(unproven) > COUNTED,
        "oldest": unproven[0].at if unproven else None,
    }
    return setting_page(desk, "imports", "imports.html", status, **(given | more))
