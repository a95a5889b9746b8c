"""The stories of a recorded table: invented customers who ask, wait, are answered, merged, erased and counted."""

import base64
import re
from pathlib import Path
from typing import Any

from infra.samples import aftersales_flows, customers, demo_shop
from infra.samples.sample_day import read_day
from tests.support.moto.cloud import EVIDENCE, INBOUND, client
from tests.support.moto.http_events import Json, as_json
from tests.support.moto.stack import SCHEDULED
from tests.support.paths import ROOT
from tests.support.platforms.signatures import platform_signature
from tests.support.recording.senders import RUN, SHOP, Guest, Teller

FIXTURES = ROOT / "tests" / "fixtures"
PLATFORM, GONE = "harbor", "gone"
DAY_S = 86_400
TOPICS = ("orders", "fulfillments", "fulfillment_events", "returns", "reverse_deliveries", "refunds", "disputes")


class Stories(Teller):
    """Each method is a story."""

    def set_up(self) -> None:
        """Three shops; one has its own calendar, several versions of its policy, endpoints and its own templates."""
        for shop in (SHOP, PLATFORM, GONE):
            self.send("PUT", f"/v1/shops/{shop}", demo_shop.SHOP_BODY)
        path = f"/v1/shops/{SHOP}"
        hours = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        late = {day: [["12:00", "20:00"]] for day in ("mon", "tue", "sat")}
        for calendar_hours in (hours, late):
            self.send(
                "PUT",
                f"{path}/calendars/desk",
                {"time_zone": "Asia/Shanghai", "hours": calendar_hours, "holidays": "CN"},
            )
        self.send("PUT", f"{path}/policy", demo_shop.POLICY)
        endpoints = [
            {"name": "erp", "url": f"{self.outside}/ok", "types": ["survey.answered", "money.done", "note.added"]},
            {"name": "broken", "url": f"{self.outside}/broken", "types": ["case.escalated"]},
            {"name": "closed", "url": f"{self.outside}/gone", "types": ["case.opened"]},
        ]
        self.send("PUT", f"{path}/endpoints", {"endpoints": endpoints})
        words = {"language": "en", "subject": "How was it, {{ shop }}?", "text": "Tell us: {{ link }}"}
        self.send("PUT", f"{path}/templates/survey", words)

    def day(self) -> None:
        """A third of the sample shop's day, some of it doubled and in disorder, as yesterday's: historical cases."""
        secret = self.stack.secret(SHOP, "standard")
        for one in (each for each in read_day("2026-11-22") if int(each.id.split("-")[3][1:]) % 3 == 1):
            answer = self.stack.hook(SHOP, one.type, one.data, secret, one.id)
            if answer.status not in (200, 202):
                raise SystemExit(f"{one.id}: {answer.body}")

    def all_kinds(self) -> None:
        """A case of each type, some with a claim, in several channels; one stays as it came, others move."""
        kinds = ("question", "order_issue", "return", "exchange", "repair", "refund", "complaint")
        channels = ("web", "chat", "email", "phone", "social", "store", "third_party")
        for kind, channel in zip(kinds, channels, strict=True):
            self.ask(f"kind-{kind}", type=kind, channel=channel)
        notes = self.ask("worked")
        self.post(notes, "messages", {"body": "供应商说周五到。", "public": False})
        self.post(notes, "assign", {"assignee": "mei", "team": "lamps"})
        self.post(notes, "escalate", {"reason": "the customer is a reseller"})
        self.post(notes, "messages", {"body": "周五发货。", "public": True}, **{"Idempotency-Key": "once"})
        self.post(notes, "status", {"status": "waiting_internal", "reason": "waits for the parcel"})
        self.post(notes, "tasks", {"department": "logistics", "title": "追查包裹 SF77"})
        done = self.post(notes, "tasks", {"department": "finance", "title": "核对付款"})["tasks"][-1]["id"]
        self.post(notes, f"tasks/{done}/done", {"outcome": "paid on Monday"})
        asked: Json = {
            "shop": SHOP,
            "external_id": "by-staff",
            "type": "question",
            "channel": "phone",
            "subject": "Invoice",
        }
        asked |= {"message": "Please send it.", "customer": {"external_id": "c-by-staff", "name": "Ana Reis"}}
        self.send("POST", "/v1/cases", asked, self.mei, **{"Idempotency-Key": "open-once"})

    def surveys(self) -> None:
        """One customer answers happily, one unhappily, one was asked too recently, one unsubscribes."""
        for name, scores in (("glad", "csat=5&nps=10&ces=7&comment=%E8%B0%A2%E8%B0%A2"), ("sad", "csat=1&nps=0")):
            self._resolved(name)
            self.fill_in(self.link(f"{name}@example.net", "/s/"), scores)
        again = {"external_id": "c-glad", "name": "林晓 Lin", "email": "glad@example.net", "language": "zh-CN"}
        self._resolved("glad-again", customer=again)
        self._resolved("weary")
        self._resolved("silent")
        text = self.stack.mails("weary@example.net")[-1]
        link = next(one for one in re.findall(r"https?://\S+", text["text"]) if "/u/" in one)
        self.fill_in(link, "")
        self._resolved("weary-again", customer=again | {"external_id": "c-weary", "email": "weary@example.net"})
        self.ask("doubly-asked")
        self.hook("survey.answered", {"case_external_id": "doubly-asked", "csat": 4, "nps": 8}, "outside-survey")

    def _resolved(self, name: str, **changes: Any) -> None:
        case = self.ask(name, **changes)
        self.post(case, "messages", {"body": "已为您处理。/ Done.", "public": True})
        self.post(case, "status", {"status": "resolved"})
        self.stack.advance(60)

    def flows(self) -> None:
        """A flow of each kind, with money, tasks, offers and deadlines, and people of the sample shop."""
        guest = Guest(self.stack, SHOP)  # type: ignore[arg-type]
        for kind in aftersales_flows.FLOWS:
            aftersales_flows.play(kind, guest, RUN, "2026-11-21T10:00:00+08:00")
        for story in customers.STORIES.values():
            story(guest, RUN)
        price = {"amount": "900.00", "currency": "CNY"}
        order = {"external_id": "O-proposed", "items": [{"sku": "SOFA", "quantity": 1, "price": price}], "total": price}
        case = self.ask("proposed", type="refund", claim={"reason": "late"}, order=order)
        large = {"kind": "goodwill", "amount": {"amount": "450.00", "currency": "CNY"}, "reason": "two weeks late"}
        money = self.post(case, "money", large)["money"][-1]["id"]
        self.post(case, f"money/{money}/approve", {}, self.boss)
        case = self.ask("left-alone", type="return", claim={"reason": "unwanted"})
        self.post(case, "flow/approve", {})

    def routing(self) -> None:
        """An agent is full, the next case waits; one leaves and another takes over; one is removed from the agents."""
        shop = customers.STUDIO
        boss, path = self.stack.token("supervisor", shop, "boss"), f"/v1/shops/{shop}/agents"
        for name, fields in {
            "ida": {"capacity": 1, "calendar": "PT"},
            "oto": {"capacity": 2, "skills": ["return"]},
        }.items():
            self.send("PUT", f"{path}/{name}", {"email": f"{name}@example.com", **fields}, boss)
            self.send("PUT", f"{path}/{name}/presence", {"state": "here"}, boss)
        for name in ("mei", "tom"):
            self.send("PUT", f"{path}/{name}/presence", {"state": "away"}, boss)
        for place in range(4):
            self.ask(f"routed-{place}", shop, type="return" if place % 2 else "question")
        self.stack.advance(DAY_S / 24)
        self.send("PUT", f"{path}/ida/presence", {"state": "away"}, boss)
        self.send("DELETE", f"{path}/tom", token=boss)

    def emails(self) -> None:
        """An email opens a case, its answer by email joins it, an agent answers by email; one is automatic."""
        self.send("PUT", f"/v1/shops/{SHOP}/agents/mei", {"email": "mei@example.com", "capacity": 200}, self.boss)
        address = f"{SHOP}@{INBOUND}"
        self.write_email("first", "wang@example.net", address, "灯不亮了", "台灯收到就不亮。\n\n发自我的 iPhone\n")
        self.stack.advance(60)
        token = self.stack.mails("wang@example.net")[-1]["reply_to"]
        self.write_email("second", "wang@example.net", token, "Re: 灯不亮了", "补充：换了灯泡也不行。", "first")
        self.write_email("third", "mei@example.com", token, "Re: 灯不亮了", "请拍一张照片给我们。", "second")
        self.write_email(
            "other", "wu@warehouse.example", token, "Re: 灯不亮了", "The lamp is on its way back.", "third"
        )
        headers = {"Auto-Submitted": "auto-replied"}
        self.write_email(
            "absent", "wang@example.net", token, "Automatic reply", "I am away until Monday.", "third", headers
        )
        self.stack.advance(60)

    def platforms(self) -> None:
        """What Shopify and WooCommerce report of orders, returns, refunds, disputes and people."""
        for file in sorted((FIXTURES / "shopify").glob("*.json"), key=_place):
            topic, raw = file.stem.replace("-", "/", 1), file.read_bytes()
            shop = GONE if topic == "shop/redact" else PLATFORM
            signature = platform_signature(self.stack.secret(shop, "shopify"), raw)
            headers = {
                "X-Shopify-Topic": topic,
                "X-Shopify-Webhook-Id": file.stem,
                "X-Shopify-Hmac-Sha256": signature,
            }
            self._platform(shop, "shopify", raw, headers)
        for file in sorted((FIXTURES / "woocommerce").glob("*.json")):
            raw = file.read_bytes()
            signature = platform_signature(self.stack.secret(PLATFORM, "woocommerce"), raw)
            kind, _, what = file.stem.partition("-")
            topic = f"{kind}.{what if what in ('created', 'updated', 'deleted') else 'updated'}"
            headers = {"X-WC-Webhook-Topic": topic, "X-WC-Webhook-ID": "7", "X-WC-Webhook-Signature": signature}
            self._platform(PLATFORM, "woocommerce", raw, headers)

    def _platform(self, shop: str, source: str, raw: bytes, headers: dict[str, str]) -> None:
        answer = self.stack.request("POST", f"/v1/hooks/{shop}/{source}", raw, headers=headers)
        if answer.status not in (200, 202):
            raise SystemExit(f"{source} {headers}: {answer.status} {answer.body}")
        self.stack.advance(1)

    def orders_and_statements(self) -> None:
        """The shop reports orders with parcels; statements prove some refunds and find one nobody asked for."""
        for number in range(3):
            items = [{"sku": "LAMP-1", "quantity": 2, "price": {"amount": "99.00", "currency": "CNY"}}, {"sku": "B"}]
            parcel = {"id": f"P{number}", "carrier": "SF", "tracking": f"SF{number}"}
            parcel["shipped_at"] = "2026-11-20T10:00:00+08:00"
            who = {"external_id": "c-buyer", "name": "周岚", "email": "buyer@example.net", "phone": "+8613800000000"}
            order: Json = {"external_id": f"S-{number}", "items": items, "parcels": [parcel], "customer": who}
            order["delivered_at"] = f"2026-11-2{number}T10:00:00+08:00"
            self.hook("order.updated", order, f"order-{number}")
        for name in ("wechat-refund.csv", "alipay-trades.csv", "stripe-payout.csv", "paypal-en.csv"):
            content = base64.b64encode((FIXTURES / "statements" / name).read_bytes()).decode()
            self.send("POST", f"/v1/shops/{SHOP}/statements", {"content": content}, self.boss)

    def people(self) -> None:
        """Records are merged and parted, consents given, care needed, a person held, exported, or erased."""
        self.ask("twin", customer={"external_id": "c-twin", "name": "Tomás Gil", "phone": "+351910000000"})
        self.ask("twin-2", customer={"external_id": "c-twin-2", "name": "T. Gil", "email": "gil@example.net"})
        self.ask("twin-3", customer={"external_id": "c-twin-3", "name": "Tomas Gil"})
        top, *others = (self.customer(name) for name in ("c-twin", "c-twin-2", "c-twin-3"))
        for other in others:
            self.send("POST", f"/v1/customers/{top}/merge", {"customer": other, "reason": "same voice"}, self.mei)
        self.send("POST", f"/v1/customers/{top}/unmerge", {"customer": others[1], "reason": "her sister"}, self.mei)
        for purpose, state in (("profiling", "given"), ("care", "given"), ("surveys", "withdrawn")):
            consent = {"purpose": purpose, "state": state, "source": "phone", "text_version": "2026-01"}
            self.send("PUT", f"/v1/customers/{top}/consents", consent, self.mei)
        self.send("PUT", f"/v1/customers/{top}/care", {"needs": ["elderly"]}, self.mei)
        held = self.customer("c-worked")
        self.send("PUT", f"/v1/customers/{held}/hold", {"reason": "a claim before court"})
        self.send("POST", f"/v1/customers/{self.customer('c-glad')}/export?notes=true", {}, self.boss)
        self.send("DELETE", f"/v1/customers/{self.customer('c-silent')}")
        self.send("GET", f"/v1/customers/{top}", token=self.mei)

    def pages(self) -> None:
        """A customer asks for help by the page and uploads a picture; another began and did not go on."""
        for name in ("helped", "begun"):
            self.fill_in(f"/help/{SHOP}", f"order=S-1&contact={name}%40example.net")
            self.stack.advance(60)
        link = self.link("helped@example.net", "/help/")
        form = "wish=return&reason=unwanted&message=Too+bright&item=LAMP-1&quantity%3ALAMP-1=1"
        where = self.fill_in(link, form)
        page = self.stack.request("GET", "/p/" + where.partition("/p/")[2])
        found = re.search(r'name="key" value="([^"]+)"', str(page.body))
        assert found is not None
        key = found[1].replace("${filename}", "photo.png")
        client("s3").put_object(Bucket=EVIDENCE, Key=key, Body=PICTURE)
        self.stack.deliver("evidence", as_json({"Records": [{"s3": {"object": {"key": key}}}]}))
        self.stack.settle()

    def waiting(self) -> None:
        """Events of cases that did not arrive yet wait for them; what is wrong fails and says why."""
        for name in ("late-comer", "never-comes"):
            message = {"case_external_id": name, "author": "customer", "message": "还在吗？"}
            self.hook("message.received", message, f"early-{name}")
        self.hook("case.replied", {"case_external_id": "late-comer", "agent": "mei", "message": "在的"}, "early-reply")
        review = {"external_id": "r-5", "score": 5, "customer": {"external_id": "c-r5"}}
        self.hook("review.created", review, "review-5")
        self.hook("review.created", review | {"external_id": "r-1", "score": 1, "text": "Broke at once."}, "review-1")

    def pass_days(self, until: int) -> None:
        """Days pass; each nightly job computes the shops' metrics, and segments with them."""
        while self.stack.now() // 1000 < until:
            self.stack.advance(min(DAY_S, until - self.stack.now() // 1000))
            self.stack.invoke("nightfall", SCHEDULED)
            self.stack.settle()


PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _place(file: Path) -> tuple[int, str]:
    """Orders come before what refers to them, customers last; the creation of an object comes first."""
    kind, _, what = file.stem.partition("-")
    last = what in ("delete", "redact", "merge", "cancelled", "cancel", "close")
    place = TOPICS.index(kind) if kind in TOPICS else 99
    return (place + 50 if last else place, ("0" if what in ("create", "request") else "1") + file.stem)
