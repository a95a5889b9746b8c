"""Note what staff think of an alert: it teaches which alerts are raised."""

from typing import TYPE_CHECKING

from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.timestamps import day_of
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.ports.insights import Opinion

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasFindings

    class JudgeAlertServices(HasClock, HasFindings, Protocol):
        """The services that `judge_alert` uses."""


RUNS = 31
"""Alerts of so many days can be judged."""


def judge_alert(services: "JudgeAlertServices", shop: Shop, alert: str, useful: bool, by: str) -> None:
    """Note it, in place of what was thought before. NotFound for an alert that no recent night raised."""
    now = services.now()
    runs = services.findings.between(shop.id, "0", day_of(now, shop.time_zone), RUNS)
    if not any(each.id == alert for run in runs for each in run.alerts):
        raise NotFound(f"There is no alert {alert!r}.")
    services.findings.save_opinion(shop.id, alert, Opinion(useful, by, now))
