"""The service policy at the desk: a form without scripts, tried on real cases before it is saved."""

import re
from html import unescape

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.timestamps import DAY_MS
from chalicelib.domain.sla.policies import DEFAULT_RULES, Policy, Rule, When
from chalicelib.usecases.shops.change_settings import change_policy
from chalicelib.usecases.shops.manage_shop import read_policy
from tests.support.desk.visitor import DeskAnswer, Visitor
from tests.support.moto.tables import given_case

PAGE = "demo/settings/policy"
HOSTILE = '"><script>alert(1)</script>'
Form = dict[str, list[str]]


def admin(language: str = "en") -> Visitor:
    return Visitor.signed_in("lin", ("admin",), language=language)


def fields_of(answer: DeskAnswer) -> Form:
    """The fields of the page's form, as a browser would send them."""
    text = answer.text.split('class="policy"')[1].split("</form>")[0]
    fields: Form = {}
    pattern = (
        r'<input[^>]*?name="([^"]*)" value="([^"]*)"|<select name="([^"]*)".*?</select>'
        r'|<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)<'
    )
    for match in re.finditer(pattern, text, re.DOTALL):
        name = match[1] or match[3] or match[4]
        if match[3]:
            chosen = re.search(r'value="([^"]*)" selected', match[0])
            value = chosen[1] if chosen else ("" if 'value=""' in match[0] else "h")
        else:
            value = unescape(match[2] or match[5] or "")
        fields.setdefault(name, []).append(value)
    fields.pop("form_token")
    return fields


def press(visitor: Visitor, form: Form, button: str) -> DeskAnswer:
    return visitor.post(PAGE, {**form, "do": button})


def test_a_policy_that_is_tried_and_kept_as_it_is_shown_is_the_same_policy(desk: AwsServices) -> None:
    stored = Policy(
        clocks=(
            Rule(
                when=When(type="return", segment="VIP, 金"),
                clock="resolution",
                target_seconds=86_400,
                calendar="business",
            ),
            Rule(when=When(channel="chat", priority="urgent"), clock="next_reply", target_seconds=45),
        ),
        auto_close_days=2.5,
    )
    before = change_policy(desk, "demo", stored, "lin")
    visitor = admin()
    tried = press(visitor, fields_of(visitor.get(PAGE)), "try")
    assert tried.status == 200
    form = fields_of(tried) | {"auto_close_days": ["3"]}
    again = press(visitor, form, "keep")
    assert read_policy(desk, "demo", None) == before, "what was changed after the trial is tried again first"
    assert press(visitor, fields_of(again), "keep").status == 303
    after = read_policy(desk, "demo", None)
    assert (after.clocks, after.after_sales, after.auto_close_days) == (before.clocks, before.after_sales, 3)
    assert after.version == before.version + 1


def test_a_trial_says_what_was_breached_and_what_would_be(desk: AwsServices) -> None:
    given_case(desk)
    visitor = admin()
    form = fields_of(visitor.get(PAGE))
    form["rule.target"] = ["0.001"] * len(form["rule.target"])
    form["rule.unit"] = ["s"] * len(form["rule.unit"])
    text = press(visitor, form, "try").text
    assert "Cases tried: 1." in text
    assert "▲ 1" in text
    assert text.count("would be broken newly") == 2, "of the breaches those that the change brings are marked"
    assert "Left out are" not in text
    assert read_policy(desk, "demo", None).version == 1


def test_a_trial_says_how_many_historical_cases_it_leaves_out(desk: AwsServices) -> None:
    given_case(desk)
    given_case(desk, "old-1", historical=True)
    visitor = admin()
    text = press(visitor, fields_of(visitor.get(PAGE)), "try").text
    assert "Cases tried: 1." in text
    assert "Left out are 1 historical cases" in text


def test_the_standard_rules_stand_below_the_shops_own(desk: AwsServices) -> None:
    assert "The standard rules" not in admin().get(PAGE).text, "they are the shop's rules as yet"
    rule = Rule(when=When(channel="chat"), clock="first_reply", target_seconds=60)
    change_policy(desk, "demo", Policy(clocks=(rule,)), "lin")
    page = admin().get(PAGE).text
    assert "The standard rules" in page
    assert "3 working days (8 h)" in page.split("The standard rules")[1]


def test_rules_are_added_moved_and_removed_without_a_script(desk: AwsServices) -> None:
    visitor = admin()
    form = fields_of(visitor.get(PAGE))
    added = fields_of(press(visitor, form, "add"))
    assert len(added["rule.clock"]) == len(DEFAULT_RULES) + 1
    added["rule.target"][0] = "7"
    moved = fields_of(press(visitor, added, "down:0"))
    assert moved["rule.target"][1] == "7"
    removed = fields_of(press(visitor, moved, "remove:1"))
    assert removed["rule.target"] == form["rule.target"]


@pytest.mark.parametrize(("language", "words"), [("en", "Write a number"), ("zh", "请填写数字")])
def test_a_target_that_is_no_number_is_named_beside_its_field_and_stays_typed(
    desk: AwsServices, language: str, words: str
) -> None:
    visitor = admin(language)
    form = fields_of(visitor.get(PAGE))
    form["rule.target"][2] = "soon"
    answer = press(visitor, form, "try")
    assert answer.status == 422
    assert words in answer.text
    assert 'id="fault-clocks[2].target_seconds"' in answer.text
    assert fields_of(answer)["rule.target"][2] == "soon"


def test_a_policy_that_somebody_else_saved_meanwhile_is_not_replaced_unseen(desk: AwsServices) -> None:
    visitor = admin()
    form = fields_of(visitor.get(PAGE)) | {"auto_close_days": ["9"]}
    form = fields_of(press(visitor, form, "try"))
    theirs = change_policy(desk, "demo", Policy(auto_close_days=5), "mei")
    answer = press(visitor, form, "keep")
    assert answer.status == 409
    assert read_policy(desk, "demo", None) == theirs
    assert press(visitor, fields_of(answer) | {"tried": form["tried"]}, "keep").status == 303


def test_who_is_no_admin_may_look_and_not_change(desk: AwsServices) -> None:
    visitor = Visitor.signed_in("mei", ("supervisor", "shop:demo"))
    page = visitor.get(PAGE)
    assert page.status == 200
    assert 'name="do"' not in page.text
    assert visitor.post(PAGE, {"do": "keep"}).status == 403
    assert Visitor.signed_in("eve", ("agent", "shop:other")).get(PAGE).status == 404


def test_what_is_typed_is_escaped(desk: AwsServices) -> None:
    visitor = admin()
    form = fields_of(visitor.get(PAGE))
    form = {name: [HOSTILE for _ in values] for name, values in form.items() if not name.startswith("over")}
    answer = press(visitor, form, "try")
    assert answer.status == 422
    assert "<script>alert" not in answer.text


def test_a_trial_ends_in_time_and_says_so(desk: AwsServices) -> None:
    from chalicelib.domain.kernel.timestamps import day_of
    from chalicelib.usecases.timers.simulate_policy import try_policy

    given_case(desk)
    now = desk.now()
    first, last = day_of(now - DAY_MS, "Asia/Shanghai"), day_of(now, "Asia/Shanghai")
    assert not try_policy(desk, desk.metrics, "demo", Policy(), first, last, until=now - 1).complete
    assert try_policy(desk, desk.metrics, "demo", Policy(), first, last).complete
