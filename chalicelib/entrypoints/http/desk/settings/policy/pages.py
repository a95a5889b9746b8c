"""The page of the service policy: edited without scripts, tried on the last 30 days before it is saved."""

from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import Invalid, NotFound
from chalicelib.domain.kernel.timestamps import DAY_MS, SECOND_MS, day_of
from chalicelib.domain.sla.policies import DEFAULT_RULES, Policy
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.html import see_other
from chalicelib.entrypoints.http.desk.settings.cards import need_change, open_card, setting_page
from chalicelib.entrypoints.http.desk.settings.policy.draft import Draft, digest_of, draft_of, policy_of, typed_draft
from chalicelib.entrypoints.http.desk.settings.policy.rule_rows import CHOICES, MAX_ROWS, arranged, row_of
from chalicelib.entrypoints.http.desk.spans import ALL_TIME, UNITS
from chalicelib.entrypoints.http.desk.words import Words
from chalicelib.entrypoints.http.requests import parameter

if TYPE_CHECKING:
    from chalicelib.usecases.timers.simulate_policy import Trial

TRIED_DAYS = 30
TRIAL_MS = 15 * SECOND_MS
"""How long a trial may take; API Gateway answers for 29 seconds."""
SHOWN_CHANGES = 20


def show(desk: Desk) -> Response:
    """The policy that applies, or one of its versions (`?version=`) to look at or to return to."""
    open_card(desk, "policy")
    newest = desk.shop.policy_version
    return _page(desk, draft_of(_stored(desk, parameter(desk.request, "version"))), newest=newest)


def save(desk: Desk) -> Response:
    """Rearrange the rules, try the policy, or save it: by the button that was pressed."""
    from chalicelib.usecases.shops.manage_shop import read_policy

    need_change(desk, "policy")
    draft, action = typed_draft(desk), desk.form.get("do", "try")
    rows = arranged(draft.rows, action)
    current = read_policy(services(), desk.shop.id, None)
    if rows is not None:
        rearranged = Draft(base=draft.base, rows=rows[:MAX_ROWS], sections=draft.sections)
        return _page(desk, rearranged, newest=current.version)
    try:
        policy = policy_of(desk, draft, _stored(desk, str(draft.base)))
        if action == "keep" and desk.form.get("tried") == digest_of(policy):
            return _save_tried(desk, draft, policy, current)
        trial = _try(desk, policy)
    except Invalid as error:
        return _page(desk, draft, 422, newest=current.version, faults=_faults(desk, error))
    return _page(desk, draft, newest=current.version, trial=trial, tried=digest_of(policy))


def _save_tried(desk: Desk, draft: Draft, policy: Policy, current: Policy) -> Response:
    """Save a policy that was tried; nothing happens if it is what applies already."""
    from chalicelib.usecases.shops.change_settings import change_policy

    if digest_of(policy) == digest_of(current):
        return see_other(desk.address("settings/policy"))
    if desk.form.get("over") != str(current.version):
        return _page(desk, draft, 409, newest=current.version, overtaken=True)
    change_policy(services(), desk.shop.id, policy, desk.caller.name)
    return see_other(desk.address("settings/policy?saved=1"))


def _stored(desk: Desk, version: str | None) -> Policy:
    from chalicelib.usecases.shops.manage_shop import read_policy

    if version is not None and not (version.isdecimal() and 0 < int(version[:7]) < 1_000_000):
        raise NotFound("There is no such page.")
    return read_policy(services(), desk.shop.id, int(version) if version else None)


def _try(desk: Desk, policy: Policy) -> "Trial":
    from chalicelib.usecases.timers.simulate_policy import try_policy

    zone, now = desk.shop.time_zone, desk.now
    first, last = day_of(now - TRIED_DAYS * DAY_MS, zone), day_of(now, zone)
    store = services().metrics
    return try_policy(services(), store, desk.shop.id, policy, first, last, until=services().now() + TRIAL_MS)


def _faults(desk: Desk, error: Invalid) -> dict[str, str]:
    """What is wrong, by field: in the page's language where the phrase is ours."""
    words = services().desk_pages.words(desk.language)
    return {path: words.get(text, text) for path, text in error.errors}


def _page(desk: Desk, draft: Draft, status: int = 200, /, **values: Any) -> Response:
    from chalicelib.usecases.shops.record_change import list_changes

    history = list_changes(services(), desk.shop.id, "policy", SHOWN_CHANGES, None).items
    given: dict[str, Any] = {"faults": {}, "trial": None, "tried": "", "overtaken": False} | values
    names = {part.path: Words(desk).named("setting", part.path) for parts in draft.sections.values() for part in parts}
    return setting_page(
        desk,
        "policy",
        "policy.html",
        status,
        draft=draft,
        choices=CHOICES,
        standard=[row for row in map(row_of, DEFAULT_RULES) if row not in draft.rows],
        units=UNITS,
        all_time=ALL_TIME,
        names=names,
        history=history,
        most_rows=MAX_ROWS,
        days=TRIED_DAYS,
        **given,
    )
