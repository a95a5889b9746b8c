"""What the code of each function can reach, read from its syntax: which methods of which parts, and so which rights.

A call graph over `chalicelib` and `app.py`. An expression's type follows from annotations, from what `__init__` keeps
and from the bootstrap; a protocol stands for every adapter that has its methods. It reaches too much rather than too
little: a right nobody reaches is not needed.

Tables count, too. Who names a table of functions (a dict or tuple of a module) may call each of them. The rows of a
registry are structs whose fields are functions: naming a table of rows calls nothing, but who reads such a field of a
row may call that field's function of every row. Follow-ups alone are picked: `run_follow_ups` handles those of the
queue it is given, so where that is a constant only the rows of that queue are reached (`PICKED`)."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from tests.support.paths import ROOT

SOME_SERVICES = re.compile(r"Has[A-Z]\w*|\w*Services")
"""What the protocols of services are called that use cases take; behind each of them stand all services."""
SERVICES = "chalicelib.usecases.ports.services.Services"
AWS_SERVICES = "chalicelib.bootstrap.AwsServices"
Functions = ast.FunctionDef | ast.AsyncFunctionDef
MANY = {"tuple", "list", "dict", "Iterable", "Iterator", "Sequence", "Mapping", "Collection"}
SAME_ROWS = {"sorted", "tuple", "list", "reversed", "iter"}
PICKED = {"chalicelib.usecases.cases.run_follow_ups.run_follow_ups": ("queue", "handle")}
"""Functions that call only the rows of a table which have, in the field of that name, the argument of that name; and
which field they call."""


@dataclass
class Class:
    """A class: its methods, the types of its attributes, its bases."""

    name: str
    node: ast.ClassDef
    module: "Module"

    @cached_property
    def methods(self) -> dict[str, "Function"]:
        """Its own methods."""
        own = (one for one in self.node.body if isinstance(one, Functions))
        return {one.name: Function(f"{self.name}.{one.name}", one, self.module, self) for one in own}

    @cached_property
    def bases(self) -> list["Class"]:
        """The classes it is made of."""
        found = (self.module.resolve(one) for one in self.node.bases)
        return [one for one in found if isinstance(one, Class)]

    @property
    def is_protocol(self) -> bool:
        """Whether it only says what others have."""
        return any(isinstance(one, ast.Name) and one.id == "Protocol" for one in self.node.bases)

    def method(self, name: str) -> "Function | None":
        """A method of it or of its bases."""
        return self.methods.get(name) or next((found for one in self.bases if (found := one.method(name))), None)

    def all_methods(self) -> set[str]:
        """The names of all its methods."""
        return set(self.methods).union(*(one.all_methods() for one in self.bases))

    def attribute(self, name: str) -> "Class | Many | None":
        """The type of an attribute: annotated, or a parameter that `__init__` keeps."""
        if name in self.fields:
            return self.module.types_of(self.fields[name])
        made = self.methods.get("__init__")
        for kept, value in _kept(made.node) if made else ():
            if made and kept == name:
                found = made.meaning(value)
                return found if isinstance(found, Class | Many) else None
        return next((found for one in self.bases if (found := one.attribute(name))), None)

    @cached_property
    def fields(self) -> dict[str, ast.expr]:
        """Its annotated fields, in order, and their annotations."""
        return {
            one.target.id: one.annotation
            for one in self.node.body
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        }

    @cached_property
    def calls(self) -> set[str]:
        """The fields that are functions: if there are any, its instances are rows of a registry."""
        return {name for name, annotation in self.fields.items() if self.module.is_callable(annotation)}


def _kept(init: Functions) -> Iterator[tuple[str, ast.expr]]:
    for one in ast.walk(init):
        if isinstance(one, ast.Assign):
            for target in one.targets:
                pairs = (
                    zip(target.elts, one.value.elts, strict=True)
                    if (isinstance(target, ast.Tuple) and isinstance(one.value, ast.Tuple))
                    else ((target, one.value),)
                )
                yield from ((to.attr, value) for to, value in pairs if isinstance(to, ast.Attribute))


def _assigned(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for to, given in zip(target.elts, value.elts, strict=True):
            yield from _assigned(to, given)


@dataclass
class Function:
    """A function or method."""

    name: str
    node: Functions
    module: "Module"
    owner: Class | None = None

    @property
    def is_property(self) -> bool:
        """Whether reading it calls it."""
        names = {one.id for one in self.node.decorator_list if isinstance(one, ast.Name)}
        return bool(names & {"property", "cached_property"})

    @property
    def returns(self) -> "Class | Many | None":
        """The class of what it gives, or of each of the many it gives."""
        return self.module.types_of(self.node.returns) if self.node.returns else None

    @cached_property
    def local(self) -> dict[str, object]:
        """What names mean inside: parameters by their annotations, imports, and variables by what they are given."""
        known: dict[str, object] = {}
        if self.owner is not None:
            known["self"] = self.owner
        for one in ast.walk(self.node):
            if isinstance(one, ast.arg) and one.annotation is not None:
                known[one.arg] = self.module.types_of(one.annotation)
            elif isinstance(one, ast.Import | ast.ImportFrom):
                known |= self.module.imported(one)
        for one in ast.walk(self.node):
            if isinstance(one, ast.Assign) and len(one.targets) == 1:
                for name, value in _assigned(one.targets[0], one.value):
                    known.setdefault(name, self._meaning(value, known))
        return known | self._looped(known)

    def _looped(self, known: dict[str, object]) -> dict[str, object]:
        """What loops give one after the other, by the names they give it."""
        found: dict[str, object] = {}
        for one in ast.walk(self.node):
            if isinstance(one, ast.For | ast.comprehension) and isinstance(one.target, ast.Name):
                many = self._meaning(one.iter, known)
                if isinstance(many, Many) and known.get(one.target.id) is None:
                    found[one.target.id] = many.kind
        return found

    def meaning(self, value: ast.expr) -> object:
        """What an expression stands for in this function."""
        return self._meaning(value, self.local)

    def _meaning(self, value: ast.expr, known: dict[str, object]) -> object:
        """What an expression stands for: an instance (`Class`), a function, a class to be made (`Make`), or nothing."""
        if isinstance(value, ast.Name):
            return known[value.id] if value.id in known else _made(self.module.resolve(value))
        if isinstance(value, ast.Attribute):
            return self._attribute(self._meaning(value.value, known), value)
        if isinstance(value, ast.Subscript):
            many = self._meaning(value.value, known)
            return many.kind if isinstance(many, Many) else None
        if isinstance(value, ast.Call):
            return self._given(value, known)
        if isinstance(value, ast.BoolOp):
            return next((found for one in value.values if (found := self._meaning(one, known))), None)
        return None

    def _given(self, call: ast.Call, known: dict[str, object]) -> object:
        """What a call gives."""
        name = getattr(call.func, "attr", getattr(call.func, "id", None))
        if isinstance(call.func, ast.Name) and name in SAME_ROWS and call.args:
            return self._meaning(call.args[0], known)
        called = self._meaning(call.func, known)
        if isinstance(called, Many):  # a method of many: `rows.get(name)`, `rows.values()`
            return called.kind if name in ("get", "pop") else called
        if isinstance(called, Make):
            return called.kind
        return called.returns if isinstance(called, Function) else None

    def _attribute(self, base: object, value: ast.Attribute) -> object:
        if isinstance(base, Class):
            kind = implementers(base)[0] if implementers(base) else base
            found = kind.method(value.attr)
            if found is not None:
                return (found.returns or found) if found.is_property else found
            return kind.attribute(value.attr)
        if isinstance(base, Many):
            return base
        if isinstance(base, Module):
            return _made(find(f"{base.name}.{value.attr}"))
        return _made(self.module.resolve(value)) if base is None else None

    def reached(self) -> Iterator["Function"]:
        """The functions it calls, or hands on to be called."""
        for one in ast.walk(self.node):
            if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load):
                base = self._meaning(one.value, self.local)
                if isinstance(base, Class):
                    kinds = implementers(base) or [base]
                    yield from (found for kind in kinds if (found := kind.method(one.attr)))
                    if one.attr in base.calls and PICKED.get(self.name, ("", ""))[1] != one.attr:
                        yield from row_functions(base, one.attr)
                    continue
            if isinstance(one, ast.Call):
                yield from self._picked(one)
            if isinstance(one, ast.Name | ast.Attribute) and isinstance(one.ctx, ast.Load):
                yield from _called(self._meaning(one, self.local))

    def _picked(self, call: ast.Call) -> Iterator["Function"]:
        """The functions of the rows that a call picks by one of its arguments; of all rows if that is no constant."""
        called = self._meaning(call.func, self.local)
        if not isinstance(called, Function) or called.name not in PICKED:
            return
        by, calls = PICKED[called.name]
        given = dict(zip((one.arg for one in called.node.args.args), call.args, strict=False))
        given |= {one.arg: one.value for one in call.keywords if one.arg}
        for kind in {kind.name: kind for kind, _ in rows() if by in kind.fields and calls in kind.calls}.values():
            yield from row_functions(kind, calls, (by, given[by]))


def _called(meaning: object) -> Iterator[Function]:
    if isinstance(meaning, Table):
        yield from meaning.functions(meaning.value)
        return
    made = meaning.kind.method("__init__") if isinstance(meaning, Make) else meaning
    if isinstance(made, Function):
        yield made


@dataclass(frozen=True)
class Make:
    """A class that a call makes an instance of."""

    kind: Class


@dataclass(frozen=True)
class Many:
    """A tuple, list or the like of instances of a class; of a dict, its values."""

    kind: Class


@dataclass
class Table:
    """A constant of a module, that may name functions, or rows that do."""

    value: ast.expr
    module: "Module"

    def functions(self, value: ast.expr) -> Iterator[Function]:
        """The functions that a table itself names; not those in the fields of its rows."""
        if isinstance(value, ast.Name | ast.Attribute):
            yield from _called(_made(self.module.resolve(value)))
        elif isinstance(value, ast.Call):
            made = self.module.resolve(value.func)
            if not (isinstance(made, Class) and made.calls):
                for one in (value.func, *value.args, *(each.value for each in value.keywords)):
                    yield from self.functions(one)
        else:
            for child in ast.iter_child_nodes(value):
                if isinstance(child, ast.expr):
                    yield from self.functions(child)

    def rows(self) -> Iterator[tuple[Class, dict[str, ast.expr]]]:
        """The rows of a registry that stand in this table, each with its class and what is given for its fields."""
        for one in ast.walk(self.value):
            made = self.module.resolve(one.func) if isinstance(one, ast.Call) else None
            if isinstance(one, ast.Call) and isinstance(made, Class) and made.calls:
                placed = dict(zip(made.fields, one.args, strict=False))
                yield made, placed | {each.arg: each.value for each in one.keywords if each.arg}


@cache
def rows() -> list[tuple[Class, "Row"]]:
    """The rows of all registries."""
    tables = ((module, one) for module in modules().values() for one in module.names.values())
    return [
        (kind, Row(module, given)) for module, one in tables if isinstance(one, Table) for kind, given in one.rows()
    ]


@dataclass(frozen=True)
class Row:
    """What is given for the fields of a registry's row, and in which module."""

    module: "Module"
    given: dict[str, ast.expr]


