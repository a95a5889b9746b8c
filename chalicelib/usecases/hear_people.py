"""Act on what a platform tells of people: accounts, accounts that became one, and what the law has it pass on."""

from chalicelib.domain.customers import Customer, CustomerEvent
from chalicelib.domain.errors import Conflict, Held
from chalicelib.domain.events import Actor
from chalicelib.domain.ids import key_in, key_of, new_id
from chalicelib.domain.order_inputs import CustomerIn
from chalicelib.domain.platforms.people import by_address
from chalicelib.domain.platforms.told import AccountGone, DataWanted, Named, PeopleMerged, Redaction, named_by
from chalicelib.domain.shops import Shop
from chalicelib.usecases.desk import Desk
from chalicelib.usecases.export_customer import ask_for_export
from chalicelib.usecases.family import family_of, keys_of, root_of
from chalicelib.usecases.forget_customer import forget
from chalicelib.usecases.meet_customer import customer_key, meet, of_order
from chalicelib.usecases.merge_customers import merge
from chalicelib.usecases.ports import Receipt


def hear_named(desk: Desk, shop: Shop, told: Redaction | DataWanted, receipt: Receipt) -> str | None:
    """Forget everybody the platform names, or send them what is held; nobody else. Why not all of it, if so.

    Held, and nothing is done, while there is a legal hold on one of them. Conflict, when the rest is done, over orders
    it names that are of another account here. Whoever the delivery's own words are sealed for comes last: until then
    it can be read and begun again.
    """
    people, doubtful = _named(desk, shop, told, receipt.source)
    by, why = Actor("shop", shop.id), None if people else "nobody of that name is known"
    if isinstance(told, DataWanted):
        for one in people:
            try:
                ask_for_export(desk, one, by)
            except Conflict as conflict:  # it is sent to nobody of whom it is not certain that all of it is theirs
                why = str(conflict)
        return why
    _forget(desk, shop, people, told, receipt, by)
    if doubtful:
        raise Conflict(f"Orders {', '.join(doubtful)} are of another account here: decide by hand whose they are.")
    return why


def _forget(desk: Desk, shop: Shop, people: list[Customer], told: Redaction, receipt: Receipt, by: Actor) -> None:
    families = {one.id: family_of(desk, one) for one in people}
    held = next((one for one in people if any(each.held for each in families[one.id])), None)
    if held is not None:
        raise Held(f"Customer {held.id} is under a legal hold: their data must be kept until it is ended.")
    for one in sorted(people, key=lambda one: receipt.whose in keys_of(families[one.id])):
        forget(desk, one, by)
    first = named_by(told)
    if first is not None:  # these words name them, too, also where no record does
        desk.vault.destroy([f"{shop.id}#{customer_key(desk, shop.id, first)}"])


def _named(desk: Desk, shop: Shop, told: Named, source: str) -> tuple[list[Customer], list[str]]:
    """The people a platform names, each once by the record on top; and the orders it names that are somebody else's."""
    guest = by_address(told.email) if told.email else None
    keys = [customer_key(desk, shop.id, one) for one in (told.customer, guest) if one is not None]
    doubtful = []
    for order in told.orders:
        keys.append(customer_key(desk, shop.id, of_order(source, order)))
        sale = desk.sales.load(shop.id, order)
        if sale is None or sale.customer is None or sale.external_id != order:
            continue
        keys.append(key_in(sale.customer))
        buyer = desk.customers.load([keys[-1]]).get(keys[-1])
        doubtful += [order] if buyer is not None and _is_another(desk, buyer, told, source) else []
    found = desk.customers.load(dict.fromkeys(keys)).values()
    roots = [root_of(desk, key_in(one.id)) or one for one in found if not _is_another(desk, one, told, source)]
    return list({one.id: one for one in roots}.values()), doubtful


def _is_another(desk: Desk, one: Customer, told: Named, source: str) -> bool:
    """Whether this is an account of the platform that is not the one named, or somebody who has become one since: an
    address is given up and taken by others, an order is moved."""
    family = family_of(desk, root_of(desk, key_in(one.id)) or one)
    accounts = {each.external_id for each in family if _is_account(each.external_id, source)}
    return bool(accounts) and told.customer not in accounts


def _is_account(external_id: str, source: str) -> bool:
    return external_id.startswith(f"{source}/") and not external_id.startswith(f"{source}/order/")


def hear_merge(desk: Desk, shop: Shop, told: PeopleMerged, receipt: Receipt) -> str | None:
    """Two accounts are one person because the shop said so: the record of the one that is left stays on top."""
    if not told.done:
        return "the platform did not merge them"
    gone = _record(desk, shop, told.merged)
    if gone is None:
        return "nothing is known of the account that is no more"
    kept = _record(desk, shop, told.kept) or meet(desk, shop, CustomerIn(external_id=told.kept), receipt.received_at)
    into, member = root_of(desk, key_in(kept.id)) or kept, root_of(desk, key_in(gone.id)) or gone
    if into.id != member.id:
        merge(desk, into, member, Actor("shop", shop.id), f"merged on {receipt.source}")
    return None


def hear_account_gone(desk: Desk, shop: Shop, told: AccountGone, receipt: Receipt) -> str | None:
    """An account was closed. Whoever it was of is not forgotten by that: their orders stand at the shop, too."""
    known = _record(desk, shop, told.customer)
    if known is None:
        return "nothing is known of this account"
    event = CustomerEvent(
        id=new_id(receipt.received_at, key_of("account gone", receipt.id)), at=receipt.received_at,
        by=Actor("shop", shop.id), type="account_closed", shop=shop.id, data={"source": receipt.source},
    )  # fmt: skip
    desk.people.note(key_in(known.id), event)
    return "the account is closed; that somebody is to be forgotten is told otherwise"


def _record(desk: Desk, shop: Shop, external_id: str) -> Customer | None:
    key = customer_key(desk, shop.id, external_id)
    return desk.customers.load([key]).get(key)
