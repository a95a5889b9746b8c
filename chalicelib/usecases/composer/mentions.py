"""The mentions of an agent: they are notified of each once, and it stands in their list until they have read it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chalicelib.domain.cases.case import Case
from chalicelib.domain.cases.events import Event
from chalicelib.domain.cases.facts import NoteAdded
from chalicelib.domain.composer.mentions import Mention
from chalicelib.domain.kernel.ids import key_of_id
from chalicelib.domain.shops.shop import Shop
from chalicelib.usecases.notifications.send_email import compose_ours, send_once
from chalicelib.usecases.notifications.signed_links import desk_link
from chalicelib.usecases.ports.cases import Page
from chalicelib.usecases.ports.email import Mail
from chalicelib.usecases.ports.shop_rules import shop_of

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.ports.services import (
        HasAgents,
        HasApiUrl,
        HasClock,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasMentions,
        HasPages,
        HasSecrets,
        HasShops,
        HasThreads,
    )

    class NotifyMentionedServices(
        HasAgents,
        HasApiUrl,
        HasClock,
        HasIdempotency,
        HasInboundDomain,
        HasMailer,
        HasMentions,
        HasPages,
        HasSecrets,
        HasShops,
        HasThreads,
        Protocol,
    ):
        """The services that `notify_mentioned` uses."""


MOST_READ = 500
"""How many mentions of one case are taken from a list at once."""


def notify_mentioned(services: "NotifyMentionedServices", case: Case, event: Event, note: NoteAdded) -> list[str]:
    """Put a note on the lists of the colleagues it mentions, and email each of them once. Returns the outcome for each,
    in order: that of the email, `no address`, or `not here` for somebody who is no agent of the shop any more."""
    shop = shop_of(services, case.shop, fresh=False)
    return [_notify(services, shop, case, event, name) for name in note.mentions if name != event.by.id]


def _notify(services: "NotifyMentionedServices", shop: Shop, case: Case, event: Event, name: str) -> str:
    status = services.agents.status(shop.id, name)
    if status is None:
        return "not here"
    mention = Mention(
        shop=shop.id, agent=name, case=case.id, event=event.id, by=event.by.id or event.by.kind, at=event.at
    )
    services.mentions.add(mention)
    address = status.agent.writes_from
    if address is None:
        return "no address"
    return send_once(services, f"mention#{key_of_id(event.id)}#{name}", _mail(services, shop, case, mention, address))


def _mail(services: "NotifyMentionedServices", shop: Shop, case: Case, mention: Mention, address: str) -> Mail:
    """The email says where and by whom; the words of the note stay on the case."""
    link = desk_link(services, shop.id, case.id)
    values = {"number": case.number, "by": mention.by, "shop": shop.name, "link": link}
    return compose_ours(services, shop, "mention", address, values)


def unread_mentions(services: "HasMentions", shop: str, agent: str, limit: int, after: str | None) -> Page:
    """A page of the mentions (`Mention`) that an agent has not read, the newest first."""
    return services.mentions.unread(shop, agent, limit, after)


def mark_read(services: "HasMentions", shop: str, agent: str, mentions: Iterable[str]) -> None:
    """Take mentions with these ids from an agent's list; unknown ones are ignored."""
    services.mentions.remove(shop, agent, mentions)


def mark_case_read(services: "HasMentions", shop: str, agent: str, case: str) -> int:
    """Take the mentions of one case from an agent's list, because they opened it; how many there were."""
    page = services.mentions.unread(shop, agent, MOST_READ, None)
    read = [mention.id for mention in page.items if mention.case == case]
    services.mentions.remove(shop, agent, read)
    return len(read)
