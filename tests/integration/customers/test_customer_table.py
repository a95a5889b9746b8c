"""A customer's record that several processes write at the same time loses nothing of what any of them wrote."""

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import AwsServices
from chalicelib.domain.customers.customer import Customer
from chalicelib.domain.kernel.ids import new_id
from chalicelib.usecases.ports.read_ahead import Wanted
from tests.fakes import NOON

KEY, ADDRESS = "A" * 16, "fang@example.net"
FANG = Customer(id=new_id(NOON, KEY), shop="demo", external_id="x", email=ADDRESS, seen_at=NOON)


@pytest.fixture
def read_before(services: AwsServices) -> AwsServices:
    """The services of a process that has read the record; others write it before this one does."""
    services.customers.upsert(FANG)
    services.ahead.read(Wanted(shop="demo", settings="fresh", customer=KEY))
    return services


def test_an_update_keeps_the_special_care_that_was_stored_since_the_record_was_read(read_before: AwsServices) -> None:
    AwsServices().customers.set_care(KEY, ("disabled",))
    stored = read_before.customers.upsert(replace(FANG, name="王芳", seen_at=NOON + 1))
    assert (stored.name, stored.care) == ("王芳", ("disabled",))


def test_an_update_keeps_that_the_address_bounces(read_before: AwsServices) -> None:
    AwsServices().customers.set_undeliverable(KEY, ADDRESS)
    read_before.customers.upsert(replace(FANG, name="王芳", seen_at=NOON + 1))
    assert read_before.customers.load([KEY])[KEY].undeliverable == ADDRESS


def test_special_care_keeps_an_update_of_the_same_instant(read_before: AwsServices) -> None:
    AwsServices().customers.upsert(replace(FANG, name="王芳"))
    stored = read_before.customers.set_care(KEY, ("elderly",))
    assert (stored.name, stored.care) == ("王芳", ("elderly",))


def test_an_update_of_a_record_that_was_erased_since_it_was_read_brings_nothing_old_back(
    read_before: AwsServices,
) -> None:
    others = AwsServices()
    others.vault.destroy([f"demo#{KEY}"])
    others.customers.erase("demo", KEY, NOON + 2)
    read_before.customers.upsert(replace(FANG, name="王芳", seen_at=NOON + 1))
    after = AwsServices().customers.load([KEY])[KEY]
    assert (after.name, after.email, after.erased_at) == (None, None, NOON + 2)
