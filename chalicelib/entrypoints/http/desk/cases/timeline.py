"""The timeline of a case: everything that happened to it, in order, the newest fifty first."""

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.domain.cases import facts
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import MailRef
from chalicelib.domain.flows.facts import EvidenceAdded
from chalicelib.domain.surveys.facts import SurveyAnswered
from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator, details_of
from chalicelib.entrypoints.http.desk.cases.timeline_entries import Entry, File, Group, Kind, MailLine, Timeline

if TYPE_CHECKING:
    from chalicelib.domain.customers.customer import Customer
    from chalicelib.usecases.casework.read_timeline import TimelineEntry

SHOWN = 50
"""How many events a page of the timeline has."""
FOLDED = 3
"""So many small facts in a row are folded."""
SMALL = (
    "case_assigned",
    "case_queued",
    "case_released",
    "case_tagged",
    "case_linked",
    "case_unlinked",
    "survey_skipped",
    "survey_sent",
    "money_approved",
)
"""The facts that are small: they are part of the work's routine, and nothing was said or given."""
KINDS: dict[str, Kind] = {
    "case_opened": "customer",
    "message_received": "customer",
    "reply_sent": "staff",
    "note_added": "note",
    "side_conversation_started": "side",
    "side_message_sent": "side",
    "side_message_received": "side",
}
ICONS = {
    "flow": "flow",
    "money": "money",
    "task": "task",
    "survey": "survey",
    "clock": "clock",
    "case_escalated": "up",
    "case_assigned": "person",
    "case_queued": "person",
    "case_released": "person",
    "evidence": "file",
}
"""The icon of a fact, by how its type begins."""


def timeline_of(
    narrator: Narrator, page: "list[TimelineEntry]", customer: "Customer | None", earlier: str | None
) -> Timeline:
    """The timeline of these entries, which are in order. Those of merged cases say so."""
    entries = [
        entry_of(narrator, each.event, customer)
        if each.case.id == narrator.case.id
        else _entry_of_merged(narrator, each, customer)
        for each in page
    ]
    groups: list[Group] = []
    for is_small, run in groupby(entries, key=lambda entry: entry.type in SMALL):
        members = list(run)
        if is_small and len(members) >= FOLDED:
            groups.append(Group(members, is_folded=True))
        else:
            groups += [Group([entry], is_folded=False) for entry in members]
    return Timeline(groups, earlier)


def _entry_of_merged(narrator: Narrator, each: "TimelineEntry", customer: "Customer | None") -> Entry:
    """The entry of an event of a merged case, told as on that case."""
    theirs = Narrator(narrator.words, each.case, narrator.names)
    same = customer if each.case.customer == narrator.case.customer else None
    return replace(
        entry_of(theirs, each.event, same), of_case=each.case.id, of_number=each.case.number, own_id=each.copy or ""
    )


def entry_of(narrator: Narrator, event: Event, customer: "Customer | None") -> Entry:
    """The entry of an event."""
    fact, words = event.fact, narrator.words
    mail: MailRef | None = getattr(fact, "mail", None)
    is_foreign = mail is not None and mail.author in ("third_party", "shop") and isinstance(fact, facts.NoteAdded)
    return Entry(
        id=event.id,
        own_id=event.id,
        order=event.order,
        at=event.at,
        seq=event.seq,
        who=words.say("entry.third_party") if is_foreign else who_did(narrator, event, customer),
        kind=KINDS.get(event.type, "fact"),
        type=event.type,
        icon=next((icon for start, icon in ICONS.items() if event.type.startswith(start)), "dot"),
        label=words.named("fact", event.type),
        details=(*_entered_by(narrator, event), *details_of(narrator, fact)),
        text=_text_of(fact),
        mail=_mail_line(narrator, mail) if mail else None,
        file=_file(narrator, fact) if isinstance(fact, EvidenceAdded) else None,
        sent=fact.files if isinstance(fact, facts.ReplySent | facts.NoteAdded) else (),
        claimed=words.say("entry.claimed", at=words.time(event.claimed_at)) if event.claimed_at else "",
    )


def who_did(narrator: Narrator, event: Event, customer: "Customer | None") -> str:
    """Who caused an event: a person's name where it is known. The text of an opening is the customer's, whoever entered
    it."""
    if event.by.kind == "customer" or isinstance(event.fact, facts.CaseOpened):
        return (customer.name if customer else None) or narrator.words.say("entry.customer")
    if event.by.kind == "agent" and event.by.id:
        return narrator.person(event.by.id) or ""
    return narrator.words.named("entry", event.by.kind)


def _entered_by(narrator: Narrator, event: Event) -> tuple[str, ...]:
    """Who entered an opening, if it was not the customer."""
    if event.by.kind == "customer" or not isinstance(event.fact, facts.CaseOpened):
        return ()
    who = narrator.person(event.by.id) if event.by.kind == "agent" else None
    return (narrator.words.say("entry.entered", who=who or narrator.words.named("entry", event.by.kind)),)


def _text_of(fact: object) -> str:
    text = getattr(fact, "comment" if isinstance(fact, SurveyAnswered) else "message", None)
    return text if isinstance(text, str) else ""


def _mail_line(narrator: Narrator, mail: MailRef) -> MailLine:
    return MailLine(
        letter=mail.letter,
        sender=mail.sender,
        copied=narrator.words.listed(mail.copied),
        is_uncertain=not mail.certain,
        is_automatic=mail.automatic,
    )


def _file(narrator: Narrator, fact: EvidenceAdded) -> File:
    is_picture = fact.kind.startswith("image/")
    label = narrator.words.say(
        "entry.file", kind=narrator.words.named("file_kind", fact.kind), size=max(1, fact.bytes // 1024)
    )
    return File(
        id=fact.evidence, label=narrator.words.say("entry.picture") if is_picture else label, is_picture=is_picture
    )
