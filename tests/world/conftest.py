"""The tests of observed data run on fakes, as unit tests do: the network is shut."""

from tests.support.fixtures import _no_network, quiet, services

__all__ = ["_no_network", "quiet", "services"]
