"""Fill a shop of the local stack with many cases, quickly: python -m infra.samples.history --shop SHOP --cases N
[--open M] [--whole]. For benches; the cases are written by the use cases in processes of this command."""

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context

from infra.command import run_command
from infra.local.stack import Stack, find
from infra.progress import bar
from infra.samples.history.bulk import cases, fill
from infra.samples.replay import Delivery
from infra.samples.sample_day import ZONE

PROCESSES = 2
AT_ONCE = 100
"""The cases that are given to a process at a time."""


def main(arguments: list[str]) -> None:
    """Fill the shop, with a progress bar. SystemExit when there is no such shop."""
    options = _parser().parse_args(arguments)
    stack = find()
    stack.secret(options.shop, "standard")
    made = cases(datetime.now(ZONE), options.cases, options.open, brief=not options.whole)
    for written in fill_stack(stack, options.shop, made):
        del written


def fill_stack(stack: Stack, shop: str, made: list[list[Delivery]]) -> Iterator[int]:
    """Write cases into a shop of the local stack; how many are written so far, again and again."""
    parts = [made[start : start + AT_ONCE] for start in range(0, len(made), AT_ONCE)]
    environment = _environment(stack)
    with bar() as progress, ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        task, done = progress.add_task("Filling the shop", total=len(made)), 0
        for written in pool.map(_write, [(environment, shop, part) for part in parts]):
            done += written
            progress.update(task, completed=done)
            yield done


def _write(part: tuple[dict[str, str], str, list[list[Delivery]]]) -> int:
    environment, shop, made = part
    os.environ.update(environment)
    from chalicelib.bootstrap import services

    for case in made:
        for _ in fill(services(), shop, case):
            pass
        services().begin()
    return len(made)


def _environment(stack: Stack) -> dict[str, str]:
    """What the functions of the stack have in their environment, with credentials of the local cloud."""
    configuration = stack.client("lambda").get_function_configuration(FunctionName=f"{stack.name}-intake")
    variables: dict[str, str] = configuration["Environment"]["Variables"]
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    return {**variables, **credentials, "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": stack.cloud.endpoint}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.samples.history", description="Fill a shop with cases.")
    parser.add_argument("--shop", required=True)
    parser.add_argument("--cases", type=int, required=True)
    parser.add_argument("--open", type=int, default=0, help="how many of them are live and still open")
    parser.add_argument("--whole", action="store_true", help="with every message and answer, not only the end")
    return parser


if __name__ == "__main__":
    run_command(main)
