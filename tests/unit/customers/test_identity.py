"""What identifies a person: addresses, numbers and external ids."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.customers.identity import mail_of, phone_of, region_of, source_of
from chalicelib.usecases.customers.upsert_customer import customer_key
from tests.fakes import SHOP, FakeServices


@pytest.mark.parametrize(
    ("phone", "region", "written"),
    [
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+44 20 7946 0958", "CN", "+442079460958"),
        ("020 7946 0958", None, None),
        ("12", "CN", None),
        ("call me", "CN", None),
        ("", "CN", None),
    ],
)
def test_numbers_are_compared_in_e164(phone: str, region: str | None, written: str | None) -> None:
    assert phone_of(phone, region) == written


def test_addresses_are_compared_without_case_and_form() -> None:
    assert mail_of(" Ｆang@Example.NET ") == "fang@example.net"
    assert mail_of("") is mail_of(None) is None


def test_a_shops_region_is_its_calendars_or_its_languages() -> None:
    assert region_of(SHOP) == "CN"
    assert region_of(replace(SHOP, calendar="always", locale="pt-BR")) == "BR"
    assert region_of(replace(SHOP, calendar="always", locale="en")) is None


def test_the_source_of_a_record_is_in_its_external_id() -> None:
    names = ("shopify/7", "woocommerce/7", "mail/X", "fang", "shop/7", "a/b/c")
    assert [source_of(one) for one in names] == [
        "shopify",
        "woocommerce",
        "mail",
        "standard",
        "standard",
        "standard",
    ]
    services = FakeServices()
    assert customer_key(services, "demo", "fang") != customer_key(services, "demo", "shopify/7")
