"""Users at the desk: admins invite people, give them roles and take them away."""

from collections.abc import Callable

import pytest

from chalicelib.adapters.aws.clients import client
from chalicelib.adapters.aws.transport.errors import ServiceError
from chalicelib.adapters.desk.session_table import SessionTable
from chalicelib.bootstrap import AwsServices
from chalicelib.bootstrap import services as made_services
from chalicelib.domain.desk.users import User
from chalicelib.domain.shops.setting_changes import SettingChange
from chalicelib.usecases.shops.record_change import list_changes
from tests.support.desk.visitor import Visitor

PAGE = "demo/settings/users"
FORM = {"user": "mei", "email": "mei@example.com", "role": "agent"}
HOSTILE = '"><b id=mark>'


def admin(language: str = "en") -> Visitor:
    return Visitor.signed_in("lin", ("admin",), language=language)


def user(name: str) -> User:
    found = made_services().staff.load(name)
    assert found is not None
    return found


def recorded(desk: AwsServices) -> list[SettingChange]:
    return list_changes(desk, "demo", "users", 20, None).items


def test_somebody_is_invited_with_a_role_and_told_where_to_sign_in(desk: AwsServices) -> None:
    answer = admin().post(f"{PAGE}/invite", FORM)
    assert answer.status == 303
    assert (set(user("mei").groups), user("mei").state) == ({"agent", "shop:demo"}, "invited")
    page = admin().get(f"{PAGE}/edit", user="mei", sent="invited")
    assert "/desk/demo/queue" in page.text
    assert "Send the invitation again" in page.text
    listed = admin("zh").get(PAGE).text
    assert all(words in listed for words in ("mei@example.com", "客服", "已邀请，尚未设置密码", "不分配服务单"))


def test_the_change_is_recorded_without_the_address(desk: AwsServices) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    (change,) = recorded(desk)
    assert (change.name, change.by) == ("mei", "lin")
    assert {field.field: field.after for field in change.fields} == {
        "role": "agent",
        "shops": "demo",
        "state": "invited",
    }


