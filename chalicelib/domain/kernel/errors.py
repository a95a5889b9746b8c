"""What can be wrong with a request, in the words of the trade. The HTTP layer gives each its status."""

from dataclasses import dataclass, field


class AftercareError(Exception):
    """Something the caller did or must know; the message says what to do."""


class IgnoredTopic(AftercareError):
    """A delivery that nothing follows from."""


class NotFound(AftercareError):
    """There is no such thing, or it belongs to a shop the caller may not see."""


class NotAllowed(AftercareError):
    """The caller is known, and lacks the role for this."""


class InvalidSignature(AftercareError):
    """A signature is missing, wrong or too old."""


class Conflict(AftercareError):
    """The thing is not in a state that allows this. `allowed` names what it does allow, where that is a list."""

    def __init__(self, message: str, allowed: list[str] | None = None) -> None:
        super().__init__(message)
        self.allowed = allowed


class Held(Conflict):
    """A person's data must be kept for now: there is a legal hold."""


class Stale(AftercareError):
    """The caller's `If-Match` names an older version."""


class Expired(AftercareError):
    """It was there and its time is over."""


class TooLarge(AftercareError):
    """The body is larger than the route takes."""


@dataclass
class Invalid(AftercareError):
    """Bad input. `errors` are pairs of a dotted path and what is wrong there."""

    errors: list[tuple[str, str]] = field(default_factory=list)
    receipt: str | None = None

    def __str__(self) -> str:
        return "; ".join(f"{path or 'body'}: {message}" for path, message in self.errors)


def invalid(path: str, message: str) -> Invalid:
    """Bad input at one place."""
    return Invalid([(path, message)])
