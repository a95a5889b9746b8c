"""Why a form of the case's page was not done, in words, with what was typed."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.domain.kernel.errors import AftercareError, Conflict, Invalid, NotAllowed, Stale

if TYPE_CHECKING:
    from chalicelib.entrypoints.http.desk.context import Desk
    from chalicelib.entrypoints.http.desk.words import Words

REFUSALS = (Invalid, Conflict, Stale, NotAllowed)
"""The errors after which the page is shown again."""
CONFLICTS = {
    "assign": "refusal.capacity",
    "status": "refusal.status",
    "escalate": "refusal.top_tier",
    "flow": "refusal.move",
    "merge": "refusal.merge",
    "snooze": "refusal.snooze",
    "tags": "refusal.too_many",
    "links": "refusal.too_many",
}
"""What a conflict means, by the first part of the form's name; of other forms: the state does not allow it."""
OWN_PHRASES = (
    ("the order was paid in", "refusal.currency"),
    ("The cases are of two customers", "refusal.two_customers"),
    ("be merged into itself", "refusal.merge_itself"),
    ("is under way (", "refusal.merge_flow"),
    ("Money of case", "refusal.merge_money"),
    ("A side conversation of case", "refusal.merge_side"),
    ("This case is part of case", "refusal.is_merged"),
    ("paid is not known", "refusal.unknown_paid"),
    ("is too much", "refusal.too_much"),
    ("Tasks are open", "refusal.tasks"),
    ("A historical case gives", "refusal.historical"),
    ("it was paid. Finish it", "refusal.paid_already"),
    (" already: ", "refusal.too_many"),
    ("compensations already", "refusal.too_many"),
)
"""Conflicts that a form can meet besides its usual one, by a part of the message; a test raises each of them."""
STATUS_CODES: dict[type[AftercareError], int] = {NotAllowed: 403, Conflict: 409, Stale: 412, Invalid: 422}


class Refusal(Struct, frozen=True, kw_only=True):
    """A form that was refused. `form`: its name; `fields`: the fields with errors, each with its message; `typed`: what
    was entered; `seen`: the version of the case that the reader had seen, if others changed it since."""

    form: str
    status: int
    text: str
    detail: str = ""
    fields: dict[str, str] = {}
    typed: dict[str, str] = {}
    seen: int | None = None

    @property
    def is_beside_box(self) -> bool:
        """Whether it is shown beside the button of the reply or the note, instead of at the top."""
        return self.form in ("reply", "note")

    def value(self, form: str, name: str, otherwise: str = "") -> str:
        """What was typed into a field of this form; or the value it has otherwise."""
        return self.typed.get(name, otherwise) if self.form == form else otherwise

    def error(self, form: str, name: str) -> str:
        """What is wrong with a field of this form; empty if nothing is."""
        return self.fields.get(name, "") if self.form == form else ""


NONE = Refusal(form="", status=200, text="")
"""No form was refused."""


def refusal_of(desk: "Desk", words: "Words", form: str, error: AftercareError) -> Refusal:
    """The refusal of a form."""
    is_stale = isinstance(error, Stale)
    return Refusal(
        form=form,
        status=next(code for kind, code in STATUS_CODES.items() if isinstance(error, kind)),
        text=_text_of(words, form, error),
        detail=str(error) if words.language == "en" and not is_stale else "",
        fields={path.partition(".")[0].partition("[")[0]: message for path, message in _errors(error)},
        typed=desk.form,
        seen=desk.number("version") if is_stale else None,
    )


def _errors(error: AftercareError) -> list[tuple[str, str]]:
    return error.errors if isinstance(error, Invalid) else []


def _text_of(words: "Words", form: str, error: AftercareError) -> str:
    if isinstance(error, Stale):
        return words.say("cases.stale")
    if isinstance(error, NotAllowed):
        return words.say("refusal.not_yours")
    if isinstance(error, Invalid):
        paths = [path.partition(".")[0].partition("[")[0] for path, _ in error.errors]
        if "Idempotency-Key" in paths:
            return words.say("cases.sent_before")
        return words.say("cases.invalid", field=words.listed(words.named("field", path) for path in paths))
    return words.say(_conflict_phrase(form, str(error)))


def _conflict_phrase(form: str, message: str) -> str:
    own = next((phrase for part, phrase in OWN_PHRASES if part in message), None)
    return own or CONFLICTS.get(form.partition(".")[0], "refusal.state")
