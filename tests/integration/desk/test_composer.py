"""The boxes of a case: what is typed is never lost, and what is sent is what was meant."""

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.facts import ReplySent
from chalicelib.domain.composer.macros import MacroIn, MacroName, MacroText
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.usecases.composer.macros.manage_macros import put_macro
from tests.support.desk.visitor import DeskAnswer, Visitor
from tests.support.moto.tables import given_case


def opened(desk: AwsServices) -> str:
    """The path of a new case."""
    stored = given_case(desk)
    assert stored.case is not None
    return f"demo/cases/{stored.case.id}"


def draft(desk: AwsServices, path: str) -> str:
    stored = desk.drafts.load("demo", "mei", key_of_id(path.rpartition("/")[2]), "reply")
    return stored.body if stored else ""


def form(page: DeskAnswer, **fields: str) -> dict[str, str]:
    """The reply form of a page, filled in."""
    return {name: page.hidden(name) for name in ("key", "version", "draft")} | fields


def given_macro(desk: AwsServices) -> None:
    name, text = MacroName(zh="致歉", en="Apology"), MacroText(zh="非常抱歉。", en="We are sorry.")
    put_macro(desk, "demo", "sorry", MacroIn(name=name, text=text), "boss", 0)


def test_a_reply_is_sent_with_plain_line_ends_as_it_was_typed(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    page = visitor.get(path)
    assert visitor.post(f"{path}/reply", form(page, body="您好\r\n再见")).status == 303
    events = desk.cases.events(key_of_id(path.rpartition("/")[2]))
    assert [event.fact.message for event in events if isinstance(event.fact, ReplySent)] == ["您好\n再见"]


def test_a_macro_is_put_in_at_the_cursor_and_the_rest_stays(desk: AwsServices) -> None:
    given_macro(desk)
    path, visitor = opened(desk), Visitor.signed_in()
    fields = form(visitor.get(path), body="😀 您好，\r\n再见", macro="sorry", cursor="6")
    shown = visitor.post(f"{path}/macros", fields)
    assert shown.status == 200
    assert "😀 您好，\n\n非常抱歉。\n\n再见" in shown.text
    assert draft(desk, path) == "😀 您好，\n\n非常抱歉。\n\n再见"


def test_a_macro_that_is_not_there_is_refused_in_words_and_nothing_typed_is_lost(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    shown = visitor.post(f"{path}/macros", form(visitor.get(path), body="待发", macro="none"))
    assert shown.status == 422
    assert 'id="refusal"' in shown.text
    assert "待发" in shown.text


def test_a_number_that_is_none_hides_no_refusal(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    fields = form(visitor.get(path), body="x") | {"draft": "²", "version": "9999999999999999999"}
    assert visitor.post(f"{path}/reply", fields).status == 422


def test_a_file_has_the_name_that_the_customer_is_to_see_and_the_text_is_kept(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    shown = visitor.post(f"{path}/files", form(visitor.get(path), body="见附件", name="发票.pdf"))
    assert (shown.status, "发票.pdf" in shown.text) == (200, True)
    assert draft(desk, path) == "见附件"
    assert "发票.pdf" in visitor.get(path).text


def test_whoever_is_signed_out_while_writing_is_told_so_and_not_left_with_an_empty_page(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in(language="zh")
    fields = form(visitor.get(path), body="x")
    desk.sessions.end_all("mei")
    answer = visitor.post(f"{path}/reply", fields)
    assert answer.status == 401
    assert "会话已结束" in answer.text
    assert answer.headers["hx-redirect"] == ["https://api.example.com/desk/sign-in"]
