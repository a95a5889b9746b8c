"""Cases written into the local stack by several processes, which do what its functions would."""

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from infra.local.stack import Stack
from infra.progress import bar
from infra.samples.history.bulk import fill
from infra.samples.replay import Delivery

PROCESSES = 2
AT_ONCE = 100
"""The cases that are given to a process at a time."""


def fill_stack(stack: Stack, shop: str, made: list[list[Delivery]]) -> None:
    """Write cases into a shop of the local stack, with a progress bar."""
    parts = [made[start : start + AT_ONCE] for start in range(0, len(made), AT_ONCE)]
    environment = environment_of(stack)
    with bar() as progress, ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        task = progress.add_task("Filling the shop", total=len(made))
        for written in pool.map(_write, [(environment, shop, part) for part in parts]):
            progress.advance(task, written)


def _write(part: tuple[dict[str, str], str, list[list[Delivery]]]) -> int:
    environment, shop, made = part
    os.environ.update(environment)
    from chalicelib.bootstrap import services

    for case in made:
        for _ in fill(services(), shop, case):
            pass
        services().begin()
    return len(made)


def environment_of(stack: Stack) -> dict[str, str]:
    """What the functions of the stack have in their environment, with credentials of the local cloud."""
    configuration = stack.client("lambda").get_function_configuration(FunctionName=f"{stack.name}-intake")
    variables: dict[str, str] = configuration["Environment"]["Variables"]
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    return {**variables, **credentials, "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": stack.cloud.endpoint}
