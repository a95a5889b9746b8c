"""Importing a statement by the command: its entries are sent once, in parts, without the payers' names."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.kernel.errors import Invalid, TooLarge
from chalicelib.domain.settlement import upload as bringing
from infra.local.stack import Answer
from infra.operate import import_history, import_statement
from tests.fakes import FakeServices
from tests.support.orders.statements import FIXTURES, wechat_bill, wechat_row


class FakeStack:
    """The API of a service desk in memory."""

    def __init__(self, services: FakeServices) -> None:
        self.services, self.seen, self.sizes = services, set[str](), list[int]()
        self.down_after = 99

    def secret(self, shop: str, source: str) -> str:
        return "whsec_"

    def hook(self, shop: str, kind: str, data: dict[str, Any], secret: str, delivery: str) -> Answer:
        if len(self.sizes) >= self.down_after:
            return Answer(409, {"detail": "not now"}, {})
        self.sizes.append(len(json.dumps(data)))
        seen_before = delivery in self.seen
        self.seen.add(delivery)
        if not seen_before:
            assert self.services.hook(kind, data, delivery).state == "processed"
        return Answer(200 if seen_before else 202, {}, {})


@pytest.fixture
def stack(services: FakeServices, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeStack:
    made = FakeStack(services)
    monkeypatch.setattr(import_statement, "find", lambda: made)
    monkeypatch.setattr(import_statement, "LOCAL", tmp_path)
    services.time += 30 * 86_400_000
    return made


def run(file: Path, *more: str) -> None:
    import_history.main(["statement", str(file), "--shop", "demo", *more])


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_a_dry_run_says_what_is_in_a_statement_and_sends_nothing(
    stack: FakeStack, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(FIXTURES / name, "--dry-run")
    printed = capsys.readouterr().out
    assert name.partition("-")[0] in printed
    assert "gives back" in printed
    assert "example.com" not in printed
    assert stack.sizes == []


def test_a_statement_is_sent_in_parts_goes_on_where_it_stopped_and_is_known_again(
    stack: FakeStack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bill.csv"
    file.write_text(
        wechat_bill(*(wechat_row(number) for number in range(450)), totals="`450,`0,`450.00,`0,`0,`0,`450.00"),
        "gb18030",
    )
    stack.down_after = 1
    with pytest.raises(SystemExit, match="run the command again"):
        run(file)
    assert len(stack.services.settlements.stored) == 100
    assert stack.services.settlements.covered == {}
    stack.down_after = 99
    run(file)
    assert len(stack.services.settlements.stored) == 450
    assert len(stack.services.settlements.covered) == 1
    assert max(stack.sizes) < 256 * 1024
    run(file, "--again")
    assert f"{'sent before':<32}{450:>8}" in capsys.readouterr().out
    assert len(stack.services.settlements.stored) == 450


@pytest.mark.parametrize("packed", ["gzip", "zip"])
def test_a_packed_statement_is_unpacked(stack: FakeStack, tmp_path: Path, packed: str) -> None:
    text, file = (FIXTURES / "alipay-trades.csv").read_bytes(), tmp_path / "statement"
    if packed == "gzip":
        file.write_bytes(gzip.compress(text))
    else:
        with zipfile.ZipFile(file, "w") as out:
            out.writestr("20880000000000000156_20261118_业务明细.csv", text)
            out.writestr("readme", "x")
    run(file)
    assert [row.entry.refund_no for row in stack.services.settlements.stored.values()] == ["RF-DESK-0002"]


def test_what_cannot_be_read_stops_the_command_before_anything_is_sent(stack: FakeStack, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("Name,Sum\n", "utf-8")
    with pytest.raises(SystemExit, match="not a known statement"):
        run(file)
    with pytest.raises(SystemExit, match="There is no file"):
        run(tmp_path / "none.csv")
    assert stack.sizes == []


def test_damaged_rows_are_told_by_their_lines(
    stack: FakeStack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bill.csv"
    file.write_text(wechat_bill(wechat_row(1), "`torn off", wechat_row(2)), "utf-8")
    run(file)
    printed = capsys.readouterr().out
    assert "line 3: does not have as many fields" in printed
    assert "warning: it has no totals" in printed
    assert len(stack.services.settlements.stored) == 2


def test_an_upload_that_unpacks_to_more_than_it_may_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import base64

    monkeypatch.setattr(bringing, "MAX_UNPACKED", 1_000)
    packed = base64.b64encode(gzip.compress(b"a" * 1_001)).decode()
    with pytest.raises(TooLarge, match=r"infra\.import"):
        bringing.decode_content(packed)
    assert bringing.decode_content(base64.b64encode(gzip.compress(b"a" * 1_000)).decode()) == b"a" * 1_000
    with pytest.raises(Invalid, match="broken"):
        bringing.decode_content(base64.b64encode(gzip.compress(b"abc")[:-4]).decode())
    with pytest.raises(Invalid, match="base64"):
        bringing.decode_content("***")
