"""The local stack at the command line. `make run` and `make down` call it; newcomers and tests may too.

python -m infra.local run [--input FOLDER]
python -m infra.local down
python -m infra.local token --role agent|supervisor|admin [--shop demo]
python -m infra.local secret --shop demo --source standard|shopify|woocommerce
python -m infra.local metrics --shop demo --day 2026-11-20
python -m infra.local mail [--to ADDRESS]
python -m infra.local receive FILE.eml [--to demo@in.example.com]
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from infra.local import cloud
from infra.local.stack import INBOUND, NAME, Stack, find
from infra.local.up import up
from infra.paths import STACK_FILE
from infra.progress import console
from infra.samples import demo_shop, olist, replay


def run(source: Path | None) -> None:
    """Everything from nothing to a report."""
    if source is not None and not olist.is_olist(source):
        missing = [name for name in olist.NEEDED if not (source / f"olist_{name}_dataset.csv").exists()]
        raise SystemExit(f"{source} is not a data set known here: olist_{missing[0]}_dataset.csv is not in it.")
    began = time.monotonic()
    stack = up()
    shop = "demo" if source is None else olist.SHOP
    lines = demo_shop.play(stack) if source is None else _replay_olist(stack, source)
    report = lines.pop("report")
    told = {
        "api": stack.api, "endpoint": stack.cloud.endpoint, "region": cloud.REGION, "stack": NAME, "report": report,
        "shop": shop,
    }  # fmt: skip
    STACK_FILE.write_text(json.dumps(told, indent=2), "utf-8")
    console.print()
    for title, line in lines.items():
        console.print(f"{title:<34} {line}", soft_wrap=True)
    console.print(f"{'Report':<34} file://{report}", soft_wrap=True)
    console.print(f"{'API':<34} {stack.api}", soft_wrap=True)
    console.print(f"{'All of it took':<34} {time.monotonic() - began:.0f} s\n")
    token = f"$(.venv/bin/python -m infra.local token --role agent --shop {shop})"
    console.print(
        "Try next:\n  .venv/bin/python -m infra.local mail\n"
        "  .venv/bin/python -m infra.local receive FILE.eml --to demo@in.example.com\n"
        "  .venv/bin/python -m infra.local secret --shop demo --source shopify\n"
        "  (a shop of your own: PUT /v1/shops/{shop}, with a mail_from at example.com)"
    )
    console.print(
        f'  curl -H "Authorization: Bearer {token}" "{stack.api}/v1/cases?shop={shop}&limit=3"', soft_wrap=True
    )


def _replay_olist(stack: Stack, source: Path) -> dict[str, str]:
    deliveries, skipped, days = olist.deliveries(source)
    made = stack.request("PUT", f"/v1/shops/{olist.SHOP}", olist.SHOP_BODY, stack.token("admin"))
    if made.status != 200:
        raise SystemExit(f"The shop was refused: {made.status} {made.body}")
    ledger = replay.send(stack, olist.SHOP, deliveries, "Replaying the data set")
    replay.settle(stack)
    key = replay.night(stack, olist.SHOP, days[-1], f"Computing {days[0]} to {days[-1]}")
    reasons = "; ".join(f"{count} × {reason}" for reason, count in skipped.items()) or "nothing"
    rate = len(deliveries) / max(ledger.seconds, 0.001)
    return {
        "Deliveries": f"{ledger.answers[202]} new, {ledger.answers[200]} seen before, {rate:.0f} a second",
        "Skipped": reasons,
        "Days": f"{len(days)} from {days[0]} to {days[-1]}",
        "report": replay.fetch_report(stack, key) if key else "-",
    }


def main(arguments: list[str]) -> None:
    """Carry out one command."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="The local stack.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run").add_argument("--input", type=Path)
    commands.add_parser("down")
    token = commands.add_parser("token")
    token.add_argument("--role", choices=["agent", "supervisor", "admin"], required=True)
    token.add_argument("--shop")
    secret = commands.add_parser("secret")
    secret.add_argument("--shop", required=True)
    secret.add_argument("--source", choices=["standard", "shopify", "woocommerce"], default="standard")
    metrics = commands.add_parser("metrics")
    metrics.add_argument("--shop", required=True)
    metrics.add_argument("--day", required=True)
    commands.add_parser("mail").add_argument("--to")
    receive = commands.add_parser("receive")
    receive.add_argument("file", type=Path)
    receive.add_argument("--to", default=f"demo@{INBOUND}")
    asked = parser.parse_args(arguments)
    DO[asked.command](asked)


def _down(_: argparse.Namespace) -> None:
    print("The local cloud is stopped; its data stays in .local." if cloud.stop() else "No local cloud was running.")


def _token(asked: argparse.Namespace) -> None:
    print(find().token(asked.role, asked.shop or (None if asked.role == "admin" else "demo")))


def _metrics(asked: argparse.Namespace) -> None:
    stack = find()
    key = replay.night(stack, asked.shop, asked.day)
    print(replay.fetch_report(stack, key) if key else f"{asked.day} is computed.")


def _mail(asked: argparse.Namespace) -> None:
    for mail in find().mails(asked.to):
        print(json.dumps(mail, ensure_ascii=False))


def _receive(asked: argparse.Namespace) -> None:
    if not asked.file.is_file():
        raise SystemExit(f"There is no file {asked.file}.")
    stack = find()
    arrived = stack.receive(asked.file.read_bytes(), asked.to)
    receipts = stack.receipts_of(arrived)
    if not receipts:
        raise SystemExit(f"Mail {arrived} has no receipt: nobody here has the address {asked.to}, or it is read later.")
    for receipt in receipts:
        print(json.dumps(stack.receipt(receipt), ensure_ascii=False))


DO: dict[str, Callable[[argparse.Namespace], None]] = {
    "run": lambda asked: run(asked.input),
    "down": _down,
    "token": _token,
    "secret": lambda asked: print(find().secret(asked.shop, asked.source)),
    "metrics": _metrics,
    "mail": _mail,
    "receive": _receive,
}
