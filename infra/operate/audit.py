"""Recompute every case from its events and compare: python -m infra.audit [--shop SHOP] [--stage dev|prod].

An operator's tool: it reads and changes nothing. Local without a stage. Ends with 1 when a case does not agree.
"""

import argparse
import os
from collections.abc import Iterable

from chalicelib.usecases.ports.cases import StoredCase
from infra.local.cloud import REGION
from infra.local.stack import Stack, find
from infra.progress import bar


def audit(shop: str | None) -> int:
    """Audit all cases of a shop, or of all shops, on the table the environment names; how many do not agree."""
    from chalicelib.bootstrap import services
    from chalicelib.usecases.cases.audit_case import audit_case

    wrong = 0
    with bar() as progress:
        task = progress.add_task("Auditing cases", total=None)
        for stored in _of_shop(services().cases.everything(), shop):
            differences = audit_case(services(), stored)
            for sentence in differences:
                progress.console.print(f"case {_name(stored)}: {sentence}")
            wrong += bool(differences)
            progress.advance(task)
        count = int(progress.tasks[0].completed)
        progress.update(task, total=max(count, 1))
    print(f"{count} cases audited, {wrong} do not agree with their events")
    return wrong


def _name(stored: StoredCase) -> str:
    return f"{stored.case.number} ({stored.case.id})" if stored.case else stored.key


def _of_shop(cases: Iterable[StoredCase], shop: str | None) -> Iterable[StoredCase]:
    return (stored for stored in cases if stored.case is not None and shop in (None, stored.case.shop))


def main(arguments: list[str]) -> int:
    """Point the application at the stack, and audit."""
    parser = argparse.ArgumentParser(prog="python -m infra.audit", description="Compare cases with their events.")
    parser.add_argument("--shop")
    parser.add_argument("--stage", choices=["dev", "prod"])
    options = parser.parse_args(arguments)
    if options.stage is None:
        use_stack(find())
    else:
        _use_stage(options.stage)
    return 1 if audit(options.shop) else 0


def _use_stage(stage: str) -> None:
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
