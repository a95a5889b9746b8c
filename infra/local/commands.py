"""The commands of the local stack. `make run` and `make down` call them; newcomers and tests may too.

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
from collections.abc import Callable
from pathlib import Path

from infra.local import cloud
from infra.local.run import run
from infra.local.stack import INBOUND_DOMAIN, find
from infra.samples import replay


def main(arguments: list[str]) -> None:
    """Run one command."""
    options = _parser().parse_args(arguments)
    COMMANDS[options.command](options)


def _parser() -> argparse.ArgumentParser:
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
    receive.add_argument("--to", default=f"demo@{INBOUND_DOMAIN}")
    return parser


def _run(options: argparse.Namespace) -> None:
    run(options.input)


def _down(_: argparse.Namespace) -> None:
    print("The local cloud is stopped; its data stays in .local." if cloud.stop() else "No local cloud was running.")


def _token(options: argparse.Namespace) -> None:
    print(find().token(options.role, options.shop or (None if options.role == "admin" else "demo")))


def _secret(options: argparse.Namespace) -> None:
    print(find().secret(options.shop, options.source))


def _metrics(options: argparse.Namespace) -> None:
    stack = find()
    report = replay.compute_day(stack, options.shop, options.day)
    print(replay.fetch_report(stack, report) if report else f"{options.day} is computed.")


def _mail(options: argparse.Namespace) -> None:
    for mail in find().mails(options.to):
        print(json.dumps(mail, ensure_ascii=False))


def _receive(options: argparse.Namespace) -> None:
    if not options.file.is_file():
        raise SystemExit(f"There is no file {options.file}.")
    stack = find()
    email_id = stack.receive(options.file.read_bytes(), options.to)
    receipts = stack.receipts_of(email_id)
    if not receipts:
        raise SystemExit(f"Email {email_id} has no receipt: no shop has the address {options.to}.")
    for receipt in receipts:
        print(json.dumps(stack.receipt(receipt), ensure_ascii=False))


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "run": _run,
    "down": _down,
    "token": _token,
    "secret": _secret,
    "metrics": _metrics,
    "mail": _mail,
    "receive": _receive,
}
