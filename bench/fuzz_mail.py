"""Whether the parser reads any bytes as an email: random mutations of the sample emails, reproducible by their seed.

    python -m bench.fuzz_mail [--inputs 100000] [--seed 1] [--slowest 2.0]

Prints each failure with its seed, and the slowest email. The exit code is 1 if there was a failure.
"""

import argparse
import time

from infra.command import run_command
from tests.support.emails.samples.mutations import broken


def main(arguments: list[str]) -> int:
    """Parse the mutations and print the failures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slowest", type=float, default=2.0, help="seconds of CPU")
    options = parser.parse_args(arguments)
    faults, longest = 0, (0.0, 0)
    began = time.monotonic()
    seeds = iter(range(options.seed, options.seed + options.inputs))
    for count, (seed, wrong, took) in enumerate(broken(seeds, options.slowest), 1):
        longest = max(longest, (took, seed))
        if wrong:
            faults += 1
            print(f"\nseed {seed}: {wrong}")
        if count % 500 == 0 or count == options.inputs:
            done = count * 30 // options.inputs
            print(
                f"\r[{'#' * done}{'.' * (30 - done)}] {count:,} of {options.inputs:,}, {faults} faults",
                end="",
                flush=True,
            )
    print(
        f"\n{options.inputs:,} emails in {time.monotonic() - began:.0f} s; {faults} faults; "
        f"slowest {longest[0]:.2f} s (seed {longest[1]})"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    run_command(main)
