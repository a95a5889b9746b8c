"""The boxes of a case: what is typed is never lost, and what is sent is what was meant."""

from urllib.parse import unquote

import pytest
from msgspec.structs import replace

from chalicelib.adapters.composer.draft_table import DraftTable
from chalicelib.bootstrap import AwsServices
from chalicelib.domain.cases.facts import AttachedFile, ReplySent
from chalicelib.domain.composer.agent_files import MACROS, AgentFile
from chalicelib.domain.composer.drafts import Draft, DraftIn, DraftKind
from chalicelib.domain.composer.macros import MacroIn, MacroName, MacroText
from chalicelib.domain.kernel.ids import key_of, key_of_id, new_id
from chalicelib.usecases.cases.handle_command import Command, handle
from chalicelib.usecases.composer.macros.manage_macros import put_macro
from chalicelib.usecases.composer.save_draft import save_draft
from tests.support.cases.case_work import MEI
from tests.support.desk.visitor import DeskAnswer, Visitor
from tests.support.moto.tables import given_case


def opened(desk: AwsServices) -> str:
    """The path of a new case."""
    stored = given_case(desk)
    assert stored.case is not None
    return f"demo/cases/{stored.case.id}"


def reply_draft(desk: AwsServices, path: str) -> Draft:
    stored = desk.drafts.load("demo", "mei", key_of_id(path.rpartition("/")[2]), "reply")
    assert stored is not None
    return stored


def draft(desk: AwsServices, path: str) -> str:
    return reply_draft(desk, path).body


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


