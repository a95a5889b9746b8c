"""The shop's own words of emails at the desk: written in both languages, previewed, and given up again."""

from typing import Any

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.notifications.templates import TEMPLATE_VALUES, MailTemplate
from chalicelib.usecases.shops.record_change import last_changes
from tests.support.desk.visitor import DeskAnswer, Visitor

ADMIN = ("admin",)
HOSTILE = '"><script>alert(1)</script>'
FORM = {
    "template": "received",
    "subject_zh": "收到：{{ number }}",
    "text_zh": "{{ name }}，您好。",
    "html_zh": "<p>{{ name }}，您好。</p>",
    "subject_en": "",
    "text_en": "",
    "html_en": "",
}


def han(language: str = "en") -> Visitor:
    return Visitor.signed_in("han", ADMIN, language=language)


def save(visitor: Visitor, **changes: Any) -> DeskAnswer:
    return visitor.post("demo/settings/templates/save", FORM | changes)


def test_own_words_are_saved_in_the_language_that_was_filled_in_and_recorded_as_a_change(desk: AwsServices) -> None:
    visitor = han()
    assert save(visitor).status == 303
    assert desk.shops.template("demo", "received", "zh") == MailTemplate(
        "收到：{{ number }}", "{{ name }}，您好。", "<p>{{ name }}，您好。</p>"
    )
    assert desk.shops.template("demo", "received", "en") is None
    change = last_changes(desk, "demo", ("templates",))["templates"]
    assert (change.by, change.name) == ("han", "received.zh")
    form = visitor.get("demo/settings/templates/edit", template="received").text
    assert "收到：AC-1024" in form
    assert "Re: Where is my lamp? [AC-1024]" in form


def test_a_preview_shows_what_was_typed_and_saves_nothing(desk: AwsServices) -> None:
    answer = save(han(), do="preview", subject_en="Got {{ number }}", text_en="Hi {{ name }}")
    assert answer.status == 200
    assert "Got AC-1024" in answer.text
    assert "Hi {{ name }}" in answer.text
    assert desk.shops.template("demo", "received", "zh") is None
    assert "templates" not in last_changes(desk, "demo", ("templates",))


@pytest.mark.parametrize(("language", "line"), [("en", "line 2: "), ("zh", "第 2 行：")])
def test_a_fault_in_one_language_saves_neither_and_says_the_line(desk: AwsServices, language: str, line: str) -> None:
    answer = save(han(language), subject_en="Got it", text_en="Hi\n{{ password }}")
    assert answer.status == 422
    assert line in answer.text
    assert "{{ password }}" in answer.text
    assert "收到：{{ number }}" in answer.text
    assert desk.shops.template("demo", "received", "zh") is None


def test_a_text_without_a_subject_is_refused_beside_its_field(desk: AwsServices) -> None:
    answer = save(han(), subject_zh="")
    assert answer.status == 422
    assert 'id="e-subject-zh"' in answer.text
    assert desk.shops.template("demo", "received", "zh") is None


def test_the_shipped_words_come_back(desk: AwsServices) -> None:
    visitor = han()
    save(visitor)
    assert visitor.post("demo/settings/templates/reset", {"template": "received", "language": "zh"}).status == 303
    assert desk.shops.template("demo", "received", "zh") is None
    assert visitor.post("demo/settings/templates/reset", {"template": "received", "language": "fr"}).status == 404


@pytest.mark.parametrize("name", TEMPLATE_VALUES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_email_is_previewed_as_shipped(desk: AwsServices, name: str, language: str) -> None:
    answer = han(language).get("demo/settings/templates/edit", template=name)
    assert answer.status == 200
    assert answer.text.count("macro-text") == 6
    assert "{{ link }}" in answer.text


def test_hostile_words_are_shown_as_words(desk: AwsServices) -> None:
    visitor = han()
    fields = {"subject_zh": HOSTILE, "text_zh": HOSTILE, "html_zh": HOSTILE}
    assert "<script>alert" not in save(visitor, do="preview", **fields).text
    assert save(visitor, **fields).status == 303
    assert "<script>alert" not in visitor.get("demo/settings/templates/edit", template="received").text
    assert "<script>alert" not in visitor.get("demo/settings/changes").text


@pytest.mark.parametrize("group", ["agent", "supervisor"])
def test_only_an_admin_changes_them_and_the_others_read(desk: AwsServices, group: str) -> None:
    visitor = Visitor.signed_in("mei", (group, "shop:demo"))
    assert visitor.get("demo/settings/templates").status == 200
    form = visitor.get("demo/settings/templates/edit", template="flow").text
    assert "settings/templates/save" in form
    assert 'value="preview"' not in form
    assert save(visitor).status == 403
    assert visitor.post("demo/settings/templates/reset", {"template": "flow", "language": "zh"}).status == 403


def test_an_email_that_does_not_exist_is_not_there(desk: AwsServices) -> None:
    assert han().get("demo/settings/templates/edit", template="nothing").status == 404
    assert han().get("demo/settings/templates/edit").status == 404
    assert save(han(), template="../x").status == 404


def test_the_api_records_the_change_too(desk: AwsServices) -> None:
    from chalicelib.domain.notifications.templates import TemplateIn
    from chalicelib.usecases.shops.change_settings import change_template, remove_template

    change_template(desk, "demo", "flow", TemplateIn(language="en", subject="S", text="T"), "han")
    remove_template(desk, "demo", "flow", "en", "han")
    change = last_changes(desk, "demo", ("templates",))["templates"]
    assert {(each.field, each.before, each.after) for each in change.fields} == {
        ("subject", "S", None),
        ("text", "T", None),
    }
