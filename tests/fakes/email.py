"""A mailer that sends nothing, and pages without text."""

from collections.abc import Iterable
from typing import Any

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.usecases.ports.email import Mail


class FakeMailer:
    """Stores the emails it is given, or fails with `trouble`."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.trouble: BaseException | None = None

    def send(self, mail: Mail) -> str:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(mail)
        return f"mail-{len(self.sent)}"

    def is_verified(self, address: str) -> bool:
        return address.endswith("@example.com")


class FakeThreads:
    """The cases that a message id belongs to."""

    def __init__(self) -> None:
        self.stored: dict[str, list[tuple[str, bool]]] = {}

    def remember(self, message_id: str, case: str, now: Instant, ours: bool) -> bool:
        cases = self.stored.setdefault(message_id, [])
        if case in [key for key, _ in cases]:
            return False
        cases.append((case, ours and not cases))
        return True

    def cases(self, message_ids: Iterable[str], only_ours: bool = False) -> list[str]:
        pairs = [pair for message_id in message_ids for pair in self.stored.get(message_id, ())]
        return list(dict.fromkeys(case for case, ours in pairs if ours or not only_ours))


class FakePages:
    """Pages that show only their names and links."""

    speaks = TemplateRenderer.speaks
    filled = TemplateRenderer.filled
    fault = TemplateRenderer.fault
    fill = TemplateRenderer.fill

    def render(self, template: str, language: str, /, **values: Any) -> str:
        return f"{template} {language} {values.get('link', '')}"

    def text(self, phrase: str, language: str, /, **values: Any) -> str:
        return f"{phrase} {language}"
