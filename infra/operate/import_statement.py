"""Bring a payment service's statement: python -m infra.import statement FILE --shop SHOP [--provider wechat|…]

FILE is the statement as it was downloaded, or its gzip, or a zip with one statement in it. Of each row only what gives
money back is sent, without the payer's name or account, as the shop's own signed webhooks (`statement.told`). What was
sent is sent once, however often the command is run; it goes on where it stopped. See docs/statements.md.
"""

import argparse
import contextlib
import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from chalicelib.domain.errors import Invalid
from chalicelib.domain.instants import show
from chalicelib.domain.settlement.entries import MOST_TOLD, PROVIDERS, Entry
from chalicelib.domain.settlement.reading import Asked, Reading
from chalicelib.domain.settlement.statements import read_statement
from chalicelib.domain.settlement.text import Numbered, encoding_of, lines_of
from infra.local.stack import Stack, deployed, find
from infra.paths import LOCAL
from infra.progress import bar
from infra.samples.replay import Delivery, sent

CHUNK = 1024 * 1024


class Statement:
    """One file on its way into one shop."""

    def __init__(self, file: Path, shop: str, asked: Asked) -> None:
        self.file, self.shop, self.asked = file, shop, asked
        digest = hashlib.sha256()
        for chunk in self.chunks():
            digest.update(chunk)
        self.digest = digest.hexdigest()[:40]
        self.encoding = encoding_of(self.chunks)
        self.place = LOCAL / "imports" / f"{shop}-statement-{self.digest[:16]}.json"
        self.provider = read_statement(self.lines, asked)[0].provider
        self.sent = self.known = 0

    @contextlib.contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The bytes of the statement, unpacked. SystemExit when a zip holds more than one."""
        with contextlib.ExitStack() as stack:
            if zipfile.is_zipfile(self.file):
                packed = stack.enter_context(zipfile.ZipFile(self.file))
                names = [one for one in packed.namelist() if one.lower().endswith((".csv", ".txt", ".tsv"))]
                if len(names) != 1:
                    raise SystemExit(
                        f"{self.file} holds {len(names)} statements; unpack it and name one: {', '.join(names)}"
                    )
                yield stack.enter_context(packed.open(names[0]))  # type: ignore[misc] # it reads bytes
                return
            raw = stack.enter_context(self.file.open("rb"))
            packed_gz = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            yield stack.enter_context(gzip.open(raw)) if packed_gz else raw  # type: ignore[misc] # it reads bytes

    def chunks(self) -> Iterator[bytes]:
        """The statement's bytes, some at a time."""
        with self.opened() as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def lines(self) -> Numbered:
        """The statement's lines, one in memory at a time."""
        with self.opened() as file:
            yield from lines_of(io.TextIOWrapper(file, encoding=self.encoding))

    def look(self) -> Reading:
        """Read it once to its end. Invalid when it cannot be read as a whole."""
        reading, entries = read_statement(self.lines, self.asked)
        for _ in entries:
            pass
        return reading

    def begun(self) -> int:
        """How many entries were brought before."""
        return int(json.loads(self.place.read_text("utf-8"))["entries"]) if self.place.exists() else 0

    def note(self, entries: int) -> None:
        """Remember how far it came."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        self.place.write_text(json.dumps({"file": str(self.file), "entries": entries}), "utf-8")

    def run(self, stack: Stack, whole: Reading, again: bool) -> None:
        """Send its entries, or what is left of them, and then what time it tells of."""
        secret, first = stack.secret(self.shop, "standard"), 0 if again else self.begun()
        _, entries = read_statement(self.lines, self.asked)
        place, left = first, islice(entries, first, None)
        with bar() as progress:
            task = progress.add_task("Bringing", total=whole.entries, completed=first)
            for part in iter(lambda: list(islice(left, MOST_TOLD)), []):
                self._send(stack, secret, str(place), {"entries": [_told(one) for one in part]})
                place += len(part)
                self.note(place)
                progress.update(task, completed=place)
        if whole.since is not None and whole.until is not None:
            self._send(stack, secret, "whole", {"since": show(whole.since), "until": show(whole.until)})

    def _send(self, stack: Stack, secret: str, name: str, data: dict[str, Any]) -> None:
        told = {"provider": self.provider, "statement": self.digest, **data}
        answer = sent(stack, self.shop, secret, Delivery(f"statement-{self.digest}-{name}", "statement.told", told))
        if answer.status not in (200, 202):
            raise SystemExit(
                f"The API refused a part ({answer.status}): {answer.body}; run the command again to go on."
            )
        many = len(data.get("entries", ()))
        self.sent += many if answer.status == 202 else 0
        self.known += many if answer.status == 200 else 0


def _told(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": entry.kind, "id": entry.id, "at": show(entry.at),
        "amount": {"amount": entry.amount.amount, "currency": entry.amount.currency},
    }  # fmt: skip
    optional = {name: getattr(entry, name) for name in ("order", "refund_no", "payment", "reverses", "form")}
    return told | {name: value for name, value in optional.items() if value}


def said(reading: Reading) -> list[str]:
    """What is told of a statement that was read, damage and totals that do not agree first of all."""
    lines = [f"line {one.line}: {one.why}" for one in reading.damaged]
    lines += [f"and {reading.spoiled - len(reading.damaged)} more"] if reading.spoiled > len(reading.damaged) else []
    lines += [f"warning: {one}" for one in reading.warnings]
    counts = {"rows": reading.rows, "gives back": reading.entries, "damaged": reading.spoiled}
    lines += [f"{name:<32}{many:>8}" for name, many in counts.items()]
    return [*lines, *(f"passed over: {name:<19}{many:>8}" for name, many in sorted(reading.passed.items()))]


def main(arguments: list[str]) -> None:
    """Carry out the command."""
    parser = argparse.ArgumentParser(prog="python -m infra.import statement", description="Bring a statement.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--shop", required=True)
    parser.add_argument("--provider", choices=PROVIDERS, help="found by its headings when not named")
    parser.add_argument("--time-zone", help="the account's, where the statement does not tell it, as Europe/Berlin")
    parser.add_argument("--dates", choices=["dmy", "mdy"], help="day or month first, where no date tells")
    parser.add_argument("--decimal", choices=["comma", "point"], help="where no amount tells")
    parser.add_argument("--stage", choices=["dev", "prod"], help="a deployed stage; else the local stack")
    parser.add_argument("--dry-run", action="store_true", help="look, count and report; send nothing")
    parser.add_argument("--again", action="store_true", help="begin at the first row, whatever was sent before")
    told = parser.parse_args(arguments)
    if not told.file.exists():
        raise SystemExit(f"There is no file {told.file}.")
    asked = Asked(provider=told.provider, time_zone=told.time_zone, dates=told.dates, decimal=told.decimal)
    try:
        work = Statement(told.file, told.shop, asked)
        reading = work.look()
    except Invalid as wrong:
        raise SystemExit(f"{told.file}: {wrong}") from None
    print(f"{reading.provider}, {work.encoding}", *said(reading), sep="\n")
    if not told.dry_run:
        work.run(deployed(told.stage) if told.stage else find(), reading, told.again)
        print(f"{'sent':<32}{work.sent:>8}\n{'sent before':<32}{work.known:>8}")
