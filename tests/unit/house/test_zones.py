"""Time zones come from the locked package for every entry into the code, and from nowhere else."""

import re
import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
import tzdata

from chalicelib.domain.kernel.errors import Invalid
from chalicelib.domain.kernel.timestamps import HOUR_MS, day_of, parse_instant, start_of, zone_info
from chalicelib.domain.platforms import shopify
from tests.support.paths import ROOT

ENTRIES = ("app", "infra.audit", "infra.import", "bench.storm")
CHANGED = ("America/Vancouver", "America/Edmonton", "America/Winnipeg", "America/Havana", "Africa/Casablanca")
"""Zones whose clocks of after June 2026 differ between tzdata 2025b and 2026f."""


def _locked(name: str) -> zoneinfo.ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return zoneinfo.ZoneInfo.from_file(data, name)


@pytest.mark.parametrize("name", [*CHANGED, "Asia/Shanghai", "Europe/Berlin", "America/Nuuk"])
def test_a_zone_is_that_of_the_locked_package(name: str) -> None:
    for hour in range(0, 3 * 366 * 24, 7):
        at = datetime(2025, 6, 1, tzinfo=UTC) + timedelta(hours=hour)
        assert at.astimezone(zone_info(name)).utcoffset() == at.astimezone(_locked(name)).utcoffset()


def test_vancouver_stays_on_summer_time_as_the_package_knows() -> None:
    assert zone_info("America/Vancouver").utcoffset(datetime(2026, 12, 15, 12)) == timedelta(hours=-7)


@pytest.mark.parametrize("entry", ENTRIES)
def test_whichever_way_the_code_is_entered_the_machines_zones_are_not_asked(entry: str) -> None:
    script = f"import importlib, zoneinfo; importlib.import_module({entry!r}); print(zoneinfo.TZPATH)"
    environment = {"PYTHONTZPATH": "/usr/share/zoneinfo", "AWS_DEFAULT_REGION": "eu-west-1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
    (locked,) = tzdata.__path__
    assert done.stdout.strip() == str((f"{locked}/zoneinfo",)), done.stderr


@pytest.mark.parametrize("name", ["Nowhere", "Asia/Nowhere", "../Asia/Shanghai", "/etc/passwd", ""])
def test_a_zone_that_the_package_does_not_have_is_none(name: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        zone_info(name)


def test_local_days_are_never_computed_in_sql() -> None:
    """DuckDB has its own time zone data, which differs from the package's: it gets days as text."""
    asked = re.compile(
        r"time zone|timezone|timestamptz|to_timestamp|date_trunc|current_|now\(|::date|as date|epoch", re.I
    )
    scripts = [*ROOT.glob("chalicelib/**/*.sql"), ROOT / "chalicelib/adapters/customers/segments.py"]
    assert len(scripts) > 5
    for script in scripts:
        code = re.sub(r"--.*", "", script.read_text("utf-8"))
        assert not asked.search(code), script.name


def test_duckdb_knows_other_zones_than_the_package_so_it_must_not_be_asked() -> None:
    """The locked pair of packages: if they agree one day, only this test must be removed."""
    duckdb = pytest.importorskip("duckdb")
    winter = parse_instant("2026-12-15T12:00:00Z")
    database = duckdb.connect(config={"allow_community_extensions": False, "autoinstall_known_extensions": False})
    try:
        row = database.execute(
            "SELECT hour(timezone('America/Winnipeg', make_timestamptz($1)))", [winter * 1000]
        ).fetchone()
    except duckdb.Error as refused:
        pytest.skip(f"this build has no zones: {type(refused).__name__}")
    ours = datetime.fromtimestamp(winter / 1000, UTC).astimezone(zone_info("America/Winnipeg")).hour
    assert (row[0], ours) == (6, 7)


@pytest.mark.parametrize("written", ["253402300800", '"253402300800"', "-62135596801", '"10000-01-01T00:00:00Z"'])
def test_a_platforms_time_of_no_calendar_is_told_and_no_fault(written: str) -> None:
    body = f'{{"id": 1, "updated_at": {written}, "line_items": []}}'.encode()
    with pytest.raises(Invalid):
        shopify.TOPICS["orders/updated"](body)


def test_a_day_begins_when_its_clocks_first_show_it() -> None:
    for name, day in (("Africa/Cairo", "2026-04-24"), ("America/Havana", "2026-03-08"), ("Pacific/Apia", "2011-12-31")):
        begin = start_of(day, name)
        assert day_of(begin, name) == day
        assert day_of(begin - 1, name) < day
        assert day_of(begin + HOUR_MS, name) == day
