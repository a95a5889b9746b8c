"""Draw the tables of quotes and signatures that are recognised into docs/mail.md: python -m infra.mail_docs."""

from collections.abc import Iterable, Sequence

from chalicelib.domain.email.quoting.forms import attributions, containers, footers, signatures
from chalicelib.domain.email.quoting.forms import headers as heads
from chalicelib.domain.email.quoting.forms.row import Form
from infra.paths import ROOT

PAGE = ROOT / "docs" / "mail.md"
START, END = "<!-- forms -->", "<!-- /forms -->"


def page(text: str) -> str:
    """The page with the part between its marks drawn again."""
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n\n{''.join(_sections())}{END}{tail}"


def _sections() -> Iterable[str]:
    yield _forms("Attributions", attributions.ATTRIBUTIONS)
    labels = [(head.language, *head[1:6], head.source) for head in heads.HEADS]
    yield _table("Header blocks", ("language", "from", "sent", "to", "subject", "others", "source"), labels)
    yield _forms("Announcements of a quoted email", heads.QUOTED)
    yield _forms("Announcements of a forwarded email", heads.FORWARDED)
    yield _forms("Subjects that forward", (*heads.FORWARDING, *heads.AMBIGUOUS))
    yield _forms("Containers of quotes in HTML", containers.QUOTES)
    yield _forms("Containers after which everything is quoted", containers.TO_THE_END)
    yield _forms("Containers of signatures", containers.SIGNATURES)
    yield _forms("App lines", signatures.SIGNATURES)
    products = [(", ".join(signatures.DEVICES), ", ".join(signatures.APPS))]
    yield _table("Products", ("`{device}`", "`{app}`, with its system"), products)
    yield _forms("Footers of servers and lists", footers.FOOTERS)
    yield _forms("Closing greetings", footers.GREETINGS)


def _forms(title: str, rows: Sequence[Form]) -> str:
    cells = sorted((row.language, row.client, f"`{_cell(row.form)}`", row.source) for row in rows)
    return _table(title, ("language", "client", "form", "source"), cells)


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return f"### {title}\n\n" + "\n".join(lines) + "\n\n"


def _cell(text: str) -> str:
    return text.replace("|", " · ") if "`" not in text else text


def main(_: list[str]) -> None:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
