"""Move a queue's dead letters back to it: python -m infra.redrive QUEUE [--stage dev|prod]. Local without a stage."""

import argparse
from typing import Any

import yaml

from infra.local.stack import NAME, find
from infra.paths import RESOURCES

BATCH, EMPTY_LOOKS = 10, 3


def redrive(sqs: Any, letters: str, queue: str) -> int:
    """Send each dead letter to its queue, then delete it. A crash between the two doubles one; consumers bear that."""
    moved, empty = 0, 0
    while empty < EMPTY_LOOKS:
        found = sqs.receive_message(QueueUrl=letters, MaxNumberOfMessages=BATCH, VisibilityTimeout=60)
        messages = found.get("Messages", [])
        empty = 0 if messages else empty + 1
        for message in messages:
            sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=letters, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def _url(cloudformation: Any, stack: str, logical: str) -> str:
    found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical)
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def main(arguments: list[str]) -> None:
    """Move them, and say how many."""
    names = list(yaml.safe_load((RESOURCES / "queues.yaml").read_text("utf-8"))["Queues"])
    parser = argparse.ArgumentParser(prog="python -m infra.redrive", description="Move dead letters back.")
    parser.add_argument("queue", choices=names)
    parser.add_argument("--stage", choices=["dev", "prod"])
    asked = parser.parse_args(arguments)
    if asked.stage:
        import boto3

        make, stack = boto3.client, f"aftercare-{asked.stage}"
    else:
        make, stack = find().client, NAME
    letters, queue = (_url(make("cloudformation"), stack, asked.queue + kind) for kind in ("DeadLetters", "Queue"))
    print(f"{asked.queue}: {redrive(make('sqs'), letters, queue)} dead letters moved back")
