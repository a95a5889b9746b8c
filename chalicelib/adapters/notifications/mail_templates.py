"""A shop's own email templates and macros: they can insert values and use `if`, and nothing else.

They are Jinja2 templates in which only names, `if`, comparisons and a few filters are allowed: no loops, no calls, and
no attributes but those that are named, such as `customer.name`. So every template terminates, has access to nothing
else, and its errors are found when it is saved.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, Undefined, nodes
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
    named = {id(node.node) for node in tree.find_all(nodes.Getattr) if _dotted(node) in names}
    for node in (tree, *tree.find_all(nodes.Node)):
        objection = None if id(node) in named else _objection_to(node, names)
        if objection is not None:
            return node.lineno, objection
    for value, html in (("", True), ("x", False)):
        _environment(html=html).from_string(source).render(_nested(dict.fromkeys(names, value)))
    return None


def _dotted(node: nodes.Getattr) -> str | None:
    """The name that an attribute of a name is written by, such as `customer.name`."""
    return f"{node.node.name}.{node.attr}" if isinstance(node.node, nodes.Name) else None


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by their names; those with a dot in their name lie in an object of their own."""
    nested: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    for name, value in values.items():
        first, dot, rest = name.partition(".")
        if dot:
            nested.setdefault(first, {})[rest] = value
    return nested


def _objection_to(node: nodes.Node, names: tuple[str, ...]) -> str | None:
    if isinstance(node, nodes.Getattr) and _dotted(node) in names:
        return None
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


def fill(source: str, values: Mapping[str, str | None], gap: Callable[[str], str]) -> tuple[str, list[str]]:
    """A text with these values, and the names of those that it needs and that are not known (None): `gap` gives what
    stands in their place. In conditions a missing value counts as false."""
    missing: list[str] = []

    def without(name: str) -> Undefined:
        return _Missing(name, gap, missing)

    given = {name: value or without(name) for name, value in values.items()}
    text = _environment(html=False).from_string(source).render(_nested(given))
    return text, _once(missing)


class _Missing(Undefined):
    """A value that is not known. It notes when it is shown."""

    __slots__ = ("_gap", "_name", "_shown")

    def __init__(self, name: str, gap: Callable[[str], str], shown: list[str]) -> None:
        super().__init__(name=name)
        self._name, self._gap, self._shown = name, gap, shown

    def __str__(self) -> str:
        self._shown.append(self._name)
        return self._gap(self._name)


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