@pytest.mark.parametrize(
    ("field", "value"), [("user", "m e i"), ("user", HOSTILE), ("email", "nowhere"), ("role", "king")]
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(desk: AwsServices, field: str, value: str) -> None:
    answer = admin().post(f"{PAGE}/invite", {**FORM, field: value})
    assert answer.status == 422
    assert f"<code>{field}</code>" in answer.text
    assert 'value="mei@example.com"' in answer.text or field == "email"
    assert HOSTILE not in answer.text
    assert made_services().staff.load("mei") is None


def test_a_name_that_is_taken_is_said_in_words(desk: AwsServices) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    answer = admin("zh").post(f"{PAGE}/invite", {**FORM, "role": "admin"})
    assert (answer.status, "已有同名用户" in answer.text) == (422, True)
    assert "settings/users/edit?user=mei" in answer.text  # also whose invitation broke off is reached by it
    assert user("mei").role == "agent"


def test_a_role_is_changed_and_taken_away_and_other_shops_stay(desk: AwsServices) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    made_services().staff.set_groups("mei", frozenset(), frozenset({"shop:other"}))
    mei = Visitor.signed_in("mei")
    assert mei.get("demo/queue").status == 200
    assert admin().post(f"{PAGE}/role", {"user": "mei", "role": "supervisor"}).status == 303
    assert user("mei").groups == {"supervisor", "shop:demo", "shop:other"}
    assert mei.get("demo/queue").status == 303  # their sessions have ended, so the new role holds at once
    assert admin().post(f"{PAGE}/role", {"user": "mei", "role": "none"}).status == 303
    assert user("mei").groups == {"supervisor", "shop:other"}
    assert "mei" not in admin().get(PAGE).text.partition("<form method")[0].partition("<tbody>")[2]
    assert [change.by for change in recorded(desk)] == ["lin", "lin", "lin"]


def test_a_change_that_broke_off_behind_the_pool_ends_the_sessions_when_it_is_sent_again(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    mei, form = Visitor.signed_in("mei"), {"user": "mei", "step": "disable"}
    with monkeypatch.context() as broken:
        broken.setattr(SessionTable, "end_all", lambda *_: (_ for _ in ()).throw(RuntimeError("the function ended")))
        assert admin().post(f"{PAGE}/access", form).status == 500
    assert mei.get("demo/queue").status == 200
    assert admin().post(f"{PAGE}/access", form).status == 303
    assert mei.get("demo/queue").status == 303


@pytest.mark.parametrize(("code", "status"), [("UserNotFoundException", 404), ("TooManyRequestsException", 503)])
def test_a_pool_that_refuses_is_said_in_a_page(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    admin().post(f"{PAGE}/invite", FORM)

    def refuse(**_: object) -> None:
        raise ServiceError("AdminDisableUser", code, 400)

    usual = client("cognito-idp")
    monkeypatch.setattr(usual, "admin_disable_user", refuse)
    assert admin().post(f"{PAGE}/access", {"user": "mei", "step": "disable"}).status == status


def test_without_any_shop_nobody_has_a_role(desk: AwsServices) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    admin().post(f"{PAGE}/role", {"user": "mei", "role": "none"})
    assert user("mei").groups == frozenset()


def test_who_is_disabled_is_out_at_once_and_comes_back_as_they_were(desk: AwsServices) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    mei = Visitor.signed_in("mei")
    assert admin().post(f"{PAGE}/access", {"user": "mei", "step": "disable"}).status == 303
    assert (user("mei").state, mei.get("demo/queue").status) == ("disabled", 303)
    assert admin().post(f"{PAGE}/role", {"user": "mei", "role": "admin"}).status == 422
    assert admin().post(f"{PAGE}/access", {"user": "mei", "step": "enable"}).status == 303
    assert (user("mei").state, user("mei").role) == ("invited", "agent")


def test_sessions_are_ended_without_any_other_change(desk: AwsServices) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    mei = Visitor.signed_in("mei")
    assert admin().post(f"{PAGE}/access", {"user": "mei", "step": "sign_out"}).status == 303
    assert mei.get("demo/queue").status == 303
    assert len(recorded(desk)) == 1


def test_admins_cannot_take_their_own_access_away(desk: AwsServices) -> None:
    made_services().staff.invite("lin", "lin@example.com")
    made_services().staff.set_groups("lin", frozenset(), frozenset({"admin"}))
    for path, form in (("role", {"role": "agent"}), ("access", {"step": "disable"})):
        answer = admin("zh").post(f"{PAGE}/{path}", {"user": "lin", **form})
        assert (answer.status, "请由其他管理员操作" in answer.text) == (409, True)
    assert (user("lin").role, user("lin").state) == ("admin", "invited")


@pytest.mark.parametrize("groups", [("agent", "shop:demo"), ("supervisor", "shop:demo")])
def test_the_page_is_for_admins_alone(desk: AwsServices, groups: tuple[str, ...]) -> None:
    visitor = Visitor.signed_in("mei", groups)
    assert [visitor.get(path, user="mei").status for path in (PAGE, f"{PAGE}/edit")] == [404, 404]
    for path, form in (("invite", FORM), ("role", {"user": "mei", "role": "admin"}), ("access", {"step": "enable"})):
        assert visitor.post(f"{PAGE}/{path}", form).status == 404
    assert made_services().staff.load("mei") is None


def test_a_user_who_is_not_there_is_no_page(desk: AwsServices) -> None:
    assert admin().get(f"{PAGE}/edit", user="nobody").status == 404
    assert admin().get(f"{PAGE}/edit", user="x" * 200).status == 404
    assert admin().post(f"{PAGE}/access", {"user": "nobody", "step": "disable"}).status == 404


def test_who_was_created_without_an_email_has_their_role_and_the_page_says_so(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = client("cognito-idp").admin_create_user

    class Undelivering:
        """As the pool does: the user is there, and the call fails."""

        def __getattr__(self, name: str) -> object:
            return getattr(client("cognito-idp"), name)

        def admin_create_user(self, **asked: object) -> None:
            usual(**asked)
            raise ServiceError("AdminCreateUser", "CodeDeliveryFailureException", 400)

    with monkeypatch.context() as failing:
        failing.setattr("chalicelib.adapters.desk.cognito_staff.client", lambda _: Undelivering())
        answer = admin().post(f"{PAGE}/invite", FORM)
    assert (answer.status, answer.location.rpartition("sent=")[2]) == (303, "unsent")
    assert user("mei").groups == {"agent", "shop:demo"}
    assert "could not send the email" in admin().get(f"{PAGE}/edit", user="mei", sent="unsent").text


@pytest.fixture
def sends_no_more(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A pool that has sent all the mails of its day, once this is called."""

    def refuse(**_: object) -> None:
        raise ServiceError("AdminCreateUser", "LimitExceededException", 400, {"message": "50 a day"})

    usual = client("cognito-idp")
    return lambda: monkeypatch.setattr(usual, "admin_create_user", refuse)


def test_a_mail_that_the_pool_may_not_send_any_more_is_said(
    desk: AwsServices, sends_no_more: Callable[[], None]
) -> None:
    sends_no_more()
    answer = admin().post(f"{PAGE}/invite", FORM)
    assert (answer.status, "50 a day" in answer.text) == (422, True)


def test_an_invitation_that_cannot_be_sent_again_today_is_said(
    desk: AwsServices, sends_no_more: Callable[[], None]
) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    sends_no_more()
    answer = admin().post(f"{PAGE}/access", {"user": "mei", "step": "invite_again"})
    assert (answer.status, "could not send the email" in answer.text) == (422, True)


@pytest.mark.parametrize("form", [{}, {"role": ""}, {"role": "owner"}])
def test_a_role_that_is_unknown_or_missing_takes_no_access_away(desk: AwsServices, form: dict[str, str]) -> None:
    admin().post(f"{PAGE}/invite", FORM)
    assert admin().post(f"{PAGE}/role", {"user": "mei"} | form).status == 404
    assert user("mei").groups == {"agent", "shop:demo"}


def test_an_invitation_is_not_sent_again_to_who_has_a_password(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin().post(f"{PAGE}/invite", FORM)

    class Refusing:
        """Moto would take it, and reset the user."""

        def admin_create_user(self, **_: object) -> None:
            raise ServiceError("AdminCreateUser", "UnsupportedUserStateException", 400)

    usual = client("cognito-idp")
    with monkeypatch.context() as refusing:
        for name in ("admin_get_user", "admin_list_groups_for_user"):
            refusing.setattr(Refusing, name, getattr(usual, name), raising=False)
        refusing.setattr("chalicelib.adapters.desk.cognito_staff.client", lambda _: Refusing())
        answer = admin("zh").post(f"{PAGE}/access", {"user": "mei", "step": "invite_again"})
    assert (answer.status, "对方已设置密码" in answer.text) == (409, True)
    assert admin().post(f"{PAGE}/access", {"user": "mei", "step": "invite_again"}).status == 303


def test_members_are_read_page_by_page(desk: AwsServices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.adapters.desk.cognito_staff.PAGE", 2)
    staff = made_services().staff
    for name in ("a", "b", "c", "d", "e"):
        staff.invite(name, f"{name}@example.com")
        staff.set_groups(name, frozenset(), frozenset({"agent", "shop:demo"}))
    members, is_complete = staff.members("shop:demo")
    assert ([member.name for member in members], is_complete) == (["a", "b", "c", "d", "e"], True)
    monkeypatch.setattr("chalicelib.adapters.desk.cognito_staff.MOST_PAGES", 1)
    members, is_complete = staff.members("shop:demo")
    assert (len(members), is_complete) == (2, False)
    assert "Only the first six hundred" in admin().get(PAGE).text
