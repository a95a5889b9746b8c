"""The pool staff log in with."""

from chalicelib.adapters.aws.clients import client


class CognitoGroups:
    """One Cognito user pool."""

    def __init__(self, pool: str) -> None:
        self.pool = pool

    def ensure_group(self, name: str) -> None:
        """Make a group, so that an operator can put people into it; it may exist."""
        cognito = client("cognito-idp")
        try:
            cognito.create_group(UserPoolId=self.pool, GroupName=name)
        except cognito.exceptions.GroupExistsException:
            return
