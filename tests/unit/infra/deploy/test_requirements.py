"""What is shipped is what is tested: both are locked to the same versions."""

import re

from tests.support.paths import ROOT

PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.M)


def test_the_environment_of_the_tests_has_every_shipped_library_in_the_same_version() -> None:
    tested = dict(PIN.findall((ROOT / "requirements-dev.txt").read_text("utf-8")))
    for name in ("requirements", "requirements-analytics", "requirements-mail", "requirements-pictures"):
        shipped = dict(PIN.findall((ROOT / f"{name}.txt").read_text("utf-8")))
        assert shipped.items() <= tested.items(), name
