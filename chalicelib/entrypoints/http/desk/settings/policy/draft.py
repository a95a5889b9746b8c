"""A policy that is being edited: what the form shows, what was typed, and the policy that it makes."""

import hashlib
from typing import Any

import msgspec
from msgspec import Struct

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.sla.policies import Policy
from chalicelib.entrypoints.http.desk.cases.forms import form_body
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.settings.policy.parts import SECTIONS, Field, field_of, typed_field, with_typed
from chalicelib.entrypoints.http.desk.settings.policy.rule_rows import RuleRow, row_of, rows_of_form
from chalicelib.usecases.shops.change_settings import with_rules


class Draft(Struct, frozen=True, kw_only=True):
    """What the form holds. `base`: the version that it began with; `sections`: the fields besides the rules."""

    base: int
    rows: list[RuleRow]
    sections: dict[str, list[Field]]


def draft_of(policy: Policy) -> Draft:
    """A stored policy, to be edited; its rules, or the default ones that apply without them."""
    plain = _plain(policy)
    sections = {name: [field_of(part, plain) for part in parts] for name, parts in SECTIONS.items()}
    return Draft(base=policy.version, rows=[row_of(rule) for rule in with_rules(policy).clocks], sections=sections)


def typed_draft(desk: Desk) -> Draft:
    """What was typed."""
    sections = {name: [typed_field(part, desk.form) for part in parts] for name, parts in SECTIONS.items()}
    return Draft(base=desk.number("base") or 1, rows=rows_of_form(desk.fields), sections=sections)


def policy_of(desk: Desk, draft: Draft, base: Policy) -> Policy:
    """The policy that was typed; what the form does not show is as in `base`. Invalid names each wrong field, with a
    phrase of ours where a number is missing."""
    errors = [
        (f"clocks[{place}].target_seconds", "policy.fault.span")
        for place, row in enumerate(draft.rows)
        if row.seconds is None
    ]
    changed: Any = None
    try:
        changed = with_typed(_plain(base), desk.form)
    except Invalid as error:
        errors += error.errors
    if errors:
        raise Invalid(errors)
    changed["clocks"] = [row.rule() for row in draft.rows]
    return form_body(changed, Policy)


def digest_of(policy: Policy) -> str:
    """What names a policy's content, whatever its version: a policy that was changed after its trial is tried again."""
    content = msgspec.json.encode(msgspec.structs.replace(policy, version=0))
    return hashlib.sha256(content).hexdigest()[:32]


def _plain(policy: Policy) -> Any:
    return msgspec.json.decode(msgspec.json.encode(policy))
