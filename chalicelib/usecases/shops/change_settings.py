"""Change a shop's settings on behalf of somebody, and record it. The API and the agents' desk both come this way."""

from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.kernel.actors import Actor
from chalicelib.domain.notifications.templates import MailName, MailTemplate, Spoken, TemplateIn
from chalicelib.domain.routing.agents import AgentIn, AgentStatus
from chalicelib.domain.shops.shop import CalendarIn, Shop, ShopIn
from chalicelib.domain.sla.calendars import Calendar
from chalicelib.domain.sla.policies import DEFAULT_RULES, Policy
from chalicelib.usecases.notifications import manage_templates
from chalicelib.usecases.routing import manage_agents
from chalicelib.usecases.shops import manage_shop
from chalicelib.usecases.shops.record_change import record_change

if TYPE_CHECKING:
    from typing import Protocol

    from chalicelib.usecases.notifications.manage_templates import ManageTemplatesServices
    from chalicelib.usecases.ports.services import HasClock, HasSettingChanges
    from chalicelib.usecases.routing.manage_agents import ManageAgentsServices
    from chalicelib.usecases.shops.manage_shop import ManageShopServices

    class ChangeSettingsServices(HasSettingChanges, ManageAgentsServices, ManageShopServices, Protocol):
        """The services that `change_settings` uses."""

    class ChangeTemplatesServices(HasClock, HasSettingChanges, ManageTemplatesServices, Protocol):
        """The services that changes of templates use."""


def change_shop(services: "ChangeSettingsServices", shop: str, settings: ShopIn, by: str) -> Shop:
    """Create or change a shop (`manage_shop.put_shop`)."""
    before = services.shops.shop(shop)
    after = manage_shop.put_shop(services, shop, settings)
    record_change(services, shop, "shop", "", by, before, after)
    return after


def change_calendar(
    services: "ChangeSettingsServices", shop: str, calendar: str, content: CalendarIn, by: str
) -> Calendar:
    """Save a calendar as a new version (`manage_shop.put_calendar`)."""
    before = services.shops.newest_calendar(shop, calendar)
    after = manage_shop.put_calendar(services, shop, calendar, content)
    record_change(services, shop, "calendars", calendar, by, _own(before), _own(after))
    return after


def _own(calendar: Calendar | None) -> Any:
    """What a shop says in a calendar, without the holidays that were looked up."""
    if calendar is None:
        return None
    looked_up = ("id", "public", "makeup", "known_until", "guessed")
    return {name: value for name, value in msgspec.to_builtins(calendar).items() if name not in looked_up}


def change_policy(services: "ChangeSettingsServices", shop: str, policy: Policy, by: str) -> Policy:
    """Save a policy as a new version (`manage_shop.put_policy`)."""
    before = manage_shop.read_policy(services, shop, None)
    after = manage_shop.put_policy(services, shop, policy)
    record_change(services, shop, "policy", "", by, with_rules(before), with_rules(after))
    return after


def with_rules(policy: Policy) -> Policy:
    """The policy; if it has no rules of its own, with the default rules, which apply then."""
    return msgspec.structs.replace(policy, clocks=policy.clocks or DEFAULT_RULES)


def change_agent(services: "ChangeSettingsServices", shop: str, agent: str, settings: AgentIn, by: str) -> AgentStatus:
    """Save an agent's settings (`manage_agents.put_agent`)."""
    before = manage_agents.find_agent(services, shop, agent)
    after = manage_agents.put_agent(services, shop, agent, settings)
    record_change(services, shop, "agents", agent, by, before.agent if before else None, after.agent)
    return after


def remove_agent(services: "ChangeSettingsServices", shop: str, agent: str, by: Actor) -> int:
    """Remove an agent from the shop (`manage_agents.remove_agent`); how many cases were released."""
    before = manage_agents.read_agent(services, shop, agent)
    released = manage_agents.remove_agent(services, shop, agent, by)
    record_change(services, shop, "agents", agent, by.id or "", before.agent, None)
    return released


def change_template(
    services: "ChangeTemplatesServices", shop: str, name: MailName, body: TemplateIn, by: str
) -> MailTemplate:
    """Use the shop's own template for an email (`manage_templates.put_template`)."""
    before = services.shops.template(shop, name, body.language)
    after = manage_templates.put_template(services, shop, name, body)
    record_change(services, shop, "templates", f"{name}.{body.language}", by, before, after)
    return after


def remove_template(services: "ChangeTemplatesServices", shop: str, name: MailName, language: Spoken, by: str) -> None:
    """Use our own template for an email again (`manage_templates.delete_template`)."""
    before = services.shops.template(shop, name, language)
    manage_templates.delete_template(services, shop, name, language)
    record_change(services, shop, "templates", f"{name}.{language}", by, before, None)
