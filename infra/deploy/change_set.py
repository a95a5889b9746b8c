"""Send a package through a CloudFormation change set, to AWS or to the local cloud."""

import hashlib
import json
import time
from pathlib import Path
from typing import Any

CODE = ("CodeUri", "ContentUri")
DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
NOTHING_NEW = ("didn't contain changes", "No updates are to be performed")


class DeployFailed(SystemExit):
    """The stack did not come to be as asked; the message names the resources and their reasons."""


def deploy(folder: Path, stack: str, make_client: Any, parameters: dict[str, str]) -> dict[str, str]:
    """Upload the package, create a change set, execute it, wait. The stack's outputs."""
    bucket = _artefacts(make_client("s3"), make_client("sts"), make_client("cloudformation").meta.region_name, stack)
    template = _uploaded(make_client("s3"), bucket, folder)
    cloudformation = make_client("cloudformation")
    known = _status(cloudformation, stack)
    kind = "CREATE" if known in (None, "REVIEW_IN_PROGRESS") else "UPDATE"
    kept = _parameters(cloudformation, stack) - parameters.keys() if kind == "UPDATE" else set[str]()
    name = f"deploy-{int(time.time())}"
    cloudformation.create_change_set(
        StackName=stack, ChangeSetName=name, ChangeSetType=kind, TemplateURL=template,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            *({"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()),
            *({"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept)),
        ],
        Tags=[{"Key": "application", "Value": "aftercare"}],
    )  # fmt: skip
    if _planned(cloudformation, stack, name):
        cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
        _finished(cloudformation, stack)
    return outputs(cloudformation, stack)


def _parameters(cloudformation: Any, stack: str) -> set[str]:
    """What the stack was told before; what is not told anew stays."""
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Parameters", [])
    return {one["ParameterKey"] for one in found}


def outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    """The outputs of a stack."""
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    return {one["OutputKey"]: one["OutputValue"] for one in found}


def _artefacts(s3: Any, sts: Any, region: str, stack: str) -> str:
    bucket = f"{stack}-artefacts-{sts.get_caller_identity()['Account']}-{region}"
    try:
        s3.head_bucket(Bucket=bucket)
    except s3.exceptions.ClientError:
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **where)
    return bucket


def _uploaded(s3: Any, bucket: str, folder: Path) -> str:
    """Upload code by its content's digest and the template that points to it; the template's URL."""
    template = json.loads((folder / "template.json").read_text("utf-8"))
    sent: dict[str, str] = {}
    for resource in template["Resources"].values():
        for name in CODE:
            local = resource.get("Properties", {}).get(name)
            if isinstance(local, str) and local.startswith("./"):
                sent[local] = sent.get(local) or _upload(s3, bucket, folder / local)
                resource["Properties"][name] = sent[local]
    body = json.dumps(template).encode()
    key = f"templates/{hashlib.sha256(body).hexdigest()[:32]}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"{s3.meta.endpoint_url}/{bucket}/{key}"


def _upload(s3: Any, bucket: str, path: Path) -> str:
    body = path.read_bytes()
    key = f"code/{hashlib.sha256(body).hexdigest()[:32]}.zip"
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return f"s3://{bucket}/{key}"


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except cloudformation.exceptions.ClientError:
        return None


def _planned(cloudformation: Any, stack: str, name: str) -> bool:
    """Wait for the change set; whether there is anything to change."""
    while True:
        told = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if told["Status"] == "CREATE_COMPLETE":
            return True
        if told["Status"] == "FAILED":
            reason = told.get("StatusReason", "no reason given")
            if any(words in reason for words in NOTHING_NEW):
                return False
            raise DeployFailed(f"The change set of {stack} failed: {reason}")
        time.sleep(0.2)


def _finished(cloudformation: Any, stack: str) -> None:
    while True:
        status = _status(cloudformation, stack) or ""
        if status in DONE:
            return
        if status.endswith(("FAILED", "ROLLBACK_COMPLETE")):
            raise DeployFailed(f"{stack} is {status}:\n{_reasons(cloudformation, stack)}")
        time.sleep(0.2)


def _reasons(cloudformation: Any, stack: str) -> str:
    happened = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [one for one in happened if one["ResourceStatus"].endswith("FAILED")]
    return "\n".join(f"  {one['LogicalResourceId']}: {one.get('ResourceStatusReason', '')}" for one in failed[:10])
