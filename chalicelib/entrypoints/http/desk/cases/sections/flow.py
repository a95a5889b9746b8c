"""The flow of a case: its steps, whose turn it is, what was judged, and every move with its form or why not."""

from typing import TYPE_CHECKING

from msgspec import Struct

from chalicelib.bootstrap import services
from chalicelib.domain.cases.case import Case
from chalicelib.domain.desk.usual_path import states_ahead
from chalicelib.domain.flows.definition import Move
from chalicelib.domain.flows.eligibility_reasons import Ruling, eligible
from chalicelib.domain.flows.flow import Flow
from chalicelib.domain.flows.moves import AMOUNT_MOVES, ITEM_MOVES, PARCEL_MOVES
from chalicelib.domain.kernel.timestamps import Instant
from chalicelib.entrypoints.http.desk.cases.fact_details import Narrator, state_name

if TYPE_CHECKING:
    from chalicelib.domain.orders.order import Order

STAFF_MAY = ("staff", "customer", "partner")


class Step(Struct, frozen=True):
    """A state on the line: `past`, `current` or `ahead`."""

    name: str
    place: str
    at: Instant | None = None


class MoveForm(Struct, frozen=True, kw_only=True):
    """A move that may be made now, and the fields that its form has. `outcomes`: states to choose from, with names."""

    move: str
    name: str
    on_behalf: str
    outcomes: list[tuple[str, str]]
    needs_reason: bool
    has_parcel: bool
    needs_tracking: bool
    has_amount: bool
    needs_amount: bool
    has_items: bool
    is_refusal: bool


class ItemLine(Struct, frozen=True):
    """An item that a form asks about."""

    sku: str
    title: str
    quantity: int


class Judgement(Struct, frozen=True):
    """A reason for or against the claim, in words. `tone` as for tags."""

    weight: str
    tone: str
    text: str


class FlowSection(Struct, frozen=True, kw_only=True):
    """The flow as the page shows it."""

    kind: str
    state: str
    steps: list[Step]
    turn: str
    deadline: Instant | None
    on_deadline: str
    reason: str
    items: str
    parcels: list[str]
    eligibility: str
    judgements: list[Judgement]
    refusals: int
    moves: list[MoveForm]
    closed_moves: list[tuple[str, str]]
    has_ended: bool


TONES = {"for": "good", "against": "late", "review": "soon", "unknown": ""}
REFUSING = ("reject", "uphold", "refuse", "decline", "withdraw", "write_off", "run_out", "fall_back")


def flow_section(narrator: Narrator, flow: Flow) -> FlowSection:
    """A flow with its moves."""
    words = narrator.words
    deadline = flow.deadline
    answer = {True: "yes", False: "no", None: "open"}[eligible(flow.rulings)]
    return FlowSection(
        kind=words.named("flow.kind", flow.kind),
        state=state_name(words, flow.kind, flow.state),
        steps=_steps(narrator, flow),
        turn=words.named("flow.turn", flow.turn),
        deadline=deadline.at if deadline else None,
        on_deadline=words.say("flow.then", does=words.named("does", deadline.does)) if deadline else "",
        reason=words.named("claim", flow.reason),
        items=narrator.items(flow.items) or "",
        parcels=_parcels(narrator, flow),
        eligibility=words.say(f"flow.eligible.{answer}") if flow.rulings else "",
        judgements=[judgement(narrator, ruling) for ruling in flow.rulings],
        refusals=flow.refusals,
        moves=[_form(narrator, flow, name) for name in flow.table.open_moves(flow.state)],
        closed_moves=_closed_moves(narrator, flow),
        has_ended=flow.ended,
    )


def judgement(narrator: Narrator, ruling: Ruling) -> Judgement:
    """A ruling in words."""
    words = narrator.words
    about = words.named("claim", ruling.about)  # a reason has a name; a day, an item or a number is itself
    text = services().pages.text(f"ruling_{ruling.name}", words.language, about=about)
    return Judgement(words.named("flow.weight", ruling.weight), TONES[ruling.weight], text)


