"""Every address of the agents' desk, below `/desk`, and the function that answers it."""

from typing import NamedTuple


class Page(NamedTuple):
    """An address of the desk. `view`: `module:function` below `chalicelib.entrypoints.http.desk`; `is_open`: it needs
    no session."""

    method: str
    path: str
    view: str
    is_open: bool = False


PAGES = (
    Page("GET", "assets/{name}", "sign_in.files:asset", is_open=True),
    Page("GET", "sign-in", "sign_in.pages:begin", is_open=True),
    Page("GET", "callback", "sign_in.pages:callback", is_open=True),
    Page("GET", "signed-out", "sign_in.pages:signed_out", is_open=True),
    Page("POST", "sign-out", "sign_in.pages:sign_out"),
    Page("POST", "language", "sign_in.pages:choose_language"),
    Page("GET", "", "sign_in.pages:home"),
    Page("GET", "shops/new", "settings.new_shop:show"),
    Page("POST", "shops/new", "settings.new_shop:create"),
    Page("GET", "{shop}/changes", "live.pages:changes"),
    Page("POST", "{shop}/live/tickets", "live.pages:ticket"),
    Page("GET", "{shop}/queue", "queue.pages:show"),
    Page("POST", "{shop}/queue/bulk", "queue.bulk:run"),
    Page("POST", "{shop}/queue/bulk/undo", "queue.bulk:undo"),
    Page("GET", "{shop}/board", "board.pages:show"),
    Page("GET", "{shop}/board/figures", "board.figures:show"),
    Page("GET", "{shop}/board/figures.csv", "board.figures:table"),
    Page("GET", "{shop}/board/reports/{day}", "board.figures:report"),
    Page("GET", "{shop}/board/days/{day}/{figure}", "board.pages:cases_of_day"),
    Page("POST", "{shop}/board/agents/{agent}", "board.pages:change_agent"),
    Page("GET", "{shop}/search", "search.pages:form"),
    Page("POST", "{shop}/search", "search.pages:results"),
    Page("POST", "{shop}/find", "search.pages:find"),
    Page("GET", "{shop}/cases/{case}", "cases.pages:show"),
    Page("POST", "{shop}/cases/{case}/reply", "composer.forms:reply"),
    Page("POST", "{shop}/cases/{case}/replies/{reply}/undo", "composer.forms:undo"),
    Page("POST", "{shop}/cases/{case}/macros", "composer.forms:insert_macro"),
    Page("POST", "{shop}/cases/{case}/macros/apply", "composer.forms:apply_macros"),
    Page("POST", "{shop}/cases/{case}/drafts/{kind}", "composer.drafts:save"),
    Page("POST", "{shop}/cases/{case}/files", "composer.drafts:request_file"),
    Page("GET", "{shop}/drafts", "composer.drafts:mine"),
    Page("POST", "{shop}/cases/{case}/note", "composer.forms:note"),
    Page("GET", "{shop}/cases/{case}/mails/{email}", "cases.files:mail"),
    Page("GET", "{shop}/cases/{case}/files/{evidence}", "cases.files:evidence"),
    Page("POST", "{shop}/cases/{case}/assign", "cases.commands:assign"),
    Page("POST", "{shop}/cases/{case}/status", "cases.commands:set_status"),
    Page("POST", "{shop}/cases/{case}/escalate", "cases.commands:escalate"),
    Page("POST", "{shop}/cases/{case}/flow/start", "cases.commands:start_flow"),
    Page("POST", "{shop}/cases/{case}/flow/{move}", "cases.commands:move_flow"),
    Page("POST", "{shop}/cases/{case}/money", "cases.commands:propose_money"),
    Page("POST", "{shop}/cases/{case}/money/{money}/{step}", "cases.commands:step_money"),
    Page("POST", "{shop}/cases/{case}/tasks", "cases.commands:open_task"),
    Page("POST", "{shop}/cases/{case}/tasks/{task}/done", "cases.commands:finish_task"),
    Page("POST", "{shop}/cases/{case}/snooze", "cases.casework_commands:snooze"),
    Page("POST", "{shop}/cases/{case}/unsnooze", "cases.casework_commands:unsnooze"),
    Page("POST", "{shop}/cases/{case}/tags", "cases.casework_commands:tags"),
    Page("POST", "{shop}/cases/{case}/links", "cases.casework_commands:links"),
    Page("POST", "{shop}/cases/{case}/merge", "cases.casework_commands:merge"),
    Page("POST", "{shop}/cases/{case}/unmerge", "cases.casework_commands:unmerge"),
    Page("POST", "{shop}/cases/{case}/split", "cases.casework_commands:split"),
    Page("POST", "{shop}/cases/{case}/sides", "cases.commands:start_side"),
    Page("POST", "{shop}/cases/{case}/sides/{side}/messages", "cases.commands:write_side"),
    Page("POST", "{shop}/cases/{case}/sides/{side}/close", "cases.commands:close_side"),
    Page("GET", "{shop}/settings", "settings.index:show"),
    Page("GET", "{shop}/settings/changes", "settings.index:changes"),
    Page("GET", "{shop}/settings/agents", "settings.agents:show"),
    Page("GET", "{shop}/settings/agents/edit", "settings.agents:edit"),
    Page("POST", "{shop}/settings/agents/save", "settings.agents:save"),
    Page("POST", "{shop}/settings/agents/remove", "settings.agents:remove"),
    Page("POST", "{shop}/settings/agents/presence", "settings.agents:set_presence"),
    Page("GET", "{shop}/settings/shop", "settings.shop:show"),
    Page("POST", "{shop}/settings/shop", "settings.shop:save"),
    Page("GET", "{shop}/settings/calendars", "settings.calendars.pages:show"),
    Page("GET", "{shop}/settings/calendars/edit", "settings.calendars.pages:open_calendar"),
    Page("POST", "{shop}/settings/calendars/save", "settings.calendars.pages:save"),
    Page("GET", "{shop}/settings/policy", "settings.policy.pages:show"),
    Page("POST", "{shop}/settings/policy", "settings.policy.pages:save"),
    Page("GET", "{shop}/settings/macros", "settings.macros.pages:show"),
    Page("GET", "{shop}/settings/macros/edit", "settings.macros.pages:edit"),
    Page("POST", "{shop}/settings/macros/save", "settings.macros.pages:save"),
    Page("POST", "{shop}/settings/macros/remove", "settings.macros.pages:remove"),
    Page("GET", "{shop}/settings/users", "settings.users:show"),
    Page("GET", "{shop}/settings/users/edit", "settings.users:edit"),
    Page("POST", "{shop}/settings/users/invite", "settings.users:invite"),
    Page("POST", "{shop}/settings/users/role", "settings.users:change_role"),
    Page("POST", "{shop}/settings/users/access", "settings.users:change_access"),
)
"""The pages. A path without a name in it stands before those that it would match."""
