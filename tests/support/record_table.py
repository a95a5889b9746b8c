"""Record the table of this version: python -m tests.support.record_table. See `tests.support.recorded`.

It was run on the commit before the code was moved into folders by capability, and is run again only when a version is
to be held by its data. `tests/integration/test_recorded_table.py` reads the recording."""

import json
import time
from datetime import UTC, datetime

from tests.support import recorded
from tests.support.moto_stack import running
from tests.support.recorded_stories import Stories
from tests.support.teller import outside

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC).timestamp()  # a Monday, ten in the morning in Shanghai
ACTS = (
    "set_up",
    "all_kinds",
    "surveys",
    "flows",
    "routing",
    "emails",
    "platforms",
    "orders_and_statements",
    "people",
    "pages",
    "waiting",
    "day",
)


def main() -> None:
    """Play the stories, write down the table, restore it elsewhere and write down what the API shows of it."""
    with running(START) as stack, outside() as address:
        stack.step_seconds = 1
        stories = Stories(stack, address)
        for act in ACTS:
            began = time.perf_counter()
            getattr(stories, act)()
            print(f"{act:<24}{time.perf_counter() - began:6.1f} s", datetime.fromtimestamp(time.time(), UTC))
        stories.nights(recorded.RECORDED_AT)
        text = recorded.as_lines(recorded.everything())
    recorded.write(recorded.TABLE, text)
    with running(recorded.RECORDED_AT) as stack:
        recorded.restore(text)
        shown = recorded.views(stack, text)
    recorded.write(recorded.VIEWS, json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
    for file in (recorded.TABLE, recorded.VIEWS):
        print(f"{file.name}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
