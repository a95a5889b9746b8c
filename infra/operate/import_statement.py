"""Import a payment service's statement: python -m infra.import statement FILE --shop SHOP [--provider wechat|…]

FILE is the statement as it was downloaded, or its gzip, or a zip with one statement in it. Only rows that give money
back are sent, without the payer's name or account, as the shop's own signed webhooks (`statement.told`). Each is sent
once, however often the command is run; it goes on where it stopped. See docs/statements.md.
"""

import argparse
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import format_instant
from chalicelib.domain.settlement.entries import MAX_ENTRIES, PROVIDERS, Entry
from chalicelib.domain.settlement.formats.detect import read_statement
from chalicelib.domain.settlement.formats.reading import Reading, StatementOptions
from infra.local.stack import Stack, find
from infra.operate.deployed import deployed
from infra.operate.statement_file import StatementFile
from infra.paths import LOCAL
from infra.progress import bar
from infra.samples.replay import Delivery, send_one


class StatementImport:
    """One statement on its way into one shop. Invalid when it is of no provider that is known here."""

    def __init__(self, path: Path, shop: str, asked: StatementOptions) -> None:
        self.file, self.shop, self.asked = StatementFile(path), shop, asked
        self.progress_file = LOCAL / "imports" / f"{shop}-statement-{self.file.digest[:16]}.json"
        self.provider = read_statement(self.file.lines, asked)[0].provider
        self.sent = self.sent_before = 0

    def read(self) -> Reading:
        """Read it once to its end. Invalid when it cannot be read as a whole."""
        reading, entries = read_statement(self.file.lines, self.asked)
        for _ in entries:
            pass
        return reading

    def entries_before(self) -> int:
        """How many entries were sent before."""
        path = self.progress_file
        return int(json.loads(path.read_text("utf-8"))["entries"]) if path.exists() else 0

    def save_progress(self, entries: int) -> None:
        """Remember how many entries were sent."""
        self.progress_file.parent.mkdir(parents=True, exist_ok=True)
        self.progress_file.write_text(json.dumps({"file": str(self.file.path), "entries": entries}), "utf-8")

    def run(self, stack: Stack, reading: Reading, again: bool) -> None:
        """Send its entries, or what is left of them, and then the period that it covers."""
        secret, done = stack.secret(self.shop, "standard"), 0 if again else self.entries_before()
        _, entries = read_statement(self.file.lines, self.asked)
        left = islice(entries, done, None)
        with bar() as progress:
            task = progress.add_task("Importing", total=reading.entries, completed=done)
            for part in iter(lambda: list(islice(left, MAX_ENTRIES)), []):
                self._send(stack, secret, str(done), {"entries": [_body(entry) for entry in part]})
                done += len(part)
                self.save_progress(done)
                progress.update(task, completed=done)
        if reading.since is not None and reading.until is not None:
            period = {"since": format_instant(reading.since), "until": format_instant(reading.until)}
            self._send(stack, secret, "whole", period)

    def _send(self, stack: Stack, secret: str, name: str, data: dict[str, Any]) -> None:
        body = {"provider": self.provider, "statement": self.file.digest, **data}
        delivery = Delivery(f"statement-{self.file.digest}-{name}", "statement.told", body)
        answer = send_one(stack, self.shop, secret, delivery)
        if answer.status not in (200, 202):
            raise SystemExit(
                f"The API refused a part ({answer.status}): {answer.body}; run the command again to go on."
            )
        count = len(data.get("entries", ()))
        self.sent += count if answer.status == 202 else 0
        self.sent_before += count if answer.status == 200 else 0


def _body(entry: Entry) -> dict[str, Any]:
    body: dict[str, Any] = {
        "kind": entry.kind,
        "id": entry.id,
        "at": format_instant(entry.at),
        "amount": {"amount": entry.amount.amount, "currency": entry.amount.currency},
    }
    optional = {name: getattr(entry, name) for name in ("order", "refund_no", "payment", "reverses", "form")}
    return body | {name: value for name, value in optional.items() if value}


def summary(reading: Reading) -> Iterable[str]:
    """The lines that are printed of a statement, damaged rows and totals that do not agree first of all."""
    yield from (f"line {row.line}: {row.why}" for row in reading.damaged)
    if reading.damaged_rows > len(reading.damaged):
        yield f"and {reading.damaged_rows - len(reading.damaged)} more"
    yield from (f"warning: {warning}" for warning in reading.warnings)
    counts = {"rows": reading.rows, "gives back": reading.entries, "damaged": reading.damaged_rows}
    yield from (f"{name:<32}{count:>8}" for name, count in counts.items())
    yield from (f"passed over: {name:<19}{count:>8}" for name, count in sorted(reading.passed.items()))


def main(arguments: list[str]) -> None:
    """Read a statement, print what is in it, and send it unless it is a dry run."""
    options = _parser().parse_args(arguments)
    if not options.file.exists():
        raise SystemExit(f"There is no file {options.file}.")
    asked = StatementOptions(
        provider=options.provider, time_zone=options.time_zone, dates=options.dates, decimal=options.decimal
    )
    try:
        work = StatementImport(options.file, options.shop, asked)
        reading = work.read()
    except Invalid as error:
        raise SystemExit(f"{options.file}: {error}") from None
    print(f"{reading.provider}, {work.file.encoding}", *summary(reading), sep="\n")
    if not options.dry_run:
        work.run(deployed(options.stage) if options.stage else find(), reading, options.again)
        print(f"{'sent':<32}{work.sent:>8}\n{'sent before':<32}{work.sent_before:>8}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.import statement", description="Import a statement.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--shop", required=True)
    parser.add_argument("--provider", choices=PROVIDERS, help="found by its headings when not named")
    parser.add_argument("--time-zone", help="the account's, where the statement does not say, as Europe/Berlin")
    parser.add_argument("--dates", choices=["dmy", "mdy"], help="day or month first, where no date says")
    parser.add_argument("--decimal", choices=["comma", "point"], help="where no amount says")
    parser.add_argument("--stage", choices=["dev", "prod"], help="a deployed stage; else the local stack")
    parser.add_argument("--dry-run", action="store_true", help="look, count and report; send nothing")
    parser.add_argument("--again", action="store_true", help="begin at the first row, whatever was sent before")
    return parser
