"""Every error code that the package can raise, found by reading its source

A code is a literal: where an error is made, or where it is handed to a function or a class that
makes one of it. Whatever else stands for a code is reported, because nobody could tell which pages
it needs.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import iterapp_nats
from iterapp_nats import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(iterapp_nats.__file__).parent
FAMILIES = {
    name: each
    for name, each in vars(errors).items()
    if isinstance(each, type) and issubclass(each, errors.IterappNatsError)
}
Key = tuple[str, str]
"""A function or class: module and name"""


@dataclass(frozen=True, slots=True)
class RaisedCode:
    """A code at its place; `family` is None where the place does not name it"""

    code: str
    place: str
    family: str | None


@dataclass(slots=True)
class FoundCodes:
    """The codes, and the places where a code is neither a literal nor handed on"""

    codes: list[RaisedCode] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a statement stands: in which module, class and functions, with which names known"""

    module: str
    class_name: str = ""
    functions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    values: tuple[tuple[str, ast.expr], ...] = ()


@dataclass(slots=True)
class Source:
    """What all modules say: parameters or fields by name, imports, calls with their scopes"""

    parameters: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    imports: dict[Key, Key] = field(default_factory=dict)
    calls: list[tuple[ast.Call, Scope]] = field(default_factory=list)
    # Fields that hold a family to make an error of.
    family_fields: set[str] = field(default_factory=set)
    constants: dict[Key, ast.expr] = field(default_factory=dict)
    # Which parameters of a function or class become the code of an error.
    carriers: defaultdict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))

    def read(self, body: list[ast.stmt], scope: Scope) -> None:
        """Read statements, and those inside them"""
        scope = Scope(scope.module, scope.class_name, scope.functions, _values(body) + scope.values)
        for statement in body:
            self._read_one(statement, scope)

    def _read_one(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.ClassDef():
                key = (scope.module, node.name)
                self.parameters[key] = _fields(node)
                self.family_fields |= _family_fields(node)
                if {node.name, *(ast.unparse(base) for base in node.bases)} & FAMILIES.keys():
                    self.parameters[key] = self.parameters[key] or ("code", "message")
                    self.carriers[key].add("code")
                self.read(node.body, Scope(scope.module, node.name, (), scope.values))
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                names = _parameters(node)
                self.parameters[scope.module, node.name] = names
                functions = ((node.name, names), *scope.functions)
                inner = Scope(scope.module, scope.class_name, functions, scope.values)
                self.read(node.body, inner)
                return
            case ast.ImportFrom(module=str(module)):
                for name in node.names:
                    self.imports[scope.module, name.asname or name.name] = (module, name.name)
            case ast.Call():
                self.calls.append((node, scope))
            case _:
                pass
        for child in ast.iter_child_nodes(node):
            self._read_one(child, scope)

    def codes_in(self, call: ast.Call, scope: Scope) -> Iterator[ast.expr]:
        """Yield the arguments of a call that become codes"""
        key = self.callee(call.func, scope)
        wanted = self.carriers.get(key, set())
        for name, value in zip(self.parameters.get(key, ()), call.args, strict=False):
            if name in wanted:
                yield value
        yield from (each.value for each in call.keywords if each.arg in wanted)

    def callee(self, node: ast.expr, scope: Scope) -> Key:
        """Name what is called; a method of a class counts as a function of its module"""
        match node:
            case ast.Name(id="cls"):
                return scope.module, scope.class_name
            case ast.Name(id=name):
                return self.imports.get((scope.module, name), (scope.module, name))
            case ast.Attribute(attr=name) if name in self.family_fields:
                return f"{scope.module.partition('.')[0]}.errors", "IterappNatsError"
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                module, imported = self.imports.get((scope.module, owner), (scope.module, ""))
                as_module = (f"{module}.{imported}", name)
                return as_module if as_module in self.parameters else (module, name)
            case _:
                return "", ""

    def values_of(self, name: str, scope: Scope) -> list[ast.expr]:
        """Give what a name may stand for, here or in the module that it is imported from"""
        imported = self.constants.get(self.imports.get((scope.module, name), ("", "")))
        return [value for known, value in scope.values if known == name] or (
            [imported] if imported else []
        )

    def hand_on(self, value: ast.expr, scope: Scope) -> bool:
        """Note which parameter or field a code comes from; False when it comes from none"""
        match value:
            case ast.Name(id=name):
                owners = [each for each, names in scope.functions if name in names][:1]
                keys = [(scope.module, owner) for owner in owners]
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                keys = [(scope.module, scope.class_name)]
            case ast.Attribute(attr="code"):
                return True  # of an error or a verdict that was seen where it was made
            case ast.Attribute(attr=name):
                keys = [key for key, names in self.parameters.items() if name in names]
            case _:
                return False
        for key in keys:
            self.carriers[key].add(name)
        return bool(keys)


def find_error_codes(package: Path = PACKAGE) -> FoundCodes:
    """Read all modules of a package"""
    source = Source()
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        module = ".".join(parts).removesuffix(".__init__")
        body = ast.parse(path.read_text("utf-8")).body
        source.constants |= {(module, name): value for name, value in _values(body)}
        source.read(body, Scope(module))
    known = -1
    while known != (known := sum(map(len, source.carriers.values()))):
        for call, scope in source.calls:
            for value in source.codes_in(call, scope):
                source.hand_on(value, scope)
    found = FoundCodes()
    for call, scope in source.calls:
        for value in source.codes_in(call, scope):
            _take(value, call, scope, source, found)
    return found


def _take(value: ast.expr, call: ast.Call, scope: Scope, source: Source, found: FoundCodes) -> None:
    place = f"{scope.module}:{call.lineno}"
    match value:
        case ast.Constant(value=str(code)):
            found.codes.append(RaisedCode(code, place, _family(call, scope)))
        case ast.IfExp():
            _take(value.body, call, scope, source, found)
            _take(value.orelse, call, scope, source, found)
        case _ if source.hand_on(value, scope):
            pass
        case ast.Name(id=name) if known := source.values_of(name, scope):
            for each in known:
                _take(each, call, scope, source, found)
        case _:
            found.unreadable.append(f"{place}: {ast.unparse(value)}")


def _family(call: ast.Call, scope: Scope) -> str | None:
    """Name the family if the call makes the error itself, or is given the family's class"""
    names = [each.id for each in (call.func, *call.args) if isinstance(each, ast.Name)]
    names = [scope.class_name if name == "cls" else name for name in names]
    return next((name for name in names if name in FAMILIES), None)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    names = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    return (*names, *(each.arg for each in node.args.kwonlyargs))


def _fields(node: ast.ClassDef) -> tuple[str, ...]:
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return _parameters(each)
    return tuple(
        each.target.id
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    )


def _family_fields(node: ast.ClassDef) -> set[str]:
    return {
        each.target.id
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        if ast.unparse(each.annotation) in {f"type[{name}]" for name in FAMILIES}
    }


def _values(body: list[ast.stmt]) -> tuple[tuple[str, ast.expr], ...]:
    """Give the names that are assigned here, in branches too"""
    found: list[tuple[str, ast.expr]] = []
    for node in body:
        for each in ast.walk(node):
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and each.value:
                found.append((each.target.id, each.value))
            if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                found.append((each.targets[0].id, each.value))
    return tuple(found)
