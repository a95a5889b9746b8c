"""The macros of a shop at the desk: listed, edited in both languages, and previewed on a case."""

from typing import Any

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.usecases.shops.record_change import last_changes
from tests.support.desk.visitor import DeskAnswer, Visitor
from tests.support.moto.tables import given_case

SUPERVISOR = ("supervisor", "shop:demo")
HOSTILE = '"><script>alert(1)</script>'
FORM = {
    "macro": "thanks",
    "name_zh": "致谢",
    "name_en": "Thanks",
    "text_zh": "谢谢您，{{ customer.name }}。",
    "text_en": "Thank you, {{ customer.name }}.",
    "tags_add": "polite, 已致谢",
    "status": "waiting_customer",
    "snooze_hours": "1.5",
}


def lin() -> Visitor:
    return Visitor.signed_in("lin", SUPERVISOR)


def save(visitor: Visitor, **changes: Any) -> DeskAnswer:
    return visitor.post("demo/settings/macros/save", FORM | changes)


def test_a_macro_is_saved_shown_again_and_recorded_as_a_change(desk: AwsServices) -> None:
    visitor = lin()
    assert save(visitor).status == 303
    macro = desk.macros.load("demo", "thanks")
    assert macro is not None
    assert macro.content.actions.tags is not None
    assert macro.content.actions.tags.add == ("polite", "已致谢")
    assert macro.content.actions.snooze is not None
    assert macro.content.actions.snooze.seconds == 5400
    form = visitor.get("demo/settings/macros/edit", macro="thanks").text
    assert 'value="1.5"' in form
    assert "谢谢您，{{ customer.name }}。" in form
    assert last_changes(desk, "demo", ("macros",))["macros"].by == "lin"


def test_saving_a_macro_unchanged_changes_nothing_but_its_version(desk: AwsServices) -> None:
    visitor = lin()
    save(visitor)
    before = desk.macros.load("demo", "thanks")
    save(visitor, editing="1", version="1")
    after = desk.macros.load("demo", "thanks")
    assert before is not None
    assert after is not None
    assert (after.version, after.content) == (2, before.content)


def test_a_form_of_an_older_version_is_refused_and_keeps_what_was_typed(desk: AwsServices) -> None:
    visitor = lin()
    save(visitor)
    save(visitor, editing="1", version="1", name_en="Second")
    late = save(visitor, editing="1", version="1", name_en="Third")
    assert late.status == 422
    assert 'value="Third"' in late.text
    stored = desk.macros.load("demo", "thanks")
    assert stored is not None
    assert stored.content.name.en == "Second"


def test_a_new_macro_does_not_replace_one_that_is_there(desk: AwsServices) -> None:
    visitor = lin()
    save(visitor)
    assert save(visitor, name_en="Other").status == 422
    stored = desk.macros.load("demo", "thanks")
    assert stored is not None
    assert stored.version == 1


def test_a_macro_that_was_removed_can_be_made_again(desk: AwsServices) -> None:
    visitor = lin()
    save(visitor)
    assert visitor.post("demo/settings/macros/remove", {"macro": "thanks", "version": "1"}).status == 303
    assert visitor.get("demo/settings/macros/edit", macro="thanks").status == 404
    assert save(visitor).status == 303


@pytest.mark.parametrize(
    "changes",
    [{"text_zh": "{{ customer.nam }}"}, {"name_en": ""}, {"snooze_hours": "soon"}, {"macro": "no spaces"}],
)
def test_a_fault_is_shown_and_nothing_is_saved(desk: AwsServices, changes: dict[str, str]) -> None:
    refused = save(lin(), **changes)
    assert refused.status == 422
    assert 'role="alert"' in refused.text
    assert "致谢" in refused.text
    assert not desk.macros.all("demo")


def test_a_preview_shows_text_and_effects_and_changes_nothing(desk: AwsServices) -> None:
    visitor = lin()
    save(visitor)
    stored = given_case(desk)
    assert stored.case is not None
    shown = visitor.get("demo/settings/macros/edit", macro="thanks", case=stored.case.id)
    assert shown.status == 200
    assert "polite" in shown.text.split('id="preview"')[1]
    assert desk.cases.load(stored.key).version == stored.version
    missing = visitor.get("demo/settings/macros/edit", macro="thanks", case=HOSTILE)
    assert missing.status == 200
    assert "This shop has no such case." in missing.text
    assert "<script>alert" not in missing.text


def test_names_and_texts_are_escaped(desk: AwsServices) -> None:
    visitor = lin()
    assert save(visitor, name_zh=HOSTILE, name_en=HOSTILE, text_en=HOSTILE, tags_add=HOSTILE[:20]).status == 303
    for path, query in (("macros", {}), ("macros/edit", {"macro": "thanks"}), ("changes", {})):
        text = visitor.get(f"demo/settings/{path}", **query).text
        assert "<script>alert" not in text


def test_agents_read_macros_and_do_not_change_them(desk: AwsServices) -> None:
    save(lin())
    mei = Visitor.signed_in("mei", ("agent", "shop:demo"), language="zh")
    assert "致谢" in mei.get("demo/settings/macros").text
    form = mei.get("demo/settings/macros/edit", macro="thanks")
    assert "settings/macros/remove" not in form.text
    assert "readonly" in form.text
    assert save(mei, editing="1", version="1").status == 403
    assert mei.post("demo/settings/macros/remove", {"macro": "thanks"}).status == 403
    assert mei.get("demo/settings/macros/edit").status == 403


def test_the_macros_of_another_shop_are_not_there(desk: AwsServices) -> None:
    assert Visitor.signed_in("lin", ("supervisor", "shop:other")).get("demo/settings/macros").status == 404
