"""The user pool that staff log in with."""

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.transport.errors import ServiceError


class CognitoGroups:
    """The groups of a Cognito user pool."""

    def __init__(self, pool: str) -> None:
        self.pool = pool

    def ensure_group(self, name: str) -> None:
        """Create a group, so that an operator can add people to it; nothing happens when it exists."""
        try:
            client("cognito-idp").create_group(UserPoolId=self.pool, GroupName=name)
        except ServiceError as error:
            if error.code != "GroupExistsException":
                raise