def test_an_upload_leads_back_to_the_reply_of_the_case_in_its_view_whatever_the_store_adds(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    for view, address in (("mine", f"{path}?view=mine#reply"), ("", f"{path}#reply")):
        shown = visitor.post(f"{path}/files", form(visitor.get(path), name="a.pdf", view=view)).text
        back = shown.partition('name="success_action_redirect" value="')[2].partition('"')[0].partition("/desk/")[2]
        answer = visitor.get(back, bucket="b", key="uploads/a", etag="e")
        assert (answer.status, answer.location.partition("/desk/")[2]) == (303, address)


def test_a_refused_file_says_why_and_is_not_sent(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    visitor.post(f"{path}/files", form(visitor.get(path), body="see this", name="notes.txt"))
    case = path.rpartition("/")[2]
    (identifier,) = reply_draft(desk, path).files
    expected = desk.agent_files.load("demo", case, [identifier])[identifier]
    desk.agent_files.settle(replace(expected, state="refused", reason="unknown_type"))
    shown = visitor.get(path).text
    assert "This kind of file is not taken" in shown
    assert f'value="{identifier}" disabled' in shown


def test_a_file_that_was_sent_stands_on_the_timeline_and_can_be_opened(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    key = key_of_id(path.rpartition("/")[2])
    case = desk.cases.load(key).case
    assert case is not None
    kept = f"evidence/demo/{case.id}/{'F' * 26}.pdf"
    desk.uploads.save(kept, b"%PDF-1.7", "application/pdf")
    file = AttachedFile(id="F" * 26, name="发票.pdf", kind="application/pdf", bytes=8, file=kept)
    command = Command(case=case.id, shop="demo", by=MEI)
    handle(desk, command, lambda _: [ReplySent(message="请查收", files=(file,))])
    link = visitor.get(path).text.partition(f"{path}/sent/")[2].partition('"')[0]
    identifier, _, order = link.partition("?event=")
    opened_file = visitor.get(f"{path}/sent/{identifier}", event=unquote(order))
    assert (opened_file.status, kept in opened_file.location) == (303, True)
    assert visitor.get(f"{path}/sent/{identifier}", event="E#1").status == 404
    assert visitor.get(f"{path}/sent/{'G' * 26}", event=unquote(order)).status == 404
    desk.uploads.remove(kept)
    assert visitor.get(f"{path}/sent/{identifier}", event=unquote(order)).status == 410


def test_a_file_of_a_macro_goes_with_the_reply(desk: AwsServices) -> None:
    now = desk.now()
    file = AgentFile(id=new_id(now, key_of("f")), shop="demo", folder=MACROS, name="label.pdf", by="boss", at=now)
    desk.agent_files.expect(file, MACROS)
    desk.agent_files.settle(replace(file, state="stored", kind="application/pdf"))
    name, text = MacroName(zh="标签", en="Label"), MacroText(zh="见附件。", en="See the label.")
    put_macro(desk, "demo", "label", MacroIn(name=name, text=text, files=(file.id,)), "boss", 0)
    path, visitor = opened(desk), Visitor.signed_in()
    page = visitor.post(f"{path}/macros", form(visitor.get(path), body="", macro="label", cursor="0"))
    assert f'name="files" value="{file.id}" checked' in page.text
    visitor.post(f"{path}/reply", form(page, body="See the label.", files=file.id))
    sent = [event.fact for event in desk.cases.events(key_of_id(path.rpartition("/")[2]))]
    assert [fact.files[0].name for fact in sent if isinstance(fact, ReplySent)] == ["label.pdf"]


def test_who_gets_a_copy_of_a_reply_that_came_back_stays_while_it_is_changed(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.entrypoints.http.desk.composer.box.waits", lambda _: True)
    path, visitor = opened(desk), Visitor.signed_in()
    case = desk.cases.load(key_of_id(path.rpartition("/")[2])).case
    assert case is not None
    save_draft(desk, case, "mei", "reply", DraftIn(body="x", copy=("boss@example.com",)))
    for address, body in ((f"{path}/macros", "x"), (f"{path}/files", "x y")):
        visitor.post(address, form(visitor.get(path), body=body, macro="none", name="a.pdf"))
    assert reply_draft(desk, path).copy == ("boss@example.com",)
    assert 'name="copy" value="all" checked' in visitor.get(path).text


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_a_draft_that_the_first_attempt_left_is_gone_after_the_second(
    desk: AwsServices, monkeypatch: pytest.MonkeyPatch, kind: DraftKind
) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    case = desk.cases.load(key_of_id(path.rpartition("/")[2])).case
    assert case is not None
    save_draft(desk, case, "mei", kind, DraftIn(body="hello"))
    page = visitor.get(path)
    fields = {"key": page.hidden("key"), "version": page.hidden("version"), "body": "hello"}
    draft = desk.drafts.load("demo", "mei", key_of_id(case.id), kind)
    assert draft is not None
    fields["draft"] = str(draft.counter)
    with monkeypatch.context() as broken:
        broken.setattr(DraftTable, "remove", lambda *_: (_ for _ in ()).throw(RuntimeError("the function ended")))
        assert visitor.post(f"{path}/{kind}", fields).status == 500
    assert visitor.post(f"{path}/{kind}", fields).status == 303
    assert desk.drafts.load("demo", "mei", key_of_id(case.id), kind) is None
    said = [getattr(event.fact, "message", "") for event in desk.cases.events(key_of_id(case.id))]
    assert said.count("hello") == 1


@pytest.mark.parametrize(("form_name", "field"), [("reply", "body"), ("note", "body")])
def test_a_refused_text_has_the_reason_beside_its_button(desk: AwsServices, form_name: str, field: str) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    answer = visitor.post(f"{path}/{form_name}", form(visitor.get(path)) | {field: "x" * 70_000})
    assert answer.status == 422
    assert "hx-reswap" not in answer.headers
    assert answer.text.index(f'id="{form_name}-form"') < answer.text.index('id="refusal"')


def test_a_form_beside_the_case_that_is_refused_shows_the_top_of_the_page_where_the_reason_stands(
    desk: AwsServices,
) -> None:
    path, visitor = opened(desk), Visitor.signed_in()
    answer = visitor.post(f"{path}/tags", {"add": "x" * 400, "key": "k"})
    assert (answer.status, answer.headers["hx-reswap"]) == (422, ["outerHTML show:top"])
    assert answer.text.index('id="refusal"') < answer.text.index('id="timeline"')


def test_whoever_is_signed_out_while_writing_is_told_so_and_not_left_with_an_empty_page(desk: AwsServices) -> None:
    path, visitor = opened(desk), Visitor.signed_in(language="zh")
    fields = form(visitor.get(path), body="x")
    desk.sessions.end_all("mei")
    answer = visitor.post(f"{path}/reply", fields)
    assert answer.status == 401
    assert "会话已结束" in answer.text
    assert answer.headers["hx-redirect"] == ["https://api.example.com/desk/sign-in"]
