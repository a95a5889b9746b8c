"""Send a package through a CloudFormation change set, to AWS or to the local cloud."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

CODE_PROPERTIES = ("CodeUri", "ContentUri")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
SHOWN_EVENTS = 10


class DeployFailed(SystemExit):
    """The stack could not be deployed; the message names the resources and their reasons."""


def deploy(folder: Path, stack: str, make_client: Any, parameters: dict[str, str]) -> dict[str, str]:
    """Upload the package, create a change set, execute it, wait. The stack's outputs."""
    s3, cloudformation = make_client("s3"), make_client("cloudformation")
    bucket = _ensure_bucket(s3, make_client("sts"), cloudformation.meta.region_name, stack)
    template_url = _upload_package(s3, bucket, folder)
    name = f"deploy-{int(time.time())}"
    _create_change_set(cloudformation, stack, name, template_url, parameters)
    if _has_changes(cloudformation, stack, name):
        cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
        _wait_until_complete(cloudformation, stack)
    return outputs(cloudformation, stack)


def _create_change_set(
    cloudformation: Any, stack: str, name: str, template_url: str, parameters: dict[str, str]
) -> None:
    """Parameters of an existing stack that are not given keep their values."""
    is_new = _status(cloudformation, stack) in (None, "REVIEW_IN_PROGRESS")
    previous = set[str]() if is_new else _parameters(cloudformation, stack) - parameters.keys()
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType="CREATE" if is_new else "UPDATE",
        TemplateURL=template_url,
        Capabilities=CAPABILITIES,
        Parameters=[
            *({"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()),
            *({"ParameterKey": key, "UsePreviousValue": True} for key in sorted(previous)),
        ],
        Tags=[{"Key": "application", "Value": "aftercare"}],
    )


def _parameters(cloudformation: Any, stack: str) -> set[str]:
    """The names of the parameters that the stack has values of."""
    parameters = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Parameters", [])
    return {parameter["ParameterKey"] for parameter in parameters}


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    """The outputs of a stack."""
    listed = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in listed}


def _ensure_bucket(s3: Any, sts: Any, region: str, stack: str) -> str:
    """The bucket that packages of the stack are uploaded to, created when it is missing."""
    bucket = f"{stack}-artefacts-{sts.get_caller_identity()['Account']}-{region}"
    try:
        s3.head_bucket(Bucket=bucket)
    except s3.exceptions.ClientError:
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **place)
    return bucket


def _upload_package(s3: Any, bucket: str, folder: Path) -> str:
    """Upload code under its digest, and the template that points to it; the template's URL."""
    template = json.loads((folder / "template.json").read_text("utf-8"))
    uploaded: dict[str, str] = {}
    for resource in template["Resources"].values():
        for name in CODE_PROPERTIES:
            local = resource.get("Properties", {}).get(name)
            if isinstance(local, str) and local.startswith("./"):
                uploaded[local] = uploaded.get(local) or _upload(s3, bucket, folder / local)
                resource["Properties"][name] = uploaded[local]
    body = json.dumps(template).encode()
    key = f"templates/{_digest(body)}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def _upload(s3: Any, bucket: str, path: Path) -> str:
    body = path.read_bytes()
    key = f"code/{_digest(body)}.zip"
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"s3://{bucket}/{key}"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except cloudformation.exceptions.ClientError:
        return None


def _has_changes(cloudformation: Any, stack: str, name: str) -> bool:
    """Wait for the change set; whether there is anything to change."""
    while True:
        change_set = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if change_set["Status"] == "CREATE_COMPLETE":
            return True
        if change_set["Status"] == "FAILED":
            reason = change_set.get("StatusReason", "no reason given")
            if any(words in reason for words in NO_CHANGES):
                return False
            raise DeployFailed(f"The change set of {stack} failed: {reason}")
        time.sleep(0.2)


def _wait_until_complete(cloudformation: Any, stack: str) -> None:
    while True:
        status = _status(cloudformation, stack) or ""
        if status in COMPLETE:
            return
        if status.endswith(("FAILED", "ROLLBACK_COMPLETE")):
            raise DeployFailed(f"{stack} is {status}:\n{_reasons(cloudformation, stack)}")
        time.sleep(0.2)


def _reasons(cloudformation: Any, stack: str) -> str:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")][:SHOWN_EVENTS]
    return "\n".join(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)
