"""The pages customers see: a survey, and wanting no more of them. They work without scripts."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import desk
from chalicelib.domain.errors import CareError, Conflict, Expired, Invalid, NotFound, invalid
from chalicelib.domain.facts import SurveyAnswered
from chalicelib.domain.ids import key_in
from chalicelib.entrypoints.http.problems import STATUS
from chalicelib.entrypoints.http.requests import Headers, raw_body
from chalicelib.observability import about, logger
from chalicelib.usecases.ports import Later

if TYPE_CHECKING:
    from chalicelib.usecases.answer_survey import Survey

surveys = Blueprint(__name__)
FORM = ["application/x-www-form-urlencoded"]
SPOKEN = ("zh", "en")
SCALES = {"csat": range(1, 6), "nps": range(11), "ces": range(1, 8)}
HEADERS: Headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
MESSAGES: dict[type[CareError], str] = {NotFound: "unknown", Expired: "expired", Conflict: "answered"}


def paged(view: Callable[[str], Response]) -> Callable[[str], Response]:
    """A page whose errors are pages too, in the reader's language."""

    @wraps(view)
    def guarded(token: str) -> Response:
        try:
            return view(token)
        except CareError as error:
            kind = next((name for error_type, name in MESSAGES.items() if isinstance(error, error_type)), "fault")
            logger.info("page refused", extra={"error": type(error).__name__})
            return _page("message.html", STATUS[type(error)][0], _language(None), message=kind)
        except Later:
            return _page("message.html", 503, _language(None), message="fault")
        except Exception:
            logger.exception("fault")
            return _page("message.html", 500, _language(None), message="fault")

    return guarded


@surveys.route("/s/{token}", methods=["GET"])
@paged
def show(token: str) -> Response:
    """The survey. Looking records nothing, for mail scanners look too."""
    survey = _answers().look_at(desk(), token)
    if survey.answered:
        return _page("message.html", 200, _language(survey.language), message="answered")
    return _survey_page(200, survey, {}, None)


@surveys.route("/s/{token}", methods=["POST"], content_types=FORM)
@paged
def take(token: str) -> Response:
    """An answer. What was filled in wrongly is shown again with what is wrong."""
    form = {name: values[0] for name, values in parse_qs(_body(), keep_blank_values=True).items()}
    try:
        survey = _answers().answer(desk(), token, _given(form))
    except Invalid as wrong:
        survey = _answers().look_at(desk(), token)
        return _survey_page(422, survey, form, "too_long" if "comment" in str(wrong) else "nothing")
    about(key_in(survey.case.id))
    logger.info("survey answered", extra={"case": survey.case.id})
    return _page("message.html", 200, _language(survey.language), message="thanks")


@surveys.route("/u/{token}", methods=["GET"])
@paged
def show_unsubscribe(token: str) -> Response:
    """Ask whether the customer means it; nothing is withdrawn by looking."""
    shop, language = _answers().look_at_unsubscribe(desk(), token)
    return _page("unsubscribe.html", 200, _language(language), shop=shop.name)


@surveys.route("/u/{token}", methods=["POST"], content_types=[*FORM, "multipart/form-data", "text/plain"])
@paged
def unsubscribe(token: str) -> Response:
    """Withdraw consent: the page's button, or a mail program's one click (RFC 8058)."""
    _, language = _answers().unsubscribe(desk(), token)
    logger.info("consent withdrawn")
    return _page("message.html", 200, _language(language), message="unsubscribed")


def _answers() -> Any:
    """The use case, loaded when a customer comes: staff's requests need not pay for signed links."""
    from chalicelib.usecases import answer_survey

    return answer_survey


def _body() -> str:
    return raw_body(surveys.current_request)[:65536].decode("utf-8", "replace")


def _given(form: dict[str, str]) -> SurveyAnswered:
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


def _language(known: str | None) -> str:
    """The customer's language first, the browser's second."""
    return known or preferred(surveys.current_request.headers.get("accept-language", ""))


def preferred(accepted: str) -> str:
    """Of the languages we speak, the one an Accept-Language header likes best; English when it likes neither."""
    wishes: list[tuple[float, int, str]] = []
    for wish in accepted.split(","):
        language, _, quality = wish.strip().partition(";q=")
        if language[:2].lower() in SPOKEN:
            wishes.append((-_quality(quality), len(wishes), language[:2].lower()))
    return min(wishes)[2] if wishes else "en"


def _quality(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


def _survey_page(status: int, survey: "Survey", form: dict[str, str], wrong: str | None) -> Response:
    return _page(
        "survey.html", status, _language(survey.language), shop=survey.shop.name, number=survey.case.number,
        subject=survey.subject, form=form, wrong=wrong, scales=SCALES,
    )  # fmt: skip


def _page(template: str, status: int, language: str, **values: Any) -> Response:
    return Response(body=desk().pages.render(template, language, **values), status_code=status, headers=HEADERS)
