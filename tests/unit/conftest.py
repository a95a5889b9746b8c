"""Unit tests run on fakes: the network is shut."""

from tests.support.fixtures import _no_network, opened, quiet, resolved, services

__all__ = ["_no_network", "opened", "quiet", "resolved", "services"]
