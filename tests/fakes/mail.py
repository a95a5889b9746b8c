"""Mail that goes nowhere, and pages without words."""

from collections.abc import Iterable
from typing import Any

from chalicelib.adapters.notifications.page_renderer import TemplateRenderer
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.usecases.ports import Mail


class FakeMailer:
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
    def __init__(self) -> None:
        self.kept: dict[str, list[tuple[str, bool]]] = {}

    def remember(self, message_id: str, case: str, now: Instant, ours: bool) -> None:
        known = self.kept.setdefault(message_id, [])
        if case not in [one for one, _ in known]:
            known.append((case, ours and not known))

    def cases(self, message_ids: Iterable[str], only_ours: bool = False) -> list[str]:
        found = [pair for one in message_ids for pair in self.kept.get(one, ())]
        return list(dict.fromkeys(case for case, ours in found if ours or not only_ours))


class FakePages:
    speaks = TemplateRenderer.speaks
    filled = TemplateRenderer.filled
    fault = TemplateRenderer.fault

    def render(self, template: str, language: str, /, **values: Any) -> str:
        return f"{template} {language} {values.get('link', '')}"

    def text(self, phrase: str, language: str, /, **values: Any) -> str:
        return f"{phrase} {language}"
