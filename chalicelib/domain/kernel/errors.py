"""What can be wrong with a request. The HTTP layer has a status code for each error."""

from dataclasses import dataclass, field


class AftercareError(Exception):
    """The base of all errors that the caller can act on; the message says how."""


class IgnoredTopic(AftercareError):
    """The topic of a delivery is one that has no effect."""


class NotFound(AftercareError):
    """The object does not exist, or belongs to a shop that the caller may not see."""


class NotAllowed(AftercareError):
    """The caller is authenticated but does not have the required role."""


class InvalidSignature(AftercareError):
    """A signature is missing, wrong or too old."""


class Conflict(AftercareError):
    """The state of the object does not allow this. `allowed` lists what it allows, if that can be listed."""

    def __init__(self, message: str, allowed: list[str] | None = None) -> None:
        super().__init__(message)
        self.allowed = allowed


class Held(Conflict):
    """The data of a customer may not be erased now: there is a legal hold."""


class Stale(AftercareError):
    """The `If-Match` of the caller names an older version."""


class Overtaken(Stale):
    """Something happened that the caller has not seen. `unseen`: what it was, as plain values that may be shown."""

    def __init__(self, message: str, unseen: list[dict[str, object]]) -> None:
        super().__init__(message)
        self.unseen = unseen


class Expired(AftercareError):
    """The object existed and has expired."""


class TooLarge(AftercareError):
    """The body is larger than the route accepts."""


@dataclass
class Invalid(AftercareError):
    """Invalid input. `errors`: pairs of a dotted path and what is wrong there."""

    errors: list[tuple[str, str]] = field(default_factory=list)
    receipt: str | None = None

    def __str__(self) -> str:
        return "; ".join(f"{path or 'body'}: {message}" for path, message in self.errors)


def invalid(path: str, message: str) -> Invalid:
    """An error about one field of the input."""
    return Invalid([(path, message)])