def _steps(narrator: Narrator, flow: Flow) -> list[Step]:
    words = narrator.words
    passed = [Step(state_name(words, flow.kind, state), "past", reached_at) for state, reached_at in flow.steps[:-1]]
    current = Step(state_name(words, flow.kind, flow.state), "current", flow.since)
    ahead = [Step(state_name(words, flow.kind, state), "ahead") for state in states_ahead(flow)]
    return [*passed, current, *ahead]


def _parcels(narrator: Narrator, flow: Flow) -> list[str]:
    words = narrator.words
    return [
        " · ".join(
            part
            for part in (
                words.named("flow.direction", parcel.direction),
                parcel.carrier,
                parcel.tracking,
                words.time(parcel.at),
            )
            if part
        )
        for parcel in flow.shipments
    ]


def _form(narrator: Narrator, flow: Flow, name: str) -> MoveForm:
    words, move = narrator.words, flow.table.moves[name]
    return MoveForm(
        move=name,
        name=words.named("flow.move", name),
        on_behalf=_on_behalf(narrator, move),
        outcomes=[(state, state_name(words, flow.kind, state)) for state in _outcomes(flow, name, move)],
        needs_reason=move.needs_reason,
        has_parcel=name in PARCEL_MOVES,
        needs_tracking=name == "ship",
        has_amount=name in AMOUNT_MOVES or name == "propose",
        needs_amount=name in AMOUNT_MOVES,
        has_items=name in ITEM_MOVES,
        is_refusal=name in REFUSING,
    )


def _outcomes(flow: Flow, name: str, move: Move) -> tuple[str, ...]:
    """The states that whoever makes the move chooses from; a refusal's follows from how often it was refused."""
    targets = move.leads_to(flow.state)
    is_chosen = name != "refuse" and flow.state not in move.stays and len(targets) > 1
    return targets if is_chosen else ()


def _on_behalf(narrator: Narrator, move: Move) -> str:
    """For whom staff record the move, if it is not theirs."""
    if "staff" in move.by:
        return ""
    return narrator.words.say("flow.by.customer" if "customer" in move.by else "flow.by.partner")


def _closed_moves(narrator: Narrator, flow: Flow) -> list[tuple[str, str]]:
    """The moves of the flow that may not be made now, each with the reason."""
    words = narrator.words
    closed = [(name, move) for name, move in flow.table.moves.items() if name not in flow.table.open_moves(flow.state)]
    return [(words.named("flow.move", name), _why_not(narrator, flow, move)) for name, move in closed]


def _why_not(narrator: Narrator, flow: Flow, move: Move) -> str:
    words = narrator.words
    if not {*move.by} - {"platform"}:
        return words.say("flow.why_platform")
    if not {*move.by} - {"time"}:
        return words.say("flow.why_time")
    states = dict.fromkeys(state_name(words, flow.kind, state) for state in (*move.of, *move.stays))
    return words.say("flow.why_not", states=words.listed(states))


def start_refusal(narrator: Narrator, case: Case) -> str:
    """Why no flow can be started on the case now; empty if one can."""
    if case.historical:
        return narrator.words.say("flow.start_refused.historical")
    return narrator.words.say("flow.start_refused.done") if case.done else ""


def item_lines(order: "Order | None", flow: Flow | None = None) -> list[ItemLine]:
    """The items that forms ask about: those of the flow, or else the goods of the order."""
    titles = {item.sku: item.title or item.sku for item in order.items} if order else {}
    if flow is not None and flow.items:
        return [ItemLine(item.sku, titles.get(item.sku, item.sku), item.quantity) for item in flow.items]
    goods = [item for item in order.items if item.goods] if order else []
    return [ItemLine(item.sku, titles[item.sku], item.quantity) for item in goods]
