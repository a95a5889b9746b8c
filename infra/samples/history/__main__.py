"""Fill a shop of the local stack with many cases, quickly: python -m infra.samples.history --shop SHOP --cases N
[--open M] [--whole]. For benches; the cases are written by the use cases in processes of this command."""

import argparse
from datetime import datetime

from infra.command import run_command
from infra.local.stack import find
from infra.samples.history.bulk import cases
from infra.samples.history.filling import fill_stack
from infra.samples.sample_day import ZONE


def main(arguments: list[str]) -> None:
    """Fill the shop, with a progress bar. SystemExit when there is no such shop."""
    options = _parser().parse_args(arguments)
    stack = find()
    stack.secret(options.shop, "standard")
    made = cases(datetime.now(ZONE), options.cases, options.open, brief=not options.whole)
    fill_stack(stack, options.shop, made)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.samples.history", description="Fill a shop with cases.")
    parser.add_argument("--shop", required=True)
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--open", type=int, default=0, help="how many of them are live and still open")
    parser.add_argument("--whole", action="store_true", help="with every message and answer, not only the end")
    return parser


if __name__ == "__main__":
    run_command(main)
