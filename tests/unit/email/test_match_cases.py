"""Which case an automatic email is about."""

from chalicelib.domain.email.inbound_email import Verdicts
from tests.support.emails.inbox import FAILED_FOR_GOOD, bounce, inbound_email, receive_parsed, services_with_case
from tests.support.emails.samples.writing import FANG, OURS


def test_what_an_automatic_mail_names_in_its_head_alone_finds_its_case_if_it_is_ours() -> None:
    for named, noted in (
        ({"in_reply_to": (OURS,)}, True),
        ({"references": ("a@b", OURS)}, True),
        ({"references": ("a@b",)}, False),
    ):
        for kind in ("bounce", "reply"):
            services = services_with_case()
            email = inbound_email(automatic=kind, sender="daemon@mx.example", verdicts=Verdicts(), **named)
            assert (receive_parsed(services, email).case is not None) == noted
    services = services_with_case()
    assert bounce(services, FAILED_FOR_GOOD, about=(), references=(OURS,)) == FANG
