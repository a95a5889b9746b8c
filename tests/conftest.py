"""Settings of all tests."""

from hypothesis import HealthCheck, settings

# Machines that run tests are slow and noisy: how long an example takes says nothing about the code.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")
