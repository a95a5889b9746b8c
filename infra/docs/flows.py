"""Draw the after-sales flows of the code into docs/flows.md: python -m infra.flow_docs."""

from chalicelib.domain.flows.definition import FlowTable, State
from chalicelib.domain.flows.definitions import TABLES
from infra.paths import ROOT

PAGE = ROOT / "docs" / "flows.md"
START, END = "<!-- flows -->", "<!-- /flows -->"
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
WORKING_DAY_S = 8 * 3_600


def page(text: str) -> str:
    """The page with the part between its marks drawn again."""
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n\n{''.join(_section(table) for table in TABLES.values())}{END}{tail}"


def _section(table: FlowTable) -> str:
    return f"## {table.kind}\n\n```mermaid\n{_diagram(table)}\n```\n\n{_states(table)}\n{_moves(table)}\n"


def _diagram(table: FlowTable) -> str:
    lines = ["stateDiagram-v2", f"    [*] --> {table.first}"]
    for name, move in table.moves.items():
        lines += [f"    {state} --> {to}: {name}" for state in move.of for to in move.leads_to(state)]
    lines += [f"    {name} --> [*]" for name, state in table.states.items() if state.ends]
    return "\n".join(lines)


def _states(table: FlowTable) -> str:
    rows = ["| state | whose turn | when a deadline passes |", "|---|---|---|"]
    rows += [f"| {name} | {state.turn} | {_time(table, name, state)} |" for name, state in table.states.items()]
    return "\n".join(rows) + "\n"


def _time(table: FlowTable, name: str, state: State) -> str:
    timeouts = [
        f"`{table.kind}.{name}.{timeout.does}` after {length(timeout.seconds, timeout.calendar == 'business')}"
        + (f" since {timeout.since}" if timeout.since else "")
        for timeout in state.timeouts
    ]
    return ", ".join(timeouts) or "–"


def length(seconds: float, working: bool = False) -> str:
    """A length of time as people write it: 3 working days, 7 d, 1 h of working time."""
    if working and seconds % WORKING_DAY_S == 0:
        days = round(seconds / WORKING_DAY_S)
        return f"{days} working day{'s' if days > 1 else ''}"
    size, unit = next((size, unit) for size, unit in UNITS if seconds % size == 0)
    return f"{seconds / size:g} {unit}" + (" of working time" if working else "")


def _moves(table: FlowTable) -> str:
    rows = ["| move | from | to | by |", "|---|---|---|---|"]
    for name, move in table.moves.items():
        origins = ", ".join((*move.of, *(f"{state} (stays)" for state in move.stays)))
        reason = ", with a reason" if move.needs_reason else ""
        targets = ", ".join((*move.to, *(f"{end} (from {state})" for state, end in move.instead.items())))
        rows.append(f"| {name} | {origins} | {targets or '–'} | {', '.join(move.by)}{reason} |")
    return "\n".join(rows) + "\n"


def main(_: list[str]) -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
