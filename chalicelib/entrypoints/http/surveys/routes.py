"""The pages where customers answer a survey, or unsubscribe from surveys. They work without scripts.

The use case is imported when a customer comes, so that requests of staff need not load signed links.
"""

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid, invalid
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.entrypoints.http.portal.pages import FORM, form_of, language_of, page, paged
from chalicelib.observability import about, logger

if TYPE_CHECKING:
    from chalicelib.usecases.surveys.answer_survey import Survey

surveys = Blueprint(__name__)
SCALES = {"csat": range(1, 6), "nps": range(11), "ces": range(1, 8)}
as_page = paged(lambda: surveys.current_request)


@surveys.route("/s/{token}", methods=["GET"])
@as_page
def show(token: str) -> Response:
    """Show a survey. This records nothing, because email scanners open links too."""
    from chalicelib.usecases.surveys.answer_survey import view_survey

    survey = view_survey(services(), token)
    if survey.answered:
        return page("message.html", 200, _language(survey.language), message="answered")
    return _survey_page(200, survey, {}, None)


@surveys.route("/s/{token}", methods=["POST"], content_types=FORM)
@as_page
def take(token: str) -> Response:
    """Record an answer. An invalid form is shown again with its error."""
    from chalicelib.usecases.surveys.answer_survey import answer_survey, view_survey

    form = {name: values[0] for name, values in form_of(surveys.current_request).items()}
    try:
        survey = answer_survey(services(), token, _parse_answer(form))
    except Invalid as error:
        return _survey_page(422, view_survey(services(), token), form, _message_of(error))
    about(key_of_id(survey.case.id))
    logger.info("survey answered", extra={"case": survey.case.id})
    return page("message.html", 200, _language(survey.language), message="thanks")


@surveys.route("/u/{token}", methods=["GET"])
@as_page
def show_unsubscribe(token: str) -> Response:
    """Ask the customer to confirm; opening the page withdraws nothing."""
    from chalicelib.usecases.surveys.answer_survey import view_unsubscribe

    shop, language = view_unsubscribe(services(), token)
    return page("unsubscribe.html", 200, _language(language), shop=shop.name)


@surveys.route("/u/{token}", methods=["POST"], content_types=[*FORM, "multipart/form-data", "text/plain"])
@as_page
def unsubscribe(token: str) -> Response:
    """Withdraw the customer's consent: by the page's button, or by an email program's one click (RFC 8058)."""
    from chalicelib.usecases.surveys import answer_survey

    _, language = answer_survey.unsubscribe(services(), token)
    logger.info("consent withdrawn")
    return page("message.html", 200, _language(language), message="unsubscribed")


def _message_of(error: Invalid) -> str:
    """The message of the page for an invalid form."""
    field = error.errors[0][0] if error.errors else ""
    if field == "comment":
        return "too_long"
    return "score" if field in SCALES else "nothing"


def _parse_answer(form: dict[str, str]) -> SurveyAnswered:
    unknown = form.keys() - {*SCALES, "comment"}
    if unknown:
        raise invalid(sorted(unknown)[0], "is not a question of this survey")
    scores = {name: _score(name, form.get(name, "").strip()) for name in SCALES}
    comment = form.get("comment", "").replace("\x00", "").replace("\r\n", "\n").strip()
    return SurveyAnswered(comment=comment or None, **scores)  # type: ignore[arg-type]


def _score(name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 2 or int(text) not in SCALES[name]:
        raise invalid(name, f"is a number from {SCALES[name][0]} to {SCALES[name][-1]}")
    return int(text)


def _language(stored: str | None) -> str:
    return language_of(surveys.current_request, stored)


def _survey_page(status: int, survey: "Survey", form: dict[str, str], error: str | None) -> Response:
    return page(
        "survey.html",
        status,
        _language(survey.language),
        shop=survey.shop.name,
        number=survey.case.number,
        subject=survey.subject,
        form=form,
        wrong=error,
        scales=SCALES,
    )
