"""What customers say, on the packaged stack: typed as they write, understood by the nightly job, gone when erased."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

from infra.samples import replay
from tests.support.cloud.world import World

SHANGHAI = timezone(timedelta(hours=8))
WORDS = ("lamp", "kettle", "scarf", "mixer", "chair")
GLORPS = "the toaster glorps whenever it is switched on"


def request(name: str, message: str, customer: str) -> dict[str, Any]:
    return {
        "external_id": name,
        "channel": "web",
        "subject": "help",
        "message": message,
        "customer": {"external_id": customer, "language": "en"},
    }


def typing_of(world: World, text: str) -> dict[str, Any]:
    answer = world.post(f"/v1/shops/{world.shop}/triage", {"text": text})
    assert answer.status == 200, answer.body
    typing: dict[str, Any] = answer.body
    return typing


def test_corrections_teach_the_shop_and_an_erased_person_leaves_what_it_learned(world: World) -> None:
    messages = {f"g-{n}": f"the {WORDS[n % 5]} glorps whenever it is switched on, number {n}" for n in range(26)}
    with ThreadPoolExecutor(4) as pool:
        for name, message in messages.items():
            pool.submit(world.hook, "case.requested", request(name, message, f"c-{int(name[2:]) % 6}"))
    cases = {name: str(world.case_of(name)["id"]) for name in messages}
    for case in cases.values():
        assert world.post(f"/v1/cases/{case}/type", {"type": "repair"}).status == 200
    assert typing_of(world, GLORPS)["type"] != "repair"
    today = datetime.now(SHANGHAI).date().isoformat()
    world.eventually(lambda: feedback(world, today) == len(messages), "all feedback, understood")
    typing = typing_of(world, GLORPS)
    assert (typing["type"], typing["by"]) == ("repair", "model")
    first = typing["model"]
    customer = world.case(cases["g-0"])["customer"]["id"]
    erased = world.stack.request("DELETE", f"/v1/customers/{customer}?shop={world.shop}", token=world.admin)
    assert erased.status < 300, erased.body
    world.eventually(lambda: feedback(world, today) and typing_of(world, GLORPS)["model"] != first, "another model")


def feedback(world: World, day: str) -> int:
    """How much feedback the nightly job of a day reads."""
    replay.compute_day(world.stack, world.shop, day)
    shown = world.get(f"/v1/feedback/topics?shop={world.shop}&day={day}").body
    return int(shown["run"]["feedback"])


def test_texts_that_say_nothing_break_nothing(world: World) -> None:
    assert typing_of(world, "")["by"] == "none"
    assert typing_of(world, "😀" * 50)["by"] == "none"
    assert typing_of(world, "退货 " * 50_000)["type"] == "return"
    world.hook("case.requested", request("emoji", "😡😡😡", "c-1"))
    assert world.case_of("emoji")["typing"]["sentiment"]["label"] == "negative"
