"""Move a queue's dead letters back to it: python -m infra.redrive QUEUE [--stage dev|prod]. Local without a stage."""

import argparse
from typing import Any

import yaml

from infra.local.stack import NAME, find
from infra.paths import RESOURCES

BATCH, EMPTY_LOOKS = 10, 3


def redrive(sqs: Any, dead_letters: str, queue: str) -> int:
    """Send each dead letter to its queue, then delete it. A crash between the two leaves it in both queues, and its
    function handles it twice without harm. How many were moved; both queues are URLs."""
    moved, empty = 0, 0
    while empty < EMPTY_LOOKS:
        batch = sqs.receive_message(QueueUrl=dead_letters, MaxNumberOfMessages=BATCH, VisibilityTimeout=60)
        messages = batch.get("Messages", [])
        empty = 0 if messages else empty + 1
        for message in messages:
            sqs.send_message(QueueUrl=queue, MessageBody=message["Body"])
            sqs.delete_message(QueueUrl=dead_letters, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def _url(cloudformation: Any, stack: str, logical_id: str) -> str:
    resource = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


def main(arguments: list[str]) -> None:
    """Move them, and say how many."""
    queues = list(yaml.safe_load((RESOURCES / "queues.yaml").read_text("utf-8"))["Queues"])
    parser = argparse.ArgumentParser(prog="python -m infra.redrive", description="Move dead letters back.")
    parser.add_argument("queue", choices=queues)
    parser.add_argument("--stage", choices=["dev", "prod"])
    options = parser.parse_args(arguments)
    if options.stage:
        import boto3

        make_client, stack = boto3.client, f"aftercare-{options.stage}"
    else:
        make_client, stack = find().client, NAME
    cloudformation = make_client("cloudformation")
    dead_letters, queue = (_url(cloudformation, stack, options.queue + kind) for kind in ("DeadLetters", "Queue"))
    print(f"{options.queue}: {redrive(make_client('sqs'), dead_letters, queue)} dead letters moved back")
