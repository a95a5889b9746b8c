"""The user pool that staff sign in with, as its administrator sees it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.domain.desk.users import User, UserState
from chalicelib.domain.kernel.errors import Conflict, NotFound, invalid
from chalicelib.usecases.ports.cases import RetryLater

PAGE = 60
MOST_PAGES = 10
STATES: dict[str, UserState] = {
    "FORCE_CHANGE_PASSWORD": "invited",
    "RESET_REQUIRED": "reset",
}
"""The pool's states of users who are not simply active."""


class CognitoStaff:
    """The `StaffPool` port on Amazon Cognito."""

    def __init__(self, pool: str) -> None:
        self.pool = pool

    def ensure_group(self, name: str) -> None:
        """Create a group; nothing happens when it exists."""
        try:
            client("cognito-idp").create_group(UserPoolId=self.pool, GroupName=name)
        except ServiceError as error:
            if error.code != "GroupExistsException":
                raise

    def members(self, group: str) -> tuple[list[User], bool]:
        """The users in a group, without their groups, and whether that is all of them."""
        users: list[User] = []
        following: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            try:
                answer = client("cognito-idp").list_users_in_group(
                    UserPoolId=self.pool, GroupName=group, Limit=PAGE, **following
                )
            except ServiceError as error:
                if error.code == "ResourceNotFoundException":
                    return [], True  # nobody was ever put into it
                raise
            users += [_user(each, each.get("Attributes", [])) for each in answer.get("Users", [])]
            if not answer.get("NextToken"):
                return users, True
            following = {"NextToken": answer["NextToken"]}
        return users, False

    def load(self, user: str) -> User | None:
        """A user with their groups; None when there is none."""
        try:
            answer = client("cognito-idp").admin_get_user(UserPoolId=self.pool, Username=user)
        except ServiceError as error:
            if error.code in ("UserNotFoundException", "InvalidParameterException"):
                return None
            raise
        return _user(answer, answer.get("UserAttributes", []), self._groups(user))

    def _groups(self, user: str) -> frozenset[str]:
        """All groups of a user: a pool lets a user have a hundred."""
        groups: set[str] = set()
        following: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            answer = client("cognito-idp").admin_list_groups_for_user(
                UserPoolId=self.pool, Username=user, Limit=PAGE, **following
            )
            groups |= {group["GroupName"] for group in answer.get("Groups", [])}
            if not answer.get("NextToken"):
                break
            following = {"NextToken": answer["NextToken"]}
        return frozenset(groups)

    def invite(self, user: str, email: str) -> bool:
        """Create a user, who gets an email with a first password; whether the email could be sent: the pool has created
        the user also when it says that the code could not be delivered. Conflict when there is one of that name."""
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        return self._send_invitation(user, UserAttributes=attributes)

    def invite_again(self, user: str) -> bool:
        """Send an invited user a new first password; whether it could be sent. Conflict when they have set one."""
        return self._send_invitation(user, MessageAction="RESEND")

    def _send_invitation(self, user: str, **more: Any) -> bool:
        try:
            with _in_words():
                client("cognito-idp").admin_create_user(
                    UserPoolId=self.pool, Username=user, DesiredDeliveryMediums=["EMAIL"], **more
                )
        except ServiceError as error:
            if error.code != "CodeDeliveryFailureException":
                raise
            return False
        return True

    def set_groups(self, user: str, before: frozenset[str], after: frozenset[str]) -> None:
        """Put a user into groups and take them out of others. Those to be left are left first."""
        with _in_words():
            for group in sorted(before - after):
                client("cognito-idp").admin_remove_user_from_group(UserPoolId=self.pool, Username=user, GroupName=group)
            for group in sorted(after - before):
                self.ensure_group(group)
                client("cognito-idp").admin_add_user_to_group(UserPoolId=self.pool, Username=user, GroupName=group)

    def set_enabled(self, user: str, is_enabled: bool) -> None:
        """Let a user sign in, or no longer."""
        with _in_words():
            if is_enabled:
                client("cognito-idp").admin_enable_user(UserPoolId=self.pool, Username=user)
            else:
                client("cognito-idp").admin_disable_user(UserPoolId=self.pool, Username=user)

    def sign_out(self, user: str) -> None:
        """Have the pool no longer accept any refresh token of a user."""
        with _in_words():
            client("cognito-idp").admin_user_global_sign_out(UserPoolId=self.pool, Username=user)


class PoolBusy(RetryLater):
    """The user pool takes no more requests at this moment."""


@contextmanager
def _in_words() -> Iterator[None]:
    """The pool's refusals as errors of ours."""
    try:
        yield
    except ServiceError as error:
        refused = _refusal(error)
        if refused is None:
            raise
        raise refused from error


def _refusal(error: ServiceError) -> Exception | None:
    """What a refusal says to whoever manages users; None for one that is no matter of theirs."""
    said = str(error.answer.get("message") or error.code)
    if error.code in ("TooManyRequestsException", "ThrottlingException"):
        return PoolBusy(said)
    if error.code == "UserNotFoundException":
        return NotFound("This user is not there any more.")
    if error.code in ("UsernameExistsException", "UnsupportedUserStateException"):
        return Conflict(said)
    field = {"InvalidParameterException": "user", "LimitExceededException": "email"}.get(error.code)
    return invalid(field, f"was refused by the user pool: {said}") if field else None


def _user(answer: dict[str, Any], attributes: list[dict[str, str]], groups: frozenset[str] = frozenset()) -> User:
    values = {each["Name"]: each.get("Value", "") for each in attributes}
    state: UserState = STATES.get(answer.get("UserStatus", ""), "active")
    return User(
        name=answer["Username"],
        email=values.get("email", ""),
        state=state if answer.get("Enabled", True) else "disabled",
        groups=groups,
    )
