"""A shop with its staff at the desk."""

import pytest
from playwright.sync_api import Browser

from infra.local.stack import Stack
from tests.support.cloud.world import World
from tests.support.desk.browser import Staff


@pytest.fixture(scope="session")
def staff(stack: Stack, browser: Browser) -> Staff:
    """A shop for all tests of a process, so that its people sign in once."""
    return Staff(browser, World.new(stack))
