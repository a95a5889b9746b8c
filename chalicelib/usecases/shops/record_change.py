"""Record a change of a shop's settings, and read what was changed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.domain.shops.setting_changes import SETTING_PAGES, SettingChange, SettingPage, change_of
from chalicelib.usecases.ports.cases import Page

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasClock, HasSettingChanges

    class RecordChangeServices(HasClock, HasSettingChanges, Protocol):
        """The services that `record_change` uses."""


def record_change(
    services: "RecordChangeServices", shop: str, page: SettingPage, name: str, by: str, before: Any, after: Any
) -> SettingChange | None:
    """Record what was changed between two states of a setting; None if nothing was.

    The states are structs or JSON values without secrets; None stands for a setting that was or is not there. `by`: the
    name that the author signs in with. `name`: which of the page's settings, such as a calendar's id.
    """
    change = change_of(shop, page, name, by, services.now(), before, after)
    if change is not None:
        services.setting_changes.add(change)
    return change


def list_changes(
    services: "RecordChangeServices", shop: str, page: SettingPage | None, limit: int, after: str | None
) -> Page:
    """A page of the changes (`SettingChange`) of a shop's settings, or of one page of them, the newest first."""
    return services.setting_changes.newest(shop, (page,) if page else SETTING_PAGES, limit, after)


def last_changes(
    services: "RecordChangeServices", shop: str, pages: tuple[SettingPage, ...]
) -> Mapping[str, SettingChange]:
    """The newest change (`SettingChange`) of each of these pages that has one, by page."""
    return services.setting_changes.last(shop, pages)
