"""Signing in to the desk: by the managed login, for this browser alone, until one signs out or the pool says no."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from msgspec.structs import replace

from chalicelib.adapters.desk import managed_login
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.desk.session import LIFETIME_MS, RENEWED_EVERY_MS, SIGN_IN_MS
from tests.support.desk.visitor import CONFIGURATION, DESK, ISSUER, Visitor
from tests.support.moto.tables import given_case, whole_table

QUEUE = "demo/queue"


class FakePool:
    """The user pool's token endpoint."""

    def __init__(self, now: float, **claims: Any) -> None:
        self.claims = {
            "iss": ISSUER,
            "aud": CONFIGURATION["client"],
            "exp": round(now) + 900,
            "cognito:username": "mei",
            "cognito:groups": ["agent", "shop:demo"],
            "email": "mei@example.com",
        } | claims
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.status = 200

    def post(self, _: Any, endpoint: str, form: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append((endpoint, form))
        text = base64.urlsafe_b64encode(json.dumps(self.claims).encode()).rstrip(b"=").decode()
        tokens = {"id_token": f"head.{text}.signature", "refresh_token": "refresh-secret"}
        return self.status, json.dumps(tokens if endpoint == "token" else {}).encode()


@contextmanager
def pool(services: AwsServices, **claims: Any) -> Iterator[FakePool]:
    fake = FakePool(services.now() / 1000, **claims)
    with patch.object(managed_login.ManagedLogin, "_post", lambda self, *asked: fake.post(self, *asked)):
        yield fake


def begun(visitor: Visitor, path: str = QUEUE) -> dict[str, str]:
    """What the browser carries to the managed login."""
    first = visitor.get(path)
    assert first.status == 303
    query = {name: values[0] for name, values in parse_qs(urlsplit(first.location).query).items()}
    to_login = visitor.get("sign-in", **query)
    return {name: values[0] for name, values in parse_qs(urlsplit(to_login.location).query).items()}


def test_one_signs_in_by_the_managed_login_and_lands_where_one_wanted_to_go(desk: AwsServices) -> None:
    visitor = Visitor()
    asked = begun(visitor, "demo/queue")
    assert asked["redirect_uri"] == f"{DESK}/callback"
    assert asked["code_challenge_method"] == "S256"
    with pool(desk, nonce=asked["nonce"]) as fake:
        back = visitor.get("callback", code="one-time", state=asked["state"])
    assert (back.status, back.location) == (303, f"{DESK}/demo/queue")
    assert fake.asked[0][1]["code"] == "one-time"
    assert visitor.get(QUEUE).status == 200


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: AwsServices) -> None:
    visitor = Visitor()
    asked = begun(visitor)
    with pool(desk, nonce=asked["nonce"]):
        back = visitor.get("callback", code="c", state=asked["state"])
    cookie = next(each for each in back.headers["set-cookie"] if each.startswith("__Host-desk="))
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_what_the_pool_gave_is_stored_encrypted(desk: AwsServices) -> None:
    visitor = Visitor()
    asked = begun(visitor)
    with pool(desk, nonce=asked["nonce"]):
        visitor.get("callback", code="c", state=asked["state"])
    assert "refresh-secret" not in whole_table()
    assert visitor.cookies["__Host-desk"] not in whole_table()


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}, {"cognito:username": ""}],
    ids=["nonce", "audience", "issuer", "expired", "nobody"],
)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(desk: AwsServices, claims: dict[str, Any]) -> None:
    visitor = Visitor()
    asked = begun(visitor)
    with pool(desk, **({"nonce": asked["nonce"]} | claims)):
        assert visitor.get("callback", code="c", state=asked["state"]).status == 403
    assert "__Host-desk" not in visitor.cookies


def test_a_code_that_another_browser_got_lets_nobody_in(desk: AwsServices) -> None:
    asked = begun(Visitor())
    with pool(desk, nonce=asked["nonce"]):
        assert Visitor().get("callback", code="c", state=asked["state"]).status == 403
        other = Visitor()
        begun(other)
        assert other.get("callback", code="c", state=asked["state"]).status == 403


