"""What customers do themselves, over the HTTP API: ask, ship, upload, dispute, accept, withdraw."""

import html
import io
import re
from typing import Any

import pytest
import urllib3
from PIL import Image

from tests.support.cloud.stories import ORDER, act, ask_back, comes_to, form, link_to, move, own_page
from tests.support.cloud.world import World


def picture(where: tuple[float, float] | None = None) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A Camera"
    if where:
        exif.get_ifd(0x8825)[2] = where
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(out, "JPEG", exif=exif)
    return out.getvalue()


def upload(world: World, page: str, data: bytes) -> int:
    """Upload a file as the page's form does, and give the bucket's answer."""
    shown = world.stack.request("GET", page).body
    action = re.search(r'action="(http[^"]+)" enctype', shown)
    assert action is not None
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown[action.end() :])
    fields: list[Any] = [(html.unescape(name), html.unescape(value)) for name, value in hidden if name != "version"]
    fields.append(("file", ("photo.jpg", data, "image/jpeg")))
    answer = urllib3.request("POST", html.unescape(action[1]), fields=fields, redirect=False)
    return answer.status


def events_of(world: World, case: str, kind: str) -> list[dict[str, Any]]:
    return [one["data"] for one in world.events(case) if one["type"] == kind]


def test_a_customer_asks_by_themselves_and_the_link_comes_by_mail(world: World) -> None:
    address = f"{world.shop}-new@example.net"
    unknown = form(world, f"/help/{world.shop}", order="O-77", contact=address)
    link = link_to(world, address, "/help/")
    assert unknown.status == 200
    assert 'name="item"' not in world.stack.request("GET", link).body
    refused = form(world, link, wish="return", message="")
    assert (refused.status, 'role="alert"' in refused.body) == (422, True)
    sent = form(world, link, wish="return", reason="defective", message="灯不亮\n换过灯泡")
    assert sent.status == 303, sent
    page = link_to(world, address, "/p/")
    assert sent.headers["location"] == f"../..{page}"
    assert form(world, link, wish="return", reason="defective", message="again").headers["location"] == f"../..{page}"
    shown = world.stack.request("GET", page)
    assert "灯不亮\n换过灯泡" in shown.body
    listed = world.get(f"/v1/cases?shop={world.shop}").body["items"]
    assert [(one["type"], one["flow"]["reason"], one["order"]["external_id"]) for one in listed] == [
        ("return", "defective", "O-77")
    ]


def test_nobody_learns_of_or_reads_anothers_order(world: World) -> None:
    world.ask(
        "web-1",
        type="return",
        order=ORDER,
        customer={
            "external_id": "fang",
            "email": f"{world.shop}-fang@example.net",
            "phone": "+86 138 0013 8000",
        },
    )
    stranger = f"{world.shop}-stranger@example.net"
    known = form(world, f"/help/{world.shop}", order=ORDER["external_id"], contact=stranger)
    unknown = form(world, f"/help/{world.shop}", order="O-nothing", contact=stranger)
    assert known.body == unknown.body
    for place in (0, 1):
        world.eventually(lambda: len(world.stack.mails(stranger)) == 2, "both links")
        link = link_to(world, stranger, "/help/", place)
        assert "SHOE-42" not in world.stack.request("GET", link).body
    assert form(world, f"/help/{world.shop}", order="O-nothing", contact="13900000000").body == unknown.body
    form(world, f"/help/{world.shop}", order=ORDER["external_id"], contact="13800138000")
    link = link_to(world, f"{world.shop}-fang@example.net", "/help/")
    assert "SHOE-42" in world.stack.request("GET", link).body


def test_an_address_gets_three_links_an_hour_at_most(world: World) -> None:
    address = f"{world.shop}-often@example.net"
    answers = {form(world, f"/help/{world.shop}", order=f"O-{one}", contact=address).status for one in range(5)}
    assert answers == {200}
    world.eventually(lambda: len(world.stack.mails(address)) == 3, "three mails")


