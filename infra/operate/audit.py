"""Recompute every case from its events and compare: python -m infra.audit [--shop SHOP] [--stage dev|prod].

An operator's tool: it reads and changes nothing. Local without a stage. Ends with 1 when a case does not agree.
"""

import argparse
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from chalicelib.usecases.ports.cases import StoredCase
from infra.local.cloud import REGION
from infra.local.stack import Stack, find
from infra.progress import bar

SEGMENTS, THREADS = 32, 8
"""In how many parts the cases are read, and how many of them at the same time."""
CLEARED_AFTER = 100
"""After how many cases the cached keys of customers are dropped."""


def audit(shop: str | None) -> int:
    """Audit all cases of a shop, or of all shops, on the table the environment names; how many do not agree."""
    from chalicelib.adapters.aws.clients import client

    for service in ("dynamodb", "kms"):
        client(service)  # made here, so that not each of the threads makes one
    with bar() as progress, ThreadPoolExecutor(THREADS) as pool:
        task = progress.add_task("Auditing cases", total=SEGMENTS)
        faults = Faults(lambda text: progress.console.print(text))

        def audit_part(segment: int) -> None:
            _audit_segment(shop, segment, faults)
            progress.update(task, advance=1, description=f"Auditing cases ({faults.cases:,})")

        list(pool.map(audit_part, range(SEGMENTS)))
    print(f"{faults.cases} cases audited, {faults.wrong} do not agree with their events")
    return faults.wrong


class Faults:
    """What was found so far, by all threads."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.show = show
        self.cases = self.wrong = 0
        self._lock = Lock()

    def add(self, stored: StoredCase, differences: list[str]) -> None:
        """Count a case that was audited, and show its differences."""
        for sentence in differences:
            self.show(f"case {_name(stored)}: {sentence}")
        with self._lock:
            self.cases += 1
            self.wrong += bool(differences)


def _audit_segment(shop: str | None, segment: int, faults: Faults) -> None:
    """Audit a part of the cases, with services of its own: their caches belong to one thread, and are cleared again and
    again, so memory does not grow with the cases."""
    from chalicelib.bootstrap import AwsServices
    from chalicelib.usecases.cases.audit_case import audit_case

    services = AwsServices()
    for number, stored in enumerate(services.cases.everything(shop, segment, SEGMENTS), 1):
        faults.add(stored, audit_case(services, stored))
        if number % CLEARED_AFTER == 0:
            services.begin()


def _name(stored: StoredCase) -> str:
    return f"{stored.case.number} ({stored.case.id})" if stored.case else stored.key


def main(arguments: list[str]) -> int:
    """Point the application at the stack, and audit."""
    parser = argparse.ArgumentParser(prog="python -m infra.audit", description="Compare cases with their events.")
    parser.add_argument("--shop")
    parser.add_argument("--stage", choices=["dev", "prod"])
    options = parser.parse_args(arguments)
    if options.stage is None:
        use_stack(find())
    else:
        use_stage(options.stage)
    return 1 if audit(options.shop) else 0


def use_stage(stage: str) -> None:
    """Let the application in this process work on the stack of a stage."""
    import boto3

    from infra.deploy.change_set import outputs

    os.environ |= {"STAGE": stage, **_variables(outputs(boto3.client("cloudformation"), f"aftercare-{stage}"))}


def use_stack(stack: Stack) -> None:
    """Let the application in this process work on a local stack."""
    os.environ |= {
        "AWS_ENDPOINT_URL": stack.cloud.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "STAGE": "local",
        **_variables(stack.outputs),
    }


def _variables(outputs: dict[str, str]) -> dict[str, str]:
    """The application's environment variables, from a stack's outputs."""
    return {
        "PARAMETERS": "-",
        "CARE_TABLE": outputs["TableName"],
        "KEYS_TABLE": outputs["KeysTableName"],
        "MASTER_KEY": outputs["MasterKeyArn"],
    }
