"""The page of figures, its CSV and the report of a day."""

import csv
import io
from typing import Any

import pytest

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.kernel.timestamps import Day, day_of, next_day
from tests.support.desk.visitor import Visitor

EMPTY: dict[str, Any] = {
    "opened": 4,
    "resolved": 4,
    "reopened": 0,
    "escalated": 0,
    "first_reply": {"count": 4, "mean": 120},
    "resolution": {"count": 4, "mean": 7200},
    "sla": {clock: {"met": 2, "breached": 0} for clock in ("first_reply", "resolution")},
    "csat": {"scores": [0, 0, 0, 0, 4]},
    "nps": {"promoters": 0, "detractors": 0, "answered": 0},
    "definition": 2,
    "restated": 0,
    "computed_at": "-",
    "inputs": "-",
}


def given_records(desk: AwsServices, **scores: list[int]) -> Day:
    """Records of yesterday: a product for each, by what its customers scored; and the day."""
    day = next_day(day_of(desk.now(), "Asia/Shanghai"), -1)
    values = [("sku", name, {"scores": given}) for name, given in scores.items()]
    records = [
        EMPTY | {"dimension": dimension, "value": value, "day": day, "csat": csat}
        for dimension, value, csat in [*values, ("all", "all", EMPTY["csat"])]
    ]
    desk.metrics.replace_records("demo", day, records, ())
    return day


def test_the_worst_product_comes_first_and_the_shop_is_drawn_day_by_day(desk: AwsServices) -> None:
    day = given_records(desk, GOOD=[0, 0, 0, 0, 20], BAD=[15, 0, 0, 0, 5])
    text = Visitor.signed_in().get("demo/board/figures").text
    assert text.index(">BAD<") < text.index(">GOOD<")
    assert f"<title>{day}: 100 %</title>" in text
    assert "25 %" in text


def test_the_csv_has_what_is_shown_and_nothing_that_a_spreadsheet_would_compute(desk: AwsServices) -> None:
    given_records(desk, **{"=HYPERLINK(1)": [0, 0, 0, 0, 4], "LAMP": [1, 0, 0, 0, 3]})
    answer = Visitor.signed_in().get("demo/board/figures.csv", dimension="sku", measure="csat")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["sku"] for row in rows} == {"'=HYPERLINK(1)", "LAMP"}
    (lamp,) = (row for row in rows if row["sku"] == "LAMP")
    assert (lamp["csat"], lamp["csat_n"], lamp["first_reply"]) == ("75", "4", "120")
    assert answer.headers["content-disposition"][0].startswith('attachment; filename="demo-sku-')


@pytest.mark.parametrize(
    "query",
    [{"from": "2026-02-30"}, {"from": "2026-01-01", "to": "2026-11-01"}, {"dimension": "person"}, {"measure": "luck"}],
    ids=["no day", "too long", "no dimension", "no measure"],
)
def test_what_cannot_be_shown_is_refused(desk: AwsServices, query: dict[str, str]) -> None:
    for path in ("demo/board/figures", "demo/board/figures.csv"):
        assert Visitor.signed_in().get(path, **query).status == 422


def test_a_days_report_is_shown_without_anything_that_runs_and_only_to_its_shop(desk: AwsServices) -> None:
    desk.data_lake.save_report("demo", "2026-11-20", "<!doctype html><p>报告</p>")
    visitor = Visitor.signed_in()
    answer = visitor.get("demo/board/reports/2026-11-20")
    assert (answer.status, answer.text) == (200, "<!doctype html><p>报告</p>")
    assert "script" not in answer.headers["content-security-policy"][0]
    assert visitor.get("demo/board/reports/2026-11-21").status == 404
    assert visitor.get("demo/board/reports/..").status in (404, 422)
