"""An admin at the desk."""

from tests.support.desk.visitor import Visitor


def admin(language: str = "en") -> Visitor:
    """An admin with a session."""
    return Visitor.signed_in("root", ("admin",), language=language)