def test_a_customer_ships_shows_a_picture_and_withdraws_nothing_of_others(world: World) -> None:
    case = ask_back(world, "web-1")
    page = own_page(world)
    assert "我已寄出" not in world.stack.request("GET", page).body
    assert act(world, page, "ship", tracking="SF1").status == 409
    move(world, case, "approve")
    refused = act(world, page, "ship", carrier="顺丰")
    assert refused.status == 422
    assert f'action="../{page.removeprefix("/p/")}/ship"' in refused.body  # relative to where it is shown
    assert act(world, page, "ship", tracking="SF\x07" * 99).status == 422
    shipped = act(world, page, "ship", carrier="顺丰", tracking="SF139")
    assert (shipped.status, shipped.headers["location"]) == (303, f"..{page.removeprefix('/p')}?done=ship")
    assert world.case(case)["flow"]["shipments"][0]["tracking"] == "SF139"
    assert [one["by"]["kind"] for one in world.events(case) if one["type"] == "flow_moved"] == ["agent", "customer"]
    assert act(world, page, "write", message="麻烦快一点 <b>").status == 303
    shown = world.stack.request("GET", page).body
    assert "麻烦快一点 &lt;b&gt;" in shown
    stale = form(world, f"{page}/write", version="1", message="x")
    assert (stale.status, "情况已有变化" in stale.body) == (409, True)
    assert world.stack.request("GET", page[:-3] + "xyz").status == 404


def test_a_picture_is_kept_without_where_it_was_taken_and_what_is_none_is_refused(world: World) -> None:
    case = ask_back(world, "web-1")
    page = own_page(world)
    data = picture(where=(31.0, 14.0))
    assert b"A Camera" in data
    assert upload(world, page, data) == 303
    (added,) = world.eventually(lambda: events_of(world, case, "evidence_added"), "the picture")
    assert world.case(case)["flow"]["evidence"] == [added["evidence"]]
    url = world.get(f"/v1/cases/{case}/evidence/{added['evidence']}").body["url"]
    kept = urllib3.request("GET", url).data
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (40, 30), {})
    assert upload(world, page, b"MZ" + bytes(200)) == 303
    (refused,) = world.eventually(lambda: events_of(world, case, "evidence_refused"), "the refusal")
    assert refused["reason"] == "unknown_type"
    shown = world.stack.request("GET", page).body
    assert "照片，已收到" in shown
    assert "未保存" in shown
    assert upload(world, page, bytes(10 * 1024 * 1024 + 1)) == 400
    s3, bucket = world.stack.client("s3"), world.stack.outputs["EvidenceBucketName"]
    left = s3.list_objects_v2(Bucket=bucket, Prefix=f"uploads/{world.shop}/").get("Contents", [])
    assert left == []


def test_a_refused_proposal_goes_a_tier_up_and_the_last_answer_names_who_else_can_help(world: World) -> None:
    case = ask_back(world, "web-1", "complaint")
    page = own_page(world)
    move(world, case, "acknowledge")
    for tier in (1, 2):
        move(world, case, "propose", reason=f"方案 {tier}")
        assert f"方案 {tier}" in world.stack.request("GET", page).body
        assert act(world, page, "refuse", reason="不满意").status == 303
        assert comes_to(world, case, "investigating")["turn"] == "shop"
        assert world.case(case)["tier"] == tier
    move(world, case, "propose", reason="方案 3")
    act(world, page, "refuse", reason="还是不满意")
    assert comes_to(world, case, "final_answer")["turn"] == "nobody"
    assert "12315" in world.stack.request("GET", page).body
    world.eventually(
        lambda: "12315" in world.stack.mails(f"{world.shop}-web-1@example.net")[-1]["text"], "the last mail"
    )


@pytest.mark.parametrize(
    "path", ["/help/{shop}/nonsense", "/p/nonsense", "/help/nobody-is-here", "/p/8b2e2f4e-6a53-4d0c-9a53-2f1f0f7f3c11"]
)
def test_what_was_not_made_here_is_a_page_that_says_so(world: World, path: str) -> None:
    answer = world.stack.request("GET", path.format(shop=world.shop))
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
