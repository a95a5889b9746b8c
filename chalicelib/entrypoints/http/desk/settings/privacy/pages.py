"""Find a person, and see what is stored about them. Whom one looks for is posted: it stands in no address and no log.
Every reading is recorded with the person."""

from functools import partial
from typing import TYPE_CHECKING, Any

from chalice.app import Response

from chalicelib.bootstrap import services
from chalicelib.domain.kernel.errors import NotFound
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.entrypoints.http.access_log import note_access
from chalicelib.entrypoints.http.desk.context import Desk
from chalicelib.entrypoints.http.desk.settings.cards import open_card, setting_page
from chalicelib.entrypoints.http.desk.words import Words
from chalicelib.entrypoints.http.requests import cursor_of, encode_cursor, parameter

if TYPE_CHECKING:
    from chalicelib.domain.customers.customer import Customer, CustomerEvent
    from chalicelib.usecases.customers.read_customer import Profile

WAYS = ("email", "phone", "external_id")
LONGEST = 320
"""Of what one searches by, in characters: an email address has no more (RFC 3696, erratum 1690)."""
SHOWN = 25
LONGEST_ID = 60
ACCESS = "A#[0-9]{13}#.{1,300}"


def show(desk: Desk) -> Response:
    """The form with which one finds a person."""
    open_card(desk, "privacy")
    return _search(desk, "email", "", None)


def find(desk: Desk) -> Response:
    """The people who have this email address, phone number or id."""
    from chalicelib.usecases.customers.read_customer import find_customer, search_customers

    open_card(desk, "privacy")
    way = next((each for each in WAYS if each == desk.form.get("way")), "email")
    text = desk.form.get("who", "")[:LONGEST]
    people = (
        search_customers(services(), desk.shop.id, *(text if each == way else None for each in WAYS)) if text else []
    )
    if text and way == "external_id" and not people:
        try:
            people = [_of_shop(desk, find_customer(services(), text[:LONGEST_ID]))]
        except NotFound:
            people = []
    note_access(desk.request, [person.id for person in people], "search")
    return _search(desk, way, text, people)


def person(desk: Desk) -> Response:
    """What is stored about a person (`?customer=`), and who read it."""
    open_card(desk, "privacy")
    done = parameter(desk.request, "done")
    return person_page(desk, parameter(desk.request, "customer"), done=done if done in DONE else None)


DONE = ("export", "hold", "end_hold")
"""What may just have been done to a person's data."""
ABSENT = {"fault": None, "done": None, "reason": ""}


def person_page(desk: Desk, customer: str | None, status: int = 200, /, **more: Any) -> Response:
    """The page of a person. `fault`: the name of the phrase that says why something was not done; `done`: what was."""
    from chalicelib.usecases.customers.read_accesses import read_accesses
    from chalicelib.usecases.customers.read_customer import read_profile

    asked = find_person(desk, customer)
    profile = read_profile(services(), asked, SHOWN, None)
    note_access(desk.request, [record.id for record in profile.records], "profile")
    after = cursor_of(desk.request, ACCESS) if desk.request.method == "GET" else None
    accesses = read_accesses(services(), profile.customer, SHOWN, after)
    events = services().identities.events(key_of_id(profile.customer.id), SHOWN, None).items
    following = encode_cursor(accesses.next) if accesses.next else None
    given: dict[str, Any] = _stored(profile) | {"accesses": accesses.items, "following": following, "events": events}
    given["reason_of"] = partial(_reason_of, Words(desk))
    return setting_page(desk, "privacy", "person.html", status, **(ABSENT | given | more))


def _reason_of(words: Words, event: "CustomerEvent") -> str:
    """Why something happened to a person's data: what somebody wrote, or in words what two records have in common."""
    reason = event.reason or ""
    kinds = reason.removeprefix("equal ").split(", ") if reason.startswith("equal ") and event.by.id is None else []
    if not kinds:
        return reason
    return words.say("privacy.equal", what=words.listed(words.named("privacy.identifier", kind) for kind in kinds))


def find_person(desk: Desk, customer: str | None) -> "Customer":
    """The customer with this id. NotFound unless they are one of the shop that is open."""
    from chalicelib.usecases.customers.read_customer import find_customer

    try:
        return _of_shop(desk, find_customer(services(), (customer or "")[:LONGEST_ID]))
    except NotFound:
        raise NotFound("There is no such page.") from None


def _of_shop(desk: Desk, customer: "Customer") -> "Customer":
    if customer.shop != desk.shop_id:
        raise NotFound("There is no such page.")
    return customer


def _stored(profile: "Profile") -> dict[str, Any]:
    """What is stored about a person, as the page shows it. Numbers of a list that goes on are marked so."""
    records = profile.records
    return {
        "person": profile.customer,
        "records": len(records),
        "emails": list(dict.fromkeys(record.email for record in records if record.email)),
        "phones": list(dict.fromkeys(record.phone for record in records if record.phone)),
        "cases": [stored.case for stored in profile.cases.items if stored.case],
        "more_cases": profile.cases.next is not None,
        "orders": profile.orders.items,
        "more_orders": profile.orders.next is not None,
        "held": next((record.held for record in records if record.held is not None), None),
    }


def _search(desk: Desk, way: str, who: str, people: "list[Customer] | None") -> Response:
    return setting_page(desk, "privacy", "privacy.html", ways=WAYS, way=way, who=who, people=people)
