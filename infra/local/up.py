"""Bring the local stack up: start the cloud, package the application, deploy it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from infra.deploy.change_set import deploy
from infra.deploy.package import package
from infra.deploy.template import gateway_responses
from infra.local import cloud
from infra.local.cloud import Cloud
from infra.local.stack import INBOUND_DOMAIN, NAME, Stack
from infra.paths import LOCAL
from infra.progress import console

T = TypeVar("T")


def up(folder: Path = LOCAL) -> Stack:
    """The local cloud with the packaged stack in it, both brought up to date."""
    started = _step("Starting the local cloud", lambda: cloud.start(folder))
    packaged = _step("Packaging", lambda: package("local"))
    return Stack(started, _step("Deploying", lambda: _deploy(packaged, started)))


def _deploy(packaged: Path, place: Cloud) -> dict[str, str]:
    """Deploy the package to the local cloud; the stack's outputs."""
    parameters = {"Stage": "local", "LocalEndpoint": place.endpoint, "InboundDomain": INBOUND_DOMAIN}
    outputs = deploy(packaged, NAME, lambda service: cloud.client(place, service), parameters)
    gateway_responses.put_responses(cloud.client(place, "apigateway"), outputs["RestAPIId"])
    return outputs


def _step(title: str, work: Callable[[], T]) -> T:
    started = time.monotonic()
    with console.status(title):
        result = work()
    console.print(f"{title:<34} [green]done[/green] in {time.monotonic() - started:.1f} s")
    return result
