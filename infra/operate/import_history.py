"""Bring the history of another desk: cases, replies, scores and orders from a CSV file, by a mapping.

python -m infra.import FILE.csv --mapping zendesk|freshdesk|gorgias|FILE.yaml --shop SHOP [--dry-run] [--again]
                       [--stage dev|prod]
python -m infra.import statement FILE --shop SHOP …  brings a payment service's statement (see import_statement.py)

What was sent is sent once, however often the command is run; it goes on where it stopped. Rows that cannot be brought
over are written beside the file with the reason (FILE.rejects.csv).
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
from typing import Any

from infra.local.stack import Stack, deployed, find
from infra.operate import import_statement
from infra.operate.mapping import Rejected, deliveries_of, read_mapping
from infra.paths import LOCAL, MAPPINGS
from infra.progress import bar
from infra.samples.replay import AT_ONCE, Delivery, sent

BATCH = 200
csv.field_size_limit(10 * 1024 * 1024)
Rows = Iterator[tuple[int, dict[str, str]]]


class Import:
    """One file on its way into one shop."""

    def __init__(self, file: Path, mapping: Path, shop: str, dry: bool) -> None:
        self.file, self.mapped, self.shop, self.dry = file, read_mapping(mapping), shop, dry
        digest = hashlib.sha256(file.read_bytes() + mapping.read_bytes()).hexdigest()[:16]
        self.name = f"import-{digest}"
        self.place = LOCAL / "imports" / f"{shop}-{digest}.json"
        self.counts: Counter[str] = Counter()

    def rows(self) -> Rows:
        """The rows of the file with their numbers, the first after the headings being 1."""
        with self.file.open(encoding=self.mapped.file.encoding, newline="") as text:
            for number, row in enumerate(csv.DictReader(text, delimiter=self.mapped.file.delimiter), 1):
                yield number, {name: value or "" for name, value in row.items() if name and not isinstance(value, list)}

    def check(self) -> int:
        """How many rows there are; SystemExit when the mapping names a column the file does not have."""
        with self.file.open(encoding=self.mapped.file.encoding, newline="") as text:
            reader = csv.DictReader(text, delimiter=self.mapped.file.delimiter)
            missing = sorted(self.mapped.columns - set(reader.fieldnames or ()))
            if missing:
                has = ", ".join(reader.fieldnames or ())
                raise SystemExit(f"The mapping names the column {missing[0]!r}, which {self.file} does not have: {has}")
            return sum(1 for _ in reader)

    def begun(self) -> int:
        """The last row that was brought over before."""
        return int(json.loads(self.place.read_text("utf-8"))["row"]) if self.place.exists() else 0

    def note(self, row: int) -> None:
        """Remember how far it came."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        self.place.write_text(json.dumps({"file": str(self.file), "row": row}), "utf-8")

    def run(self, stack: Stack | None, again: bool) -> None:
        """Everything, or what is left of it."""
        total, first = self.check(), 0 if again or self.dry else self.begun()
        secret = stack.secret(self.shop, "standard") if stack else ""
        rejects = self.file.with_suffix(".rejects.csv")
        with bar() as progress, rejects.open("w" if first == 0 else "a", encoding="utf-8", newline="") as out:
            task = progress.add_task("Looking" if self.dry else "Importing", total=total, completed=first)
            writer = csv.writer(out)
            left = ((number, row) for number, row in self.rows() if number > first)
            for batch in iter(lambda: list(islice(left, BATCH)), []):
                for number, row, reason in self._bring(stack, secret, batch):
                    writer.writerow([number, reason, *row.values()])
                if not self.dry:
                    self.note(batch[-1][0])
                progress.advance(task, len(batch))
        if not self.counts["rejected"] and rejects.stat().st_size == 0:
            rejects.unlink()

    def _bring(self, stack: Stack | None, secret: str, batch: list[tuple[int, dict[str, str]]]) -> list[Any]:
        """Send what a batch of rows becomes; the rows that were rejected, and why."""
        rejected, deliveries = [], list[tuple[int, dict[str, str], Delivery]]()
        for number, row in batch:
            try:
                found = deliveries_of(self.mapped, row, self.name, time.time_ns() // 1_000_000)
            except Rejected as why:
                rejected.append((number, row, str(why)))
                continue
            self.counts.update(one.type for one in found)
            deliveries += [(number, row, one) for one in found]
        if stack is not None:
            rejected += self._send(stack, secret, deliveries)
        self.counts["rejected"] += len(rejected)
        return rejected

    def _send(self, stack: Stack, secret: str, deliveries: list[tuple[int, dict[str, str], Delivery]]) -> list[Any]:
        rejected = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number, row, answer in pool.map(
                lambda one: (one[0], one[1], sent(stack, self.shop, secret, one[2])), deliveries
            ):
                if answer.status >= 500:
                    raise SystemExit(f"The API is in trouble ({answer.status}); run the command again to go on.")
                self.counts["sent" if answer.status == 202 else "sent before"] += answer.status in (200, 202)
                if answer.status not in (200, 202):
                    rejected.append((number, row, f"{answer.status}: {answer.body.get('detail', answer.body)}"))
        return rejected


def main(arguments: list[str]) -> None:
    """Carry out the command; `statement` as its first word is another one."""
    if arguments[:1] == ["statement"]:
        import_statement.main(arguments[1:])
        return
    parser = argparse.ArgumentParser(prog="python -m infra.import", description="Bring history from another desk.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--mapping", required=True, help=f"{', '.join(sorted(one.stem for one in MAPPINGS.glob('*')))} or a file"
    )
    parser.add_argument("--shop", required=True)
    parser.add_argument("--stage", choices=["dev", "prod"], help="a deployed stage; else the local stack")
    parser.add_argument("--dry-run", action="store_true", help="look, count and reject; send nothing")
    parser.add_argument("--again", action="store_true", help="begin at the first row, whatever was sent before")
    asked = parser.parse_args(arguments)
    shipped = MAPPINGS / f"{asked.mapping}.yaml"
    if not asked.file.exists():
        raise SystemExit(f"There is no file {asked.file}.")
    work = Import(asked.file, shipped if shipped.exists() else Path(asked.mapping), asked.shop, asked.dry_run)
    work.run(None if asked.dry_run else deployed(asked.stage) if asked.stage else find(), asked.again)
    for what, many in sorted(work.counts.items()):
        if many:
            print(f"{what:<20}{many:>8}")
    if work.counts["rejected"]:
        print(f"The rejected rows and their reasons are in {asked.file.with_suffix('.rejects.csv')}")
