"""A stack in an AWS account, for the commands that take a stage."""

from pathlib import Path
from typing import Any

from infra.deploy import change_set
from infra.local.cloud import Cloud
from infra.local.stack import Stack


class DeployedStack(Stack):
    """A stack in an AWS account, reached with the credentials of the environment."""

    @property
    def api(self) -> str:
        """The API's base URL."""
        return self.outputs["EndpointURL"].rstrip("/")

    def client(self, service: str) -> Any:
        """A client of one of AWS's services."""
        import boto3

        return boto3.client(service)


def deployed(stage: str) -> DeployedStack:
    """The stack of a stage in the account of the environment's credentials."""
    import boto3

    name = f"aftercare-{stage}"
    no_cloud = Cloud(port=0, pid=0, folder=Path())
    return DeployedStack(no_cloud, change_set.outputs(boto3.client("cloudformation"), name), name)
