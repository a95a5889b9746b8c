"""Check 9: money leaves once, however often and by however many it is asked for."""

import pytest
from playwright.sync_api import expect

from tests.support.cloud.stories import ORDER
from tests.support.desk.browser import Person, Staff

REFUND = "money.submit"


def fill(person: Person, amount: str) -> None:
    money = person.unfold("#money")
    money.locator("[name=kind]").select_option("refund")
    money.locator("#money-amount").fill(amount)


def test_a_double_click_asks_for_a_refund_once(staff: Staff) -> None:
    case = staff.world.ask("double", order=ORDER | {"external_id": "O-double"})
    with staff.at_desk("supervisor") as boss:
        boss.open_case(case)
        fill(boss, "20")
        boss.button(REFUND).dblclick()
        boss.page.wait_for_load_state("networkidle")
        expect(boss.page.locator("#money .given li")).to_have_count(1)
    assert len(staff.world.case(case)["money"]) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_of_two_who_refund_the_same_at_once_one_is_told_why_not(staff: Staff, language: str) -> None:
    case = staff.world.ask(f"both-{language}", order=ORDER | {"external_id": f"O-{language}"})
    with staff.at_desk("supervisor", language) as boss, staff.at_desk("agent", language) as lin:
        for person in (boss, lin):
            person.open_case(case)
            fill(person, "300")
        boss.press(REFUND)
        lin.press(REFUND)
        expect(lin.page.locator("#refusal")).to_contain_text(lin.say("cases.stale"))
        lin.press(REFUND)
        expect(lin.page.locator("#refusal")).to_contain_text(lin.say("refusal.too_much"))
        lin.shot(f"refused-{language}")
    assert len(staff.world.case(case)["money"]) == 1
