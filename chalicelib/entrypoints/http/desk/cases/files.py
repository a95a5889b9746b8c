"""Files of a case on the desk: whole emails, pictures and videos of the customer, and what agents sent."""

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.cases.forms import find_case_of
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import is_fragment, page, see_other
from chalicelib.entrypoints.http.requests import parameter


def mail(desk: Desk, case: str, email: str) -> Response:
    """An email in full, with what it quotes, and a link to the original."""
    from chalicelib.usecases.email.read_email import read_email

    stored = find_case_of(desk, case)
    assert stored.case is not None
    note_access(desk.request, [stored.case.customer], "case")
    whole = read_email(services(), stored, email)
    template = "case/mail_text.html" if is_fragment(desk.request) else "case/mail.html"
    return page(desk, template, case=stored.case, mail=whole)


def evidence(desk: Desk, case: str, evidence: str) -> Response:
    """To a picture or video of the customer, by a link that is valid for minutes."""
    from chalicelib.usecases.portal.customer_cases import evidence_address

    stored = find_case_of(desk, case)
    assert stored.case is not None
    note_access(desk.request, [stored.case.customer], "case")
    return see_other(evidence_address(services(), stored.case, evidence))


def sent(desk: Desk, case: str, file: str) -> Response:
    """To a file that an agent sent with a message (`?event=`: its order), by a link that is valid for minutes."""
    from chalicelib.usecases.composer.attach_files import sent_file_url

    stored = find_case_of(desk, case)
    assert stored.case is not None
    note_access(desk.request, [stored.case.customer], "case")
    return see_other(sent_file_url(services(), stored.key, parameter(desk.request, "event") or "", file))
