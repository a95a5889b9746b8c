"""Mails in a shop's own words: small templates that can name values and decide, and nothing else.

They are Jinja2 of which only names, `if`, comparisons and a few filters are let through: no loops, no calls, no
attributes. So a template ends, reaches nothing, and what is wrong with it is known when it is put.
"""

from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chalicelib.domain.notifications.templates import MailTemplate

ALLOWED = (
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
FILTERS = {"capitalize", "default", "lower", "title", "trim", "upper"}


@cache
def _environment(html: bool) -> Environment:
    return ImmutableSandboxedEnvironment(
        autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def fault(source: str, names: tuple[str, ...]) -> tuple[int, str] | None:
    """The first thing wrong with a template: its line, and what it is; None when it works with these names."""
    try:
        return _fault(source, names)
    except TemplateError as wrong:
        return getattr(wrong, "lineno", None) or 1, str(wrong.message)
    except Exception as wrong:  # whatever a template can do wrong, it does now and not in a customer's mail
        return 1, f"it cannot be filled in: {type(wrong).__name__}"


def _fault(source: str, names: tuple[str, ...]) -> tuple[int, str] | None:
    tree = _environment(html=True).parse(source)
    for node in (tree, *tree.find_all(nodes.Node)):
        what = _objection(node, names)
        if what is not None:
            return node.lineno, what
    for value, html in (("", True), ("x", False)):
        _environment(html=html).from_string(source).render(dict.fromkeys(names, value))
    return None


def _objection(node: nodes.Node, names: tuple[str, ...]) -> str | None:
    if not isinstance(node, ALLOWED):
        return f"{type(node).__name__.lower()} is not allowed here; names, if and a few filters are"
    if isinstance(node, nodes.Compare) and (other := {one.op for one in node.ops} - {"eq", "ne"}):
        return f"{min(other)!r} is not allowed here; == and != are"
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        return f"there is no filter {node.name!r}; there are {', '.join(sorted(FILTERS))}"
    if isinstance(node, nodes.Filter) and (node.args or node.kwargs) and node.name != "default":
        return f"the filter {node.name!r} takes nothing here"
    if isinstance(node, nodes.Name) and node.name not in names:
        return f"{node.name!r} is not known; there are {', '.join(names)}"
    return None


def filled(template: MailTemplate, values: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, text and HTML with these values; without HTML of its own, the text as paragraphs."""
    subject, text = (
        _environment(html=False).from_string(one).render(values) for one in (template.subject, template.text)
    )
    if template.html is not None:
        return _one_line(subject), text, _environment(html=True).from_string(template.html).render(values)
    framed = _environment(html=True).from_string('<div style="white-space:pre-line">{{ text }}</div>')
    return _one_line(subject), text, framed.render(text=text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