def row_functions(kind: Class, name: str, only: tuple[str, ast.expr] | None = None) -> Iterator[Function]:
    """What stands in a field of all rows of that class; `only` of those that have this constant in that other field."""
    for made, row in rows():
        if made.name != kind.name or name not in row.given or (only is not None and not _is_same(row, *only)):
            continue
        found = row.module.resolve(row.given[name])
        assert isinstance(found, Function), f"{row.module.name}: {ast.unparse(row.given[name])} is no function"
        yield found


def _is_same(row: Row, name: str, value: ast.expr) -> bool:
    """Whether a row has that value in that field; it may where either is no constant."""
    has = row.given.get(name)
    return not (isinstance(has, ast.Constant) and isinstance(value, ast.Constant)) or has.value == value.value


def _made(found: object) -> object:
    return Make(found) if isinstance(found, Class) else found


@dataclass
class Module:
    """A module: what its names mean."""

    name: str
    tree: ast.Module
    names: dict[str, object] = field(default_factory=dict)

    def fill(self) -> None:
        """Learn its functions, classes and tables."""
        for one in self.tree.body:
            if isinstance(one, Functions):
                self.names[one.name] = Function(f"{self.name}.{one.name}", one, self)
            elif isinstance(one, ast.ClassDef):
                self.names[one.name] = Class(f"{self.name}.{one.name}", one, self)
            elif isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None:
                targets = one.targets if isinstance(one, ast.Assign) else [one.target]
                self.names |= {to.id: Table(one.value, self) for to in targets if isinstance(to, ast.Name)}

    @cached_property
    def imports(self) -> dict[str, str]:
        """What its imports bring, by name: also those for type checking alone."""
        found: dict[str, str] = {}
        for one in self.tree.body:
            inner = one.body if isinstance(one, ast.If) else [one]
            for each in inner:
                if isinstance(each, ast.ImportFrom):
                    found |= {(one.asname or one.name): f"{each.module}.{one.name}" for one in each.names}
        return found

    def imported(self, node: ast.Import | ast.ImportFrom) -> dict[str, object]:
        """What an import inside a function brings."""
        if isinstance(node, ast.Import):
            return {}
        return {one.asname or one.name: _made(find(f"{node.module}.{one.name}")) for one in node.names}

    def resolve(self, value: ast.expr) -> object:
        """A module's function or class, by its name there."""
        if isinstance(value, ast.Name):
            if value.id in self.names:
                return self.names[value.id]
            return find(self.imports[value.id]) if value.id in self.imports else None
        if isinstance(value, ast.Attribute):
            base = self.resolve(value.value)
            return find(f"{base.name}.{value.attr}") if isinstance(base, Module) else None
        return None

    def is_callable(self, annotation: ast.expr) -> bool:
        """Whether an annotation is `Callable`, or a name for one."""
        if isinstance(annotation, ast.BinOp):
            return self.is_callable(annotation.left) or self.is_callable(annotation.right)
        if isinstance(annotation, ast.Subscript):
            return ast.unparse(annotation.value) == "Callable" or self.is_callable(annotation.value)
        named = self.resolve(annotation)
        return isinstance(named, Table) and named.module.is_callable(named.value)

    def types_of(self, annotation: ast.expr) -> "Class | Many | None":
        """What an annotation names: a class, or many of one."""
        annotation = _unquoted(annotation)
        named = self.resolve(annotation)
        if isinstance(named, Table):  # a name for a type
            return named.module.types_of(named.value)
        if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) in MANY:
            within = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
            kinds = [found for one in within if (found := self.type_of(one)) is not None]
            return Many(kinds[-1]) if kinds else None
        return self.type_of(annotation)

    def type_of(self, annotation: ast.expr) -> Class | None:
        """The class an annotation names; of several, the first."""
        annotation = _unquoted(annotation)
        if isinstance(annotation, ast.BinOp):
            return self.type_of(annotation.left) or self.type_of(annotation.right)
        if isinstance(annotation, ast.Subscript):  # a generic class
            return self.type_of(annotation.value)
        takes = isinstance(annotation, ast.Name) and SOME_SERVICES.fullmatch(annotation.id)
        found = find(AWS_SERVICES) if takes else self.resolve(annotation)
        return found if isinstance(found, Class) else None


