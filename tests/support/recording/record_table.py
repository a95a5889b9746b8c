"""Record the table of this version: python -m tests.support.recording.record_table.

See `tests.support.recording.recorded` for the format. It was run on the commit before the code was
moved into folders by capability. Run it again only to record the data of another version.
`tests/integration/upgrades/test_recorded_table.py` reads the recording."""

import json
import time
from datetime import UTC, datetime

from tests.support.moto.stack import running
from tests.support.recording import recorded
from tests.support.recording.senders import outside
from tests.support.recording.stories import Stories

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
    """Play the stories, write the table to a file, restore it elsewhere and write down what the API shows."""
    with running(START) as stack, outside() as address:
        stack.step_seconds = 1
        stories = Stories(stack, address)
        for act in ACTS:
            began = time.perf_counter()
            getattr(stories, act)()
            print(f"{act:<24}{time.perf_counter() - began:6.1f} s", datetime.fromtimestamp(time.time(), UTC))
        stories.pass_days(recorded.RECORDED_AT)
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
