"""A shop's own email templates: they can insert values and use `if`, and nothing else.

They are Jinja2 templates in which only names, `if`, comparisons and a few filters are allowed: no loops, no calls, no
attributes. So every template terminates, has access to nothing else, and its errors are found when it is saved.
"""

from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chalicelib.domain.notifications.templates import MailTemplate

ALLOWED_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)
ALLOWED_FILTERS = {"capitalize", "default", "lower", "title", "trim", "upper"}


@cache
def _environment(html: bool) -> Environment:
    return ImmutableSandboxedEnvironment(
        autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def fault(source: str, names: tuple[str, ...]) -> tuple[int, str] | None:
    """The first error of a template: its line, and the message; None when it works with these names."""
    try:
        return _find_fault(source, names)
    except TemplateError as error:
        return getattr(error, "lineno", None) or 1, str(error.message)
    except Exception as error:  # any error of a template must show here, and not when a customer's email is sent
        return 1, f"it cannot be filled in: {type(error).__name__}"


def _find_fault(source: str, names: tuple[str, ...]) -> tuple[int, str] | None:
    tree = _environment(html=True).parse(source)
    for node in (tree, *tree.find_all(nodes.Node)):
        objection = _objection_to(node, names)
        if objection is not None:
            return node.lineno, objection
    for value, html in (("", True), ("x", False)):
        _environment(html=html).from_string(source).render(dict.fromkeys(names, value))
    return None


def _objection_to(node: nodes.Node, names: tuple[str, ...]) -> str | None:
    if not isinstance(node, ALLOWED_NODES):
        return f"{type(node).__name__.lower()} is not allowed here; names, if and a few filters are"
    if isinstance(node, nodes.Compare) and (forbidden := {operand.op for operand in node.ops} - {"eq", "ne"}):
        return f"{min(forbidden)!r} is not allowed here; == and != are"
    if isinstance(node, nodes.Filter) and node.name not in ALLOWED_FILTERS:
        return f"there is no filter {node.name!r}; there are {', '.join(sorted(ALLOWED_FILTERS))}"
    if isinstance(node, nodes.Filter) and (node.args or node.kwargs) and node.name != "default":
        return f"the filter {node.name!r} takes nothing here"
    if isinstance(node, nodes.Name) and node.name not in names:
        return f"{node.name!r} is not known; there are {', '.join(names)}"
    return None


def filled(template: MailTemplate, values: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML of an email with these values; a template without HTML gets its text as paragraphs."""
    plain = _environment(html=False)
    subject = plain.from_string(template.subject).render(values)
    text = plain.from_string(template.text).render(values)
    if template.html is not None:
        return _one_line(subject), text, _environment(html=True).from_string(template.html).render(values)
    framed = _environment(html=True).from_string('<div style="white-space:pre-line">{{ text }}</div>')
    return _one_line(subject), text, framed.render(text=text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