def _unquoted(annotation: ast.expr) -> ast.expr:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return ast.parse(annotation.value, mode="eval").body
    return annotation


@cache
def modules() -> dict[str, Module]:
    """All modules of the product, by name."""
    files = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
    found: dict[str, Module] = {}
    for path in files:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = Module(name, ast.parse(path.read_text("utf-8")))
        found[name].fill()
    return found


@cache
def find(name: str) -> object:
    """What a dotted name stands for: a module, or a function or class of one, however often it was imported on."""
    if name == SERVICES:
        name = AWS_SERVICES
    if name in modules():
        return modules()[name]
    home, _, last = name.rpartition(".")
    module = modules().get(home)
    if module is None:
        return None
    if last in module.names:
        return module.names[last]
    return find(module.imports[last]) if last in module.imports else None


_IMPLEMENTERS: dict[str, list[Class]] = {}


def implementers(kind: Class) -> list[Class]:
    """The adapters that have all methods of a protocol; none for a class that is no protocol."""
    if not kind.is_protocol:
        return []
    if kind.name not in _IMPLEMENTERS:
        adapters = (
            one
            for name, module in modules().items()
            if name.startswith("chalicelib.adapters")
            for one in module.names.values()
            if isinstance(one, Class)
        )
        _IMPLEMENTERS[kind.name] = [one for one in adapters if set(kind.methods) <= one.all_methods()]
    return _IMPLEMENTERS[kind.name]


def closure(roots: list[Function]) -> dict[str, Function]:
    """All functions that these reach, by name; themselves among them."""
    found: dict[str, Function] = {}
    waiting = list(roots)
    while waiting:
        one = waiting.pop()
        if one.name not in found:
            found[one.name] = one
            waiting += one.reached()
    return found
