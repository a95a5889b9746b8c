"""Typing in a fresh process: python -m bench.insights.arrival OUT TEXTS MODEL. Writes the milliseconds of CPU of a
message when the process is warm and of importing with the first message, and the MiB that all of it adds."""

import sys
from pathlib import Path
from time import process_time

ROUNDS = 40


def resident_mib() -> float:
    """The memory of this process now, in MiB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main(out: str, texts: str, model: str) -> None:
    """Import typing, type each text, and then all of them again and again; the best round counts."""
    before = resident_mib()
    began = process_time()
    from chalicelib.domain.triage.shop_model import read_model
    from chalicelib.domain.triage.typing import type_text

    stored = Path(model).read_bytes()
    messages = Path(texts).read_text("utf-8").splitlines()
    type_text(messages[0], read_model(stored))
    first = process_time() - began
    rounds = []
    for _ in range(ROUNDS):
        began = process_time()
        for message in messages:
            type_text(message, read_model(stored))
        rounds.append((process_time() - began) / len(messages))
    added = resident_mib() - before
    Path(out).write_text(f"{1000 * min(rounds)} {1000 * first} {added}", "ascii")


if __name__ == "__main__":
    main(*sys.argv[1:])
