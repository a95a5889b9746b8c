"""Bring the local stack up: start the cloud, package the application, deploy it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from infra.deploy import gateway_responses
from infra.deploy.change_set import deploy
from infra.deploy.package import package
from infra.local import cloud
from infra.local.stack import INBOUND, NAME, Stack
from infra.paths import LOCAL
from infra.progress import console

T = TypeVar("T")


def up(folder: Path = LOCAL) -> Stack:
    """The local cloud with the packaged stack in it, both brought up to date."""
    place = _step("Starting the local cloud", lambda: cloud.start(folder))
    built = _step("Packaging", lambda: package("local"))
    told = _step(
        "Deploying",
        lambda: deploy(
            built,
            NAME,
            lambda service: cloud.client(place, service),
            {"Stage": "local", "LocalEndpoint": place.endpoint, "InboundDomain": INBOUND},
        ),
    )
    gateway_responses.teach(cloud.client(place, "apigateway"), told["RestAPIId"])
    return Stack(place, told)


def _step(title: str, do: Callable[[], T]) -> T:
    began = time.monotonic()
    with console.status(title):
        done = do()
    console.print(f"{title:<34} [green]done[/green] in {time.monotonic() - began:.1f} s")
    return done
