"""A shop's macros: save, read and delete them. Each change is a version, with who made it and when."""

import re
from typing import TYPE_CHECKING

from chalicelib.domain.casework.payloads import TagChange
from chalicelib.domain.casework.tags import clean_tag, fault_of
from chalicelib.domain.composer.agent_files import MACROS
from chalicelib.domain.composer.macros import MACRO_ID, Macro, MacroIn, MacroText
from chalicelib.domain.composer.placeholders import PLACEHOLDERS
from chalicelib.domain.kernel.errors import Invalid, NotFound, Stale, invalid
from chalicelib.domain.kernel.validation import check_bytes
from chalicelib.usecases.ports.cases import ATTEMPTS, Busy, Page, VersionConflict
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import HasAgentFiles, HasClock, HasMacros, HasPages, HasShops

    class ManageMacrosServices(HasAgentFiles, HasClock, HasMacros, HasPages, HasShops, Protocol):
        """The services that `manage_macros` uses."""


def put_macro(
    services: "ManageMacrosServices", shop: str, macro: str, content: MacroIn, by: str, expected: int | None = None
) -> Macro:
    """Save a macro as its next version. Invalid names each fault, with the line of a text; Stale if the newest version
    is not the expected one."""
    shop_of(services, shop, fresh=False)
    if not re.fullmatch(MACRO_ID, macro):
        raise invalid("macro", "has 1 to 64 letters, digits, - and _, and begins with a letter or digit")
    _check(services, shop, content)
    return _add(services, shop, macro, content, by, expected)


def delete_macro(services: "ManageMacrosServices", shop: str, macro: str, by: str, expected: int | None = None) -> None:
    """End a macro; its versions stay readable. NotFound and Stale as for the others."""
    stored = read_macro(services, shop, macro)
    _add(services, shop, macro, stored.content, by, expected, deleted=True)


def read_macro(services: "ManageMacrosServices", shop: str, macro: str) -> Macro:
    """The newest version of a macro; NotFound when the shop has none with this id."""
    stored = services.macros.load(shop, macro)
    if stored is None or stored.deleted:
        raise NotFound(f"There is no macro {macro!r}.")
    return stored


def list_macros(services: "ManageMacrosServices", shop: str, archived: bool = False) -> list[Macro]:
    """The macros of a shop by id, with the archived ones or without."""
    macros = (macro for macro in services.macros.all(shop) if not macro.deleted)
    return [macro for macro in macros if archived or not macro.content.archived]


def macro_versions(services: "ManageMacrosServices", shop: str, macro: str, limit: int, after: str | None) -> Page:
    """A page of the versions of a macro (`Macro`), the newest first; NotFound when there never was one."""
    if services.macros.load(shop, macro) is None:
        raise NotFound(f"There is no macro {macro!r}.")
    return services.macros.versions(shop, macro, limit, after)


def _add(
    services: "ManageMacrosServices",
    shop: str,
    macro: str,
    content: MacroIn,
    by: str,
    expected: int | None,
    deleted: bool = False,
) -> Macro:
    for attempt in range(ATTEMPTS):
        stored = services.macros.load(shop, macro)
        version = stored.version if stored else 0
        if expected is not None and version != expected:
            raise Stale(f"The macro is at version {version}, not {expected}: read it again.")
        now = services.now()
        made = Macro(id=macro, shop=shop, version=version + 1, content=content, by=by, at=now, deleted=deleted)
        try:
            services.macros.add(made)
        except VersionConflict:
            services.pause(attempt)
        else:
            return made
    raise Busy(f"macro {macro} was saved by others {ATTEMPTS} times in a row")


def _check(services: "ManageMacrosServices", shop: str, content: MacroIn) -> None:
    errors = [
        (path, f"line {fault[0]}: {fault[1]}")
        for path, text in _texts(content).items()
        if (fault := services.pages.fault(text, PLACEHOLDERS)) is not None
    ]
    if errors:
        raise Invalid(errors)
    for path, text in _texts(content).items():
        check_bytes(path, text)
    _check_actions(content)
    files = services.agent_files.load(shop, MACROS, content.files) if content.files else {}
    for place, file in enumerate(content.files):
        if file not in files or files[file].state != "stored":
            raise invalid(f"files[{place}]", "is no file that was uploaded for macros and accepted")


def _texts(content: MacroIn) -> dict[str, str]:
    note = content.note or MacroText()
    texts = {"text.zh": content.text.zh, "text.en": content.text.en, "note.zh": note.zh, "note.en": note.en}
    return {path: text for path, text in texts.items() if text}


def _check_actions(content: MacroIn) -> None:
    actions = content.actions
    if actions.assign is not None and actions.assign.assignee is None and actions.assign.team is None:
        raise invalid("actions.assign", "names nobody: give assignee, team or both")
    if actions.snooze is not None and actions.snooze.seconds is None and actions.snooze.event is None:
        raise invalid("actions.snooze", "waits for nothing: give seconds, event or both")
    tags = actions.tags or TagChange()
    for name, words in (("add", tags.add), ("remove", tags.remove)):
        for place, tag in enumerate(words):
            fault = fault_of(clean_tag(tag))
            if fault is not None:
                raise invalid(f"actions.tags.{name}[{place}]", fault)
