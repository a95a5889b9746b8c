"""Settings of all tests, and how many processes run them."""

import os

import pytest
from hypothesis import HealthCheck, settings

# Machines that run tests are slow and noisy: how long an example takes says nothing about the code.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")

for library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # as in the function: more threads wait for each other
    os.environ.setdefault(library, "1")

MOST = 4
"""All workers share one local cloud, which a fifth would only slow down."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Files named by hand run in this process: starting others takes longer than most files."""
    if all(chosen.partition("::")[0].endswith(".py") for chosen in config.args):
        return 0
    return min((os.cpu_count() or 1) + 1, MOST)  # stories wait about a third of their time
