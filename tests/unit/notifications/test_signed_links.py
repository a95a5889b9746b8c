"""Reply addresses are short, and nobody else can make one."""

from chalicelib.usecases.notifications.signed_links import read_reply_address, reply_address
from tests.fakes import FakeServices
from tests.support.cases.webhooks import KEY
from tests.support.emails.inbox import receive, services_with_case
from tests.support.emails.samples.writing import plain


def test_no_mail_is_taken_in_where_no_domain_is_named_for_it() -> None:
    services = services_with_case()
    services.inbound_domain = ""
    assert reply_address(services, KEY) is None
    assert receive(services, plain("x", "Dark.")) is None
    assert services.uploads.files.keys() == {"incoming/1"}


def test_a_reply_address_is_short_and_nobody_can_make_one() -> None:
    services = FakeServices()
    address = reply_address(services, KEY) or ""
    assert len(address.partition("@")[0]) <= 64
    for place in range(2, 34):
        changed = address[:place] + ("a" if address[place] != "a" else "b") + address[place + 1 :]
        assert read_reply_address(services, changed) is None
    assert read_reply_address(services, address.replace("in.example.com", "evil.example")) is None
