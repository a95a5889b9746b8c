"""What is shipped is what is tested: both are locked to the same versions."""

import re

from tests.support.paths import ROOT

PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.M)


def test_the_environment_of_the_tests_has_every_shipped_library_in_the_same_version() -> None:
    tested = dict(PIN.findall((ROOT / "requirements-dev.txt").read_text("utf-8")))
    for layer in ("", "-analytics", "-insights", "-mail", "-pictures"):
        shipped = dict(PIN.findall((ROOT / f"requirements{layer}.txt").read_text("utf-8")))
        assert shipped.items() <= tested.items(), layer
