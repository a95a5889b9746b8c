#!/usr/bin/env bash
# holidays 0.109, China: a golden week has holes, and a year brings make-up workdays of other years.
#
# The State Council's notice for 2026 gives 15 to 23 February and 1 to 7 October off. The library lists those days but
# the weekend days among them: for shops that rest at weekends nothing is missing, a shop that opens on Sundays would
# work on 4 October and on 21 and 22 February. And `weekend_workdays` of a calendar made for one year holds that year's
# make-up days together with six of 2001 to 2011, which nobody asked for; whoever counts them counts too many.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install -q --disable-pip-version-check holidays==0.109
"$place/venv/bin/python" - <<'PY'
from datetime import date, timedelta

import holidays

year = holidays.country_holidays("CN", years=2026)


def missing(first: date, days: int) -> list[str]:
    return [str(day) for n in range(days) if (day := first + timedelta(n)) not in year]


seen = {
    "holes in 15 to 23 February": missing(date(2026, 2, 15), 9),
    "holes in 1 to 7 October": missing(date(2026, 10, 1), 7),
    "make-up days of other years": sorted(str(day) for day in year.weekend_workdays if day.year != 2026),
    "make-up days of 2026": len([day for day in year.weekend_workdays if day.year == 2026]),
}
for what, found in seen.items():
    print(f"{what}: {found}")
assert seen == {
    "holes in 15 to 23 February": ["2026-02-15", "2026-02-21", "2026-02-22"],
    "holes in 1 to 7 October": ["2026-10-04"],
    "make-up days of other years": [
        "2001-12-29", "2001-12-30", "2005-12-31", "2006-12-30", "2006-12-31", "2011-12-31",
    ],
    "make-up days of 2026": 6,
}, "what was seen has changed"
PY
