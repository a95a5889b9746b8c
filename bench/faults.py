"""Faults between the functions and the cloud: microburst as a proxy that the functions are told is AWS."""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.deploy.template.components import FUNCTIONS
from infra.local.stack import Stack

PORT, CONTROL_TRIES = 4801, 6
Rule = dict[str, Any]


def _fault(service: str, probability: float, **what: Any) -> Rule:
    return {"service": service, "probability": probability, **what}


CONFLICT = {
    "code": "TransactionCanceledException",
    "status": 400,
    "fields": {"CancellationReasons": [{"Code": "TransactionConflict", "Message": "Transaction is ongoing"}]},
}
DRIZZLE = [
    _fault("dynamodb", 0.08, operation="TransactWriteItems", error=CONFLICT),
    _fault("dynamodb", 0.03, operation="TransactWriteItems", response={"abort_frac": 0.3}),
    _fault("dynamodb", 0.02, operation="PutItem", response={"abort_frac": 0.3}),
    _fault("dynamodb", 0.02, operation="UpdateItem", response={"abort_frac": 0.3}),
    _fault("dynamodb", 0.06, error={"code": "ProvisionedThroughputExceededException"}),
    _fault("dynamodb", 0.03, error={"code": "InternalServerError", "status": 500}),
    _fault("sqs", 0.05, error={"code": "ServiceUnavailable", "status": 503}),
    _fault("sqs", 0.03, response={"abort_frac": 0.3}),
    _fault("ses", 0.08, error={"code": "TooManyRequestsException", "status": 429}),
    _fault("ses", 0.04, error={"code": "InternalFailure", "status": 500}),
    _fault("ses", 0.03, response={"abort_frac": 0.3}),
    *(_fault(service, 0.01, reset=True) for service in ("dynamodb", "sqs", "ses")),
    *(_fault(service, 0.005, timeout_ms=1500) for service in ("dynamodb", "sqs", "ses")),
]
OUTAGES = [
    [_fault(service, 1.0, error={"code": "InternalServerError", "status": 500})] for service in ("dynamodb", "sqs")
]
DRIZZLE_SECONDS, OUTAGE_SECONDS = 15, 5


@contextmanager
def proxy(upstream: str) -> Iterator[str]:
    """The fault proxy before the cloud, without faults as yet; its address."""
    command = [sys.executable, "-m", "bench.children.proxy", upstream, str(PORT)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{PORT}"
    try:
        _await(url)
        for rules in (DRIZZLE, *OUTAGES, []):  # it reads the models of the services when it first hears of them
            control(url, "rules", rules)
        yield url
    finally:
        child.terminate()
        child.wait()


def _await(url: str) -> None:
    for _ in range(100):
        try:
            control(url, "health")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("microburst did not start")


def control(url: str, what: str, body: Any = None) -> Any:
    """Ask or tell the proxy's control API; a busy proxy is asked again."""
    for _ in range(CONTROL_TRIES - 1):
        try:
            return _control(url, what, body)
        except TimeoutError:
            continue
    return _control(url, what, body)


def _control(url: str, what: str, body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"{url}/_microburst/{what}", data=data, method="GET" if data is None else "POST")
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)


@contextmanager
def weather(url: str) -> Iterator[None]:
    """Faults of all kinds, and every few seconds a service that is gone; clear again at the end."""
    over = threading.Event()

    def change() -> None:
        place = 0
        while not over.is_set():
            control(url, "rules", DRIZZLE)
            if over.wait(DRIZZLE_SECONDS):
                return
            control(url, "rules", OUTAGES[place % len(OUTAGES)])
            over.wait(OUTAGE_SECONDS)
            place += 1

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        control(url, "rules", [])


SPARED = ("Nights", "Evidence")
"""They work with S3, whose signatures name the host that the faults' proxy changes."""


@contextmanager
def through(stack: Stack, url: str) -> Iterator[None]:
    """The functions reach AWS by this address."""
    told = {name: _variables(stack, name) for name in FUNCTIONS if name not in SPARED}
    for name, variables in told.items():
        _tell(stack, name, {**variables, "AWS_ENDPOINT_URL": url})
    try:
        yield
    finally:
        for name, variables in told.items():
            _tell(stack, name, variables)


def _function(stack: Stack, name: str) -> str:
    return f"{stack.name}-{'api' if name == 'APIHandler' else name.lower()}"


def _variables(stack: Stack, name: str) -> dict[str, str]:
    told = stack.client("lambda").get_function_configuration(FunctionName=_function(stack, name))
    return dict(told["Environment"]["Variables"])


def _tell(stack: Stack, name: str, variables: dict[str, str]) -> None:
    stack.client("lambda").update_function_configuration(
        FunctionName=_function(stack, name), Environment={"Variables": variables}
    )
