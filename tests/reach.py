"""What the code of each function can reach, read from its syntax: which methods of which parts, and so which rights.

A call graph over `chalicelib` and `app.py`. An expression's type follows from annotations, from what `__init__` keeps
and from the bootstrap; a protocol stands for every adapter that has its methods. It reaches too much rather than too
little: a right nobody reaches is not needed.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[1]
DESK = "chalicelib.usecases.ports.services.Services"
AWS_DESK = "chalicelib.bootstrap.AwsServices"
Functions = ast.FunctionDef | ast.AsyncFunctionDef


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

    def attribute(self, name: str) -> "Class | None":
        """The type of an attribute: annotated, or a parameter that `__init__` keeps."""
        for one in self.node.body:
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id == name:
                return self.module.type_of(one.annotation)
        made = self.methods.get("__init__")
        for kept, value in _kept(made.node) if made else ():
            if made and kept == name:
                return made.infer_type(value)
        return next((found for one in self.bases if (found := one.attribute(name))), None)


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
    def returns(self) -> Class | None:
        """The class of what it gives."""
        return self.module.type_of(self.node.returns) if self.node.returns else None

    @cached_property
    def local(self) -> dict[str, object]:
        """What names mean inside: parameters by their annotations, imports, and variables by what they are given."""
        known: dict[str, object] = {}
        if self.owner is not None:
            known["self"] = self.owner
        for one in ast.walk(self.node):
            if isinstance(one, ast.arg) and one.annotation is not None:
                known[one.arg] = self.module.type_of(one.annotation)
            elif isinstance(one, ast.Import | ast.ImportFrom):
                known |= self.module.imported(one)
        for one in ast.walk(self.node):
            if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
                known.setdefault(one.targets[0].id, self._meaning(one.value, known))
        return known

    def infer_type(self, value: ast.expr) -> Class | None:
        """The class of an expression."""
        found = self.meaning(value)
        return found if isinstance(found, Class) else None

    def meaning(self, value: ast.expr) -> object:
        """What an expression stands for in this function."""
        return self._meaning(value, self.local)

    def _meaning(self, value: ast.expr, known: dict[str, object]) -> object:
        """What an expression stands for: an instance (`Class`), a function, a class to be made (`Make`), or nothing."""
        if isinstance(value, ast.Name):
            return known[value.id] if value.id in known else _made(self.module.resolve(value))
        if isinstance(value, ast.Attribute):
            return self._attribute(self._meaning(value.value, known), value)
        if isinstance(value, ast.Call):
            called = self._meaning(value.func, known)
            if isinstance(called, Make):
                return called.kind
            return called.returns if isinstance(called, Function) else None
        if isinstance(value, ast.BoolOp):
            return next((found for one in value.values if (found := self._meaning(one, known))), None)
        return None

    def _attribute(self, base: object, value: ast.Attribute) -> object:
        if isinstance(base, Class):
            kind = implementers(base)[0] if implementers(base) else base
            found = kind.method(value.attr)
            if found is not None:
                return (found.returns or found) if found.is_property else found
            return kind.attribute(value.attr)
        return _made(self.module.resolve(value)) if base is None or isinstance(base, Module) else None

    def reached(self) -> Iterator["Function"]:
        """The functions it calls, or hands on to be called."""
        for one in ast.walk(self.node):
            if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load):
                base = self._meaning(one.value, self.local)
                if isinstance(base, Class):
                    kinds = implementers(base) or [base]
                    yield from (found for kind in kinds if (found := kind.method(one.attr)))
                    continue
            if isinstance(one, ast.Name | ast.Attribute) and isinstance(one.ctx, ast.Load):
                yield from _called(self._meaning(one, self.local))


def _called(meaning: object) -> Iterator[Function]:
    if isinstance(meaning, Table):
        yield from meaning.functions
        return
    made = meaning.kind.method("__init__") if isinstance(meaning, Make) else meaning
    if isinstance(made, Function):
        yield made


@dataclass(frozen=True)
class Make:
    """A class that a call makes an instance of."""

    kind: Class


@dataclass(frozen=True)
class Table:
    """A constant of a module: whoever reads it may call the functions that it names."""

    value: ast.expr
    module: "Module"

    @property
    def functions(self) -> Iterator[Function]:
        """The functions it names, also by way of other tables."""
        for one in ast.walk(self.value):
            if isinstance(one, ast.Name | ast.Attribute):
                found = self.module.resolve(one)
                if isinstance(found, Function):
                    yield found
                elif isinstance(found, Table) and found is not self:
                    yield from found.functions


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

    def type_of(self, annotation: ast.expr) -> Class | None:
        """The class an annotation names; of several, the first."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        if isinstance(annotation, ast.BinOp):
            return self.type_of(annotation.left) or self.type_of(annotation.right)
        found = self.resolve(annotation)
        return found if isinstance(found, Class) else None


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
    if name == DESK:
        name = AWS_DESK
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