def test_a_sign_in_that_took_too_long_is_begun_again(desk: AwsServices) -> None:
    visitor = Visitor()
    asked = begun(visitor)
    with time_machine.travel((desk.now() + SIGN_IN_MS) / 1000 + 1, tick=False), pool(desk, nonce=asked["nonce"]):
        assert visitor.get("callback", code="c", state=asked["state"]).status == 403


def test_a_session_is_renewed_from_the_pool_with_the_groups_one_has_now(desk: AwsServices) -> None:
    visitor = Visitor.signed_in()
    later = (desk.now() + RENEWED_EVERY_MS) / 1000 + 1
    with time_machine.travel(later, tick=False), pool(desk, **{"cognito:groups": ["agent", "shop:other"]}) as fake:
        assert visitor.get(QUEUE).status == 404
        assert visitor.get(QUEUE).status == 404
    assert [form["refresh_token"] for _, form in fake.asked] == ["refresh-mei"], "it is asked once a quarter of an hour"


def test_who_was_disabled_in_the_pool_is_out_after_a_quarter_of_an_hour(desk: AwsServices) -> None:
    visitor = Visitor.signed_in()
    with time_machine.travel((desk.now() + RENEWED_EVERY_MS) / 1000 + 1, tick=False), pool(desk) as fake:
        fake.status = 400
        assert visitor.get(QUEUE).status == 303
    assert visitor.get(QUEUE).status == 303


def test_a_pool_that_does_not_answer_ends_no_session(desk: AwsServices) -> None:
    visitor = Visitor.signed_in()
    with time_machine.travel((desk.now() + RENEWED_EVERY_MS) / 1000 + 1, tick=False), pool(desk) as fake:
        fake.status = 503
        assert visitor.get(QUEUE).status == 503
    assert visitor.get(QUEUE).status == 200


def test_a_session_ends_after_eight_hours_whatever_happens(desk: AwsServices) -> None:
    visitor = Visitor.signed_in()
    with time_machine.travel((desk.now() + LIFETIME_MS) / 1000 + 1, tick=False), pool(desk):
        assert visitor.get(QUEUE).status == 303


def test_signing_out_ends_the_sessions_of_all_browsers(desk: AwsServices) -> None:
    here, stolen = Visitor.signed_in(), Visitor()
    stolen.cookies = dict(here.cookies)
    with pool(desk) as fake:
        out = here.post("sign-out")
    assert out.location.startswith("https://login.example/logout")
    assert "__Host-desk" not in here.cookies
    assert [(endpoint, form["token"]) for endpoint, form in fake.asked] == [("revoke", "refresh-mei")]
    assert stolen.get(QUEUE).status == 303


def test_signing_out_here_leaves_the_other_browsers_signed_in(desk: AwsServices) -> None:
    here, there = Visitor.signed_in(), Visitor.signed_in(browser="another")
    with pool(desk) as fake:
        out = here.post("sign-out", {"where": "here"})
    assert out.location.startswith("https://login.example/logout")
    assert [(endpoint, form["token"]) for endpoint, form in fake.asked] == [("revoke", "refresh-mei")]
    assert here.get(QUEUE).status == 303
    assert there.get(QUEUE).status == 200


def test_a_changed_cookie_is_no_session(desk: AwsServices) -> None:
    visitor = Visitor.signed_in()
    visitor.cookies["__Host-desk"] = visitor.cookies["__Host-desk"][:-2] + "AA"
    assert visitor.get(QUEUE).status == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_site_is_refused(desk: AwsServices, origin: str | None) -> None:
    visitor = Visitor.signed_in()
    case = given_case(desk).case
    assert case is not None
    visitor.origin = origin
    assert visitor.post(f"demo/cases/{case.id}/note", {"body": "x"}).status == 403


