"""Check 1: signing in and out, and what a browser holds of it."""

import json
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from chalicelib.domain.desk.session import RENEWED_EVERY_MS
from tests.support.desk.browser import Staff, sign_in


class SessionItem:
    """The only session of a member of staff, as it is stored."""

    def __init__(self, staff: Staff, user: str) -> None:
        self.dynamo = staff.world.stack.client("dynamodb")
        self.table = staff.world.stack.outputs["TableName"]
        found = self.dynamo.query(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"STAFF#{user}"}},
        )
        (item,) = found["Items"]
        self.key = {name: item[name] for name in ("pk", "sk")}

    @property
    def renewed_at(self) -> int:
        """When the user pool was last asked who this is."""
        return int(self._session()["renewed_at"])

    @renewed_at.setter
    def renewed_at(self, to: int) -> None:
        self.dynamo.update_item(
            TableName=self.table,
            Key=self.key,
            UpdateExpression="SET #s = :s",
            ExpressionAttributeNames={"#s": "session"},
            ExpressionAttributeValues={":s": {"S": json.dumps(self._session() | {"renewed_at": to})}},
        )

    def _session(self) -> dict[str, Any]:
        item = self.dynamo.get_item(TableName=self.table, Key=self.key)["Item"]
        session: dict[str, Any] = json.loads(item["session"]["S"])
        return session


FIRST, LATER = "First-password-1", "Later-password-2"


def test_one_signs_in_with_a_first_password_and_no_script_or_address_sees_a_token(staff: Staff) -> None:
    stack, shop = staff.world.stack, staff.world.shop
    user = staff.user("agent_new")
    stack.client("cognito-idp").admin_set_user_password(
        UserPoolId=stack.outputs["StaffPoolId"], Username=user, Password=FIRST, Permanent=False
    )
    context = staff.context()
    page = context.new_page()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"{staff.desk}/{shop}/queue")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(FIRST)
    page.get_by_role("button", name="Sign in").click()
    for box in page.locator("input[type=password]").all():
        box.fill(LATER)
    page.locator("button[type=submit], button").first.click()
    page.wait_for_selector("#main")
    assert urlsplit(page.url).path.endswith(f"/desk/{shop}/queue")
    held = page.evaluate("document.cookie + JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})")
    cookie = next(each for each in context.cookies() if each["name"] == "__Host-desk")
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")
    seen = held + json.dumps(addresses)
    assert cookie["value"] not in seen
    assert "eyJ" not in seen, "a token of the pool"
    assert "desk" not in page.evaluate("document.cookie")
    context.close()


def test_who_works_longer_than_a_quarter_of_an_hour_goes_on_where_they_are(staff: Staff) -> None:
    user = staff.user("agent_long")
    context = staff.context()
    page = context.new_page()
    sign_in(page, f"{staff.desk}/{staff.world.shop}/queue", user)
    item = SessionItem(staff, user)
    before = item.renewed_at
    item.renewed_at = before - RENEWED_EVERY_MS
    answer = page.reload()
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    assert item.renewed_at >= before
    context.close()


def test_signing_out_ends_all_sessions_of_that_person_and_of_no_other(staff: Staff) -> None:
    user = staff.user("agent_out")
    contexts = [staff.context(), staff.context()]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        sign_in(page, f"{staff.desk}/{staff.world.shop}/queue", user)
    pages[0].locator(".me summary").click()
    pages[0].get_by_role("button", name="Sign out everywhere").click()
    expect(pages[0].get_by_text("You are signed out")).to_be_visible()
    for page in pages:
        page.goto(f"{staff.desk}/{staff.world.shop}/queue")
        expect(page.get_by_label("Username")).to_be_visible()
    with staff.at_desk("agent") as other:
        assert other.open("queue") == 200
    for context in contexts:
        context.close()


def test_a_form_from_elsewhere_is_refused_and_another_shops_case_is_not_there(staff: Staff) -> None:
    from tests.support.cloud.world import World

    case, other = staff.world.ask("origin"), World.new(staff.world.stack)
    strange = other.ask("strange")
    with staff.at_desk("agent") as lin:
        lin.open_case(case)
        token = lin.page.locator("[name=form_token]").first.input_value()
        sent = lin.page.context.request.post(
            lin.address(f"cases/{case}/note"),
            form={"form_token": token, "body": "from elsewhere"},
            headers={"Origin": "https://evil.example"},
        )
        assert sent.status == 403
        assert "from elsewhere" not in json.dumps(staff.world.events(case))
        assert lin.open(f"cases/{strange}") == 404
        answer = lin.page.goto(f"{staff.desk}/{other.shop}/cases/{strange}")
        assert answer is not None
        assert answer.status == 404
