"""Whether any bytes are a mail that can be read: mutations of the corpus, by a seed that can be told again.

    python -m bench.fuzz_mail [--inputs 100000] [--seed 1] [--slowest 2.0]

Prints what broke, with the seed that makes it again, and the slowest. The exit code is 1 where something did.
"""

import argparse
import time

from infra.command import run_command
from tests.support.emails.samples.mutations import broken


def main(arguments: list[str]) -> int:
    """Read as many as asked for, and tell."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--inputs", type=int, default=100_000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--slowest", type=float, default=2.0, help="seconds of CPU")
    told = ask.parse_args(arguments)
    faults, longest, began = 0, (0.0, 0), time.monotonic()
    seeds = iter(range(told.seed, told.seed + told.inputs))
    for count, (seed, wrong, took) in enumerate(broken(seeds, told.slowest), 1):
        longest = max(longest, (took, seed))
        if wrong:
            faults += 1
            print(f"\nseed {seed}: {wrong}")
        if count % 500 == 0 or count == told.inputs:
            done = count * 30 // told.inputs
            print(
                f"\r[{'#' * done}{'.' * (30 - done)}] {count:,} of {told.inputs:,}, {faults} faults", end="", flush=True
            )
    print(
        f"\n{told.inputs:,} mails in {time.monotonic() - began:.0f} s; {faults} faults; "
        f"slowest {longest[0]:.2f} s (seed {longest[1]})"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    run_command(main)
