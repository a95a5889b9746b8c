"""Import the history of another service desk: cases, replies, scores and orders from a CSV file, by a mapping.

python -m infra.import FILE.csv --mapping zendesk|freshdesk|gorgias|FILE.yaml --shop SHOP [--dry-run] [--again]
                       [--stage dev|prod]
python -m infra.import statement FILE --shop SHOP …  imports a payment service's statement (see import_statement.py)

Each row is sent once, however often the command is run; it goes on where it stopped. Rows that cannot be imported are
written beside the file with the reason (FILE.rejects.csv).
"""

import argparse
import csv
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from infra.local.stack import Answer, Stack, find
from infra.operate import import_statement
from infra.operate.deployed import deployed
from infra.operate.mapping import Rejected, deliveries_of, read_mapping
from infra.paths import LOCAL, MAPPINGS
from infra.progress import bar
from infra.samples.replay import AT_ONCE, Delivery, send_one

BATCH = 200
csv.field_size_limit(10 * 1024 * 1024)


class Row(NamedTuple):
    """A row of the file; the first after the headings has the number 1."""

    number: int
    cells: dict[str, str]


class Reject(NamedTuple):
    """A row that cannot be imported, and why."""

    row: Row
    reason: str


class Import:
    """One file on its way into one shop."""

    def __init__(self, file: Path, mapping: Path, shop: str, dry_run: bool) -> None:
        self.file, self.mapping, self.shop, self.dry_run = file, read_mapping(mapping), shop, dry_run
        digest = hashlib.sha256(file.read_bytes() + mapping.read_bytes()).hexdigest()[:16]
        self.name = f"import-{digest}"
        self.progress_file = LOCAL / "imports" / f"{shop}-{digest}.json"
        self.rejects_file = file.with_suffix(".rejects.csv")
        self.counts: Counter[str] = Counter()

    def rows(self) -> Iterator[Row]:
        """The rows of the file."""
        with self.file.open(encoding=self.mapping.file.encoding, newline="") as text:
            for number, row in enumerate(csv.DictReader(text, delimiter=self.mapping.file.delimiter), 1):
                yield Row(number, {k: value or "" for k, value in row.items() if k and not isinstance(value, list)})

    def count_rows(self) -> int:
        """How many rows there are. SystemExit when the mapping names a column the file does not have."""
        with self.file.open(encoding=self.mapping.file.encoding, newline="") as text:
            reader = csv.DictReader(text, delimiter=self.mapping.file.delimiter)
            missing = sorted(self.mapping.columns - set(reader.fieldnames or ()))
            if missing:
                has = ", ".join(reader.fieldnames or ())
                raise SystemExit(f"The mapping names the column {missing[0]!r}, which {self.file} does not have: {has}")
            return sum(1 for _ in reader)

    def last_row(self) -> int:
        """The last row that was imported before."""
        path = self.progress_file
        return int(json.loads(path.read_text("utf-8"))["row"]) if path.exists() else 0

    def save_progress(self, row: int) -> None:
        """Remember the last row that was imported."""
        self.progress_file.parent.mkdir(parents=True, exist_ok=True)
        self.progress_file.write_text(json.dumps({"file": str(self.file), "row": row}), "utf-8")

    def run(self, stack: Stack | None, again: bool) -> None:
        """Import everything, or what is left of it; without a stack, only look."""
        total, done = self.count_rows(), 0 if again or self.dry_run else self.last_row()
        secret = stack.secret(self.shop, "standard") if stack else ""
        mode = "w" if done == 0 else "a"
        with bar() as progress, self.rejects_file.open(mode, encoding="utf-8", newline="") as out:
            task = progress.add_task("Looking" if self.dry_run else "Importing", total=total, completed=done)
            left = (row for row in self.rows() if row.number > done)
            for batch in iter(lambda: list(islice(left, BATCH)), []):
                rejects = self._import_batch(stack, secret, batch)
                csv.writer(out).writerows([row.number, reason, *row.cells.values()] for row, reason in rejects)
                if not self.dry_run:
                    self.save_progress(batch[-1].number)
                progress.advance(task, len(batch))
        if not self.counts["rejected"] and self.rejects_file.stat().st_size == 0:
            self.rejects_file.unlink()

    def _import_batch(self, stack: Stack | None, secret: str, batch: list[Row]) -> list[Reject]:
        """Send what a batch of rows becomes; the rows that were rejected."""
        rejects, deliveries = list[Reject](), list[tuple[Row, Delivery]]()
        for row in batch:
            try:
                made = deliveries_of(self.mapping, row.cells, self.name, time.time_ns() // 1_000_000)
            except Rejected as reason:
                rejects.append(Reject(row, str(reason)))
                continue
            self.counts.update(delivery.type for delivery in made)
            deliveries += [(row, delivery) for delivery in made]
        if stack is not None:
            rejects += self._send(stack, secret, deliveries)
        self.counts["rejected"] += len(rejects)
        return rejects

    def _send(self, stack: Stack, secret: str, deliveries: list[tuple[Row, Delivery]]) -> list[Reject]:
        """Send webhooks; the rows of those the API refused. SystemExit when the API fails."""

        def send(pair: tuple[Row, Delivery]) -> tuple[Row, Answer]:
            return pair[0], send_one(stack, self.shop, secret, pair[1])

        rejects = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for row, answer in pool.map(send, deliveries):
                if answer.status >= 500:
                    raise SystemExit(f"The API is in trouble ({answer.status}); run the command again to go on.")
                self.counts["sent" if answer.status == 202 else "sent before"] += answer.status in (200, 202)
                if answer.status not in (200, 202):
                    rejects.append(Reject(row, f"{answer.status}: {answer.body.get('detail', answer.body)}"))
        return rejects


def main(arguments: list[str]) -> None:
    """Import a CSV file; a statement when `statement` is the first word."""
    if arguments[:1] == ["statement"]:
        import_statement.main(arguments[1:])
        return
    options = _parser().parse_args(arguments)
    if not options.file.exists():
        raise SystemExit(f"There is no file {options.file}.")
    shipped = MAPPINGS / f"{options.mapping}.yaml"
    mapping = shipped if shipped.exists() else Path(options.mapping)
    work = Import(options.file, mapping, options.shop, options.dry_run)
    work.run(None if options.dry_run else deployed(options.stage) if options.stage else find(), options.again)
    for what, count in sorted(work.counts.items()):
        if count:
            print(f"{what:<20}{count:>8}")
    if work.counts["rejected"]:
        print(f"The rejected rows and their reasons are in {work.rejects_file}")


def _parser() -> argparse.ArgumentParser:
    names = ", ".join(sorted(path.stem for path in MAPPINGS.glob("*.yaml")))
    parser = argparse.ArgumentParser(
        prog="python -m infra.import", description="Import another service desk's history."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--mapping", required=True, help=f"{names} or a file")
    parser.add_argument("--shop", required=True)
    parser.add_argument("--stage", choices=["dev", "prod"], help="a deployed stage; else the local stack")
    parser.add_argument("--dry-run", action="store_true", help="look, count and reject; send nothing")
    parser.add_argument("--again", action="store_true", help="begin at the first row, whatever was sent before")
    return parser