def test_a_form_without_the_token_of_the_session_is_refused(desk: AwsServices) -> None:
    visitor, other = Visitor.signed_in(), Visitor.signed_in("lin")
    case = given_case(desk).case
    assert case is not None
    for token in ("", "x", other.form_token):
        assert visitor.post(f"demo/cases/{case.id}/note", {"body": "x", "form_token": token}).status == 403


def test_each_page_has_a_token_of_its_own_and_all_of_the_session_are_taken(desk: AwsServices) -> None:
    visitor = Visitor.signed_in()
    case = given_case(desk).case
    assert case is not None
    tokens = {visitor.get(f"demo/cases/{case.id}").hidden("form_token") for _ in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        assert visitor.post(f"demo/cases/{case.id}/note", {"body": "x", "form_token": token}).status == 303


def test_another_shop_is_not_there(desk: AwsServices) -> None:
    case = given_case(desk).case
    assert case is not None
    stranger = Visitor.signed_in("eve", ("supervisor", "shop:other"))
    for path in (QUEUE, f"demo/cases/{case.id}", f"other/cases/{case.id}", "nowhere/queue", "demo/no/such/page"):
        assert stranger.get(path).status == 404, path


def test_the_way_back_after_signing_in_stays_on_the_desk(desk: AwsServices) -> None:
    visitor = Visitor()
    to_login = visitor.get("sign-in", to="//evil.example/x")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(to_login.location).query).items()}
    with pool(desk, nonce=asked["nonce"]):
        back = visitor.get("callback", code="c", state=asked["state"])
    assert back.location.startswith(f"{DESK}/")


def test_the_language_is_the_browsers_until_one_chooses(desk: AwsServices) -> None:
    visitor = Visitor.signed_in(language="zh-CN,zh;q=0.9")
    assert 'lang="zh-Hans"' in visitor.get(QUEUE).text
    assert visitor.post("language", {"language": "en", "back": "https://evil.example"}).location == DESK
    assert 'lang="en"' in visitor.get(QUEUE).text


def test_pages_allow_no_script_or_style_in_them_and_are_not_stored(desk: AwsServices) -> None:
    answer = Visitor.signed_in().get(QUEUE)
    policy = answer.headers["content-security-policy"][0]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == ["no-store"]
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


def test_a_message_is_sent_and_a_note_saved_once_however_often_the_form_comes(desk: AwsServices) -> None:
    stored = given_case(desk)
    assert stored.case is not None
    path = f"demo/cases/{stored.case.id}"
    visitor = Visitor.signed_in()
    page = visitor.get(path)
    form = {"body": "我们查一下 <b>!</b>", "key": page.hidden("key")}
    assert [visitor.post(f"{path}/note", form).status for _ in range(2)] == [303, 303]
    shown = visitor.get(path).text
    assert shown.count("我们查一下 &lt;b&gt;!&lt;/b&gt;") == 1


def test_an_admin_of_several_shops_chooses_one(desk: AwsServices) -> None:
    shop = desk.shops.shops()[0]
    desk.shops.save(replace(shop, id="studio", name="Studio Lantern"))
    admin = Visitor.signed_in("ida", ("admin",))
    shown = admin.get()
    assert shown.status == 200
    assert all(words in shown.text for words in (f"{DESK}/studio/queue", "Studio Lantern", f"{DESK}/demo/queue"))
    assert Visitor.signed_in().get().location == f"{DESK}/demo/queue"


def test_who_has_no_role_in_any_shop_is_told_so_and_what_to_do(desk: AwsServices) -> None:
    shown = Visitor.signed_in("newcomer", ()).get()
    assert (shown.status, "your user name is newcomer" in shown.text) == (200, True)


def test_an_error_speaks_the_language_of_the_page_alone(desk: AwsServices) -> None:
    for language, words in (("zh", "没有权限"), ("en", "Not allowed")):
        visitor = Visitor.signed_in(language=language)
        visitor.origin = "https://evil.example"
        answer = visitor.post("language", {"language": "en"})
        assert words in answer.text
        assert ("before you signed in: open the page again" in answer.text) == (language == "en")
