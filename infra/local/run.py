"""`make run`: everything from nothing to a report."""

import json
import time
from dataclasses import replace
from pathlib import Path

from infra.local import cloud, cpu
from infra.local.stack import INBOUND_DOMAIN, NAME, Stack
from infra.local.up import up
from infra.paths import STACK_FILE
from infra.progress import console, side_by_side
from infra.samples import demo_shop, olist, replay, staff

AT_ONCE = 4
"""The local cloud starts a process of the API for each request under way. More than these make nothing quicker on a
small machine, and each takes a second of it to start."""


def run(source: Path | None) -> None:
    """Bring the stack up, send the sample shop's day or a data set, and show what came of it. SystemExit when the
    folder is no data set that is known here."""
    if source is not None and not olist.is_olist(source):
        missing = [name for name in olist.NEEDED if not (source / f"olist_{name}_dataset.csv").exists()]
        raise SystemExit(f"{source} is not a data set known here: olist_{missing[0]}_dataset.csv is not in it.")
    started, used_before = time.monotonic(), cpu.used(cloud.running())
    stack = replace(up(), requests_at_once=AT_ONCE)
    shop = "demo" if source is None else olist.SHOP
    lines = demo_shop.play(stack) if source is None else _replay_olist(stack, source)
    report = lines.pop("report")
    write_stack_file(stack, shop, report)
    console.print()
    for title, line in lines.items():
        console.print(f"{title:<34} {line}", soft_wrap=True)
    console.print(f"{'Report':<34} file://{report}", soft_wrap=True)
    console.print(f"{'API':<34} {stack.api}", soft_wrap=True)
    console.print()
    _print_next_steps(stack, shop)
    _print_desk(stack, shop)
    _print_cost(time.monotonic() - started, cpu.used(stack.cloud).since(used_before))


def _print_cost(seconds: float, used: cpu.CpuSeconds) -> None:
    parts = f"this command {used.command:.0f}, the local cloud {used.cloud:.0f}, its functions {used.functions:.0f}"
    console.print(f"\nAll of it took {seconds:.0f} s, and {sum(used):.0f} s of CPU: {parts}", soft_wrap=True)


def _print_desk(stack: Stack, shop: str) -> None:
    console.print(f"\n{'The desk':<34} {desk_url(stack)}", soft_wrap=True)
    if shop == demo_shop.SHOP:
        for role, person in staff.sign_ins().items():
            console.print(f"{'  sign in as ' + role:<34} {person['email']}  {person['password']}", soft_wrap=True)


def desk_url(stack: Stack) -> str:
    """Where agents work."""
    return f"{stack.api}/desk"


def write_stack_file(stack: Stack, shop: str, report: str) -> None:
    """Write `.local/stack.json`: where the stack is, and who can sign in."""
    people = staff.sign_ins() if shop == demo_shop.SHOP else {}
    summary = {
        "api": stack.api,
        "desk": desk_url(stack),
        "people": people,
        "endpoint": stack.cloud.endpoint,
        "region": cloud.REGION,
        "stack": NAME,
        "report": report,
        "shop": shop,
    }
    STACK_FILE.write_text(json.dumps(summary, indent=2), "utf-8")


def _print_next_steps(stack: Stack, shop: str) -> None:
    console.print(
        "Try next:\n  .venv/bin/python -m infra.local mail\n"
        f"  .venv/bin/python -m infra.local receive FILE.eml --to {shop}@{INBOUND_DOMAIN}\n"
        f"  .venv/bin/python -m infra.local secret --shop {shop} --source shopify\n"
        "  .venv/bin/python -m infra.audit\n"
        "  (a shop of your own: PUT /v1/shops/{shop}, with a mail_from at example.com)"
    )
    token = f"$(.venv/bin/python -m infra.local token --role agent --shop {shop})"
    url = f"{stack.api}/v1/cases?shop={shop}&limit=3"
    console.print(f'  curl -H "Authorization: Bearer {token}" "{url}"', soft_wrap=True)


def _replay_olist(stack: Stack, source: Path) -> dict[str, str]:
    """Send the data set to a shop of its own, and compute its days; the summary's lines."""
    data_set = olist.read(source)
    answer = stack.request("PUT", f"/v1/shops/{olist.SHOP}", olist.SHOP_BODY, stack.token("admin"))
    if answer.status != 200:
        raise SystemExit(f"The shop was refused: {answer.status} {answer.body}")
    deliveries, first, last = data_set.deliveries, data_set.days[0], data_set.days[-1]
    sending = {"Replaying the data set": lambda show: replay.send_all(stack, olist.SHOP, deliveries, show)}
    (ledger,) = side_by_side(sending).values()
    replay.wait_for_intake(stack)
    computing = {f"Computing {first} to {last}": lambda show: replay.compute_day(stack, olist.SHOP, last, show)}
    (report,) = side_by_side(computing).values()
    rate = len(deliveries) / max(ledger.seconds, 0.001)
    return {
        "Deliveries": f"{ledger.answers[202]} new, {ledger.answers[200]} seen before, {rate:.0f} a second",
        "Skipped": "; ".join(f"{count} × {reason}" for reason, count in data_set.skipped.items()) or "nothing",
        "Days": f"{len(data_set.days)} from {first} to {last}",
        "report": replay.fetch_report(stack, report) if report else "-",
    }
