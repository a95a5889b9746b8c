"""Faults between the functions and the local cloud: microburst is a proxy, which the functions use as AWS's
endpoint."""

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
CONSTANT_FAULTS = [
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
CONSTANT_FAULTS_SECONDS, OUTAGE_SECONDS = 15, 5


@contextmanager
def proxy(upstream: str) -> Iterator[str]:
    """Run the fault proxy in front of the cloud, without faults at first. Gives its address."""
    command = [sys.executable, "-m", "bench.children.proxy", upstream, str(PORT)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{PORT}"
    try:
        _await(url)
        # microburst reads the models of the services with the first rules for them
        for rules in (CONSTANT_FAULTS, *OUTAGES, []):
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
    """Call the control API of the proxy: GET without a body, POST with one. Retried if the proxy is busy."""
    for _ in range(CONTROL_TRIES - 1):
        try:
            return _control(url, what, body)
        except TimeoutError:
            continue
    return _control(url, what, body)


def _control(url: str, what: str, body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url}/_microburst/{what}", data=data, method="GET" if data is None else "POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


@contextmanager
def random_faults(url: str) -> Iterator[None]:
    """Faults of all kinds inside this block, and every few seconds an outage of one service."""
    ended = threading.Event()

    def change() -> None:
        turn = 0
        while not ended.is_set():
            control(url, "rules", CONSTANT_FAULTS)
            if ended.wait(CONSTANT_FAULTS_SECONDS):
                return
            control(url, "rules", OUTAGES[turn % len(OUTAGES)])
            ended.wait(OUTAGE_SECONDS)
            turn += 1

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        control(url, "rules", [])


SPARED = ("Nights", "Evidence")
"""Functions without faults: they use S3, whose signatures cover the host name that the proxy changes."""


@contextmanager
def through(stack: Stack, url: str) -> Iterator[None]:
    """The functions use this address as AWS's endpoint inside this block."""
    variables_by_name = {name: _variables(stack, name) for name in FUNCTIONS if name not in SPARED}
    for name, variables in variables_by_name.items():
        _set_variables(stack, name, {**variables, "AWS_ENDPOINT_URL": url})
    try:
        yield
    finally:
        for name, variables in variables_by_name.items():
            _set_variables(stack, name, variables)


def _function(stack: Stack, name: str) -> str:
    return f"{stack.name}-{'api' if name == 'APIHandler' else name.lower()}"


def _variables(stack: Stack, name: str) -> dict[str, str]:
    configuration = stack.client("lambda").get_function_configuration(FunctionName=_function(stack, name))
    return dict(configuration["Environment"]["Variables"])


def _set_variables(stack: Stack, name: str, variables: dict[str, str]) -> None:
    stack.client("lambda").update_function_configuration(
        FunctionName=_function(stack, name), Environment={"Variables": variables}
    )
