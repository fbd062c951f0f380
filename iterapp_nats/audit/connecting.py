"""Where a file connects: the call of the client library, by the names the file imports it under

`connect` alone says nothing: databases, brokers, and an app's own modules have one too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from iterapp_nats.audit.code import Tongue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iterapp_nats.audit.code import SourceFile

_NOTHING: Final = r"(?!)"
_JS_PACKAGE: Final = r"[\"'](?:nats|nats\.ws|@nats-io/(?:transport-\w+|nats-core))[\"']"
_JS_LOADED: Final = rf"(?:require|import)\s*\(\s*{_JS_PACKAGE}\s*\)"
_JS_IMPORT: Final = re.compile(
    rf"\bimport\s+(?P<clause>[\w$*{{][^;\"'()]*?)\s*(?:\bfrom\s*{_JS_PACKAGE}|=\s*{_JS_LOADED})"
    rf"|\b(?:const|let|var)\s+(?P<bound>[\w$]+|\{{[^}}]*\}})\s*=\s*(?:await\s+)?{_JS_LOADED}"
)
_JS_CONNECT: Final = r"(?:ws)?connect"
# A method of that name has a body behind its parameters.
_JS_CALL: Final = r"\s*\((?![^()]*\)\s*(?::[^;{}()]*)?\{)"
_PYTHON_NAMES: Final = r"(?:\(([^)]*)\)|([^\n(]*))"
_GO_PACKAGE: Final = r"\"github\.com/nats-io/(?:nats\.go|go-nats)\""


def find_connect(file: SourceFile) -> int | None:
    """Return where the first call that connects to NATS begins, None when there is none"""
    calls = _CALLS.get(file.tongue) if file.tongue else None
    call = file.find(calls(file)) if calls else None
    return call.start() if call else None


def _any(names: Iterable[str]) -> str:
    found = sorted(set(names))
    return f"(?:{'|'.join(map(re.escape, found))})" if found else _NOTHING


def _javascript(file: SourceFile) -> str:
    clauses = [match["clause"] or match["bound"] for match in _JS_IMPORT.finditer(file.code)]
    spaces = _any(name for clause in clauses for name in _js_namespaces(clause))
    unpacked = re.findall(rf"(\{{[^{{}}]*\}})\s*=\s*{spaces}\b(?!\s*[.(])", file.code)
    functions = _any(name for clause in [*clauses, *unpacked] for name in _js_functions(clause))
    in_place = rf"{_JS_LOADED}\s*\)?\s*\.\s*{_JS_CONNECT}\s*\("
    qualified = rf"(?<![\w.$]){spaces}\s*\.\s*{_JS_CONNECT}\s*\("
    return rf"{in_place}|{qualified}|(?<![\w.$]){functions}{_JS_CALL}"


def _js_namespaces(clause: str) -> list[str]:
    """Return the name of the whole package: * as name, or name alone"""
    outside = re.sub(r"\{[^}]*\}", "", clause)
    return [name for name in re.findall(r"[\w$]+", outside) if name not in {"as", "type"}]


def _js_functions(clause: str) -> list[str]:
    """Return the names of connect in { connect, connect as name, connect: name }"""
    inside = "".join(re.findall(r"\{([^}]*)\}", clause))
    parts = re.findall(rf"(?<![\w$]){_JS_CONNECT}(?:\s*(?:\bas\b|:)\s*([\w$]+))?(?![\w$])", inside)
    plain = re.findall(rf"(?<![\w$]){_JS_CONNECT}(?![\w$])(?!\s*(?:as\b|:))", inside)
    return [*filter(None, parts), *plain]


def _python(file: SourceFile) -> str:
    code = file.code
    space = _any(_python_namespaces(code))
    functions = _any(_python_imports(code, r"nats", r"connect"))
    own = {
        *_python_imports(code, r"nats", r"NATS|Client"),
        *_python_imports(code, r"nats\.aio\.client", r"Client"),
    }
    module = _any(_python_imports(code, r"nats\.aio", r"client"))
    library = rf"{space}\.(?:NATS|Client|aio\.client\.Client)|{module}\.Client"
    derived = re.findall(rf"\bclass\s+(\w+)\s*\([^)]*\b(?:{_any(own)}|{library})\b", code)
    kind = rf"(?:{_any([*own, *derived])}|{library})\b"
    clients = {
        *re.findall(rf"\b(\w+)\s*(?::[^=\n]+)?:?=\s*(?:\w+\s*=\s*)?{kind}\s*\(", code),
        *re.findall(rf"\b(\w+)\s*:\s*[\"']?(?:Optional\[)?{kind}", code),
    }
    made = rf"(?<!\w){kind}\s*\([^()]*\)\.connect\s*\("
    plain = rf"(?<![\w.])(?<!def ){functions}\s*\("
    return rf"(?<![\w.]){space}\.connect\s*\(|{plain}|{made}|(?<!\w){_any(clients)}\.connect\s*\("


def _python_namespaces(code: str) -> Iterator[str]:
    """Yield the names of the package: import nats, import nats.errors, import nats as name"""
    for names in re.findall(r"(?m)^[ \t]*import[ \t]+([^\n]+)", code):
        for part in names.split(","):
            match part.split():
                case ["nats", "as", name]:
                    yield name
                case [name] if name.partition(".")[0] == "nats":
                    yield "nats"


def _python_imports(code: str, module: str, wanted: str) -> Iterator[str]:
    """Yield what the wanted names of a module are called: from module import name as other"""
    for groups in re.findall(
        rf"(?m)^[ \t]*from[ \t]+{module}[ \t]+import[ \t]*{_PYTHON_NAMES}", code
    ):
        for part in "".join(groups).split(","):
            words = part.split()
            if words and re.fullmatch(wanted, words[0]):
                yield words[-1]


def _rust(file: SourceFile) -> str:
    uses = "".join(re.findall(r"\buse\s+(?:::)?async_nats\b([^;]*);", file.code))
    renamed = re.findall(r"^\s*as\s+(\w+)|\bself\s+as\s+(\w+)", uses)
    crate = _any(["async_nats", "nats", *("".join(names) for names in renamed)])
    function = re.search(r"\bconnect\b(?:\s+as\s+(\w+))?", uses)
    plain = _any([function[1] or "connect"] if function else [])
    calls = rf"\b{crate}::connect\w*\s*\(|(?<![\w.:])(?<!fn ){plain}\s*\("
    options = rf"\b{crate}::(?:asynk::)?(?:Connect)?Options\b"
    if file.has(options) or re.search(r"\bConnectOptions\b", uses):
        calls += r"|\.connect\s*\("
    return calls


def _go(file: SourceFile) -> str:
    imports = re.findall(rf"(?m)(?:\bimport[ \t]+|^[ \t]*)([\w.]+)?[ \t]*{_GO_PACKAGE}", file.code)
    names = [name or "nats" for name in imports]
    package = _any(name for name in names if name != ".")
    qualifier = rf"(?<![\w.])(?:{package}\.{'|' if '.' in names else ''})"
    kind = rf"{qualifier}(?:GetDefaultOptions|Options)\b"
    makers = _any(re.findall(rf"\bfunc\s+(\w+)\s*\([^)]*\)\s*\(?\*?{kind}", file.code))
    variables = _any(
        re.findall(
            rf"\b(\w+)(?:,\s*\w+)?(?:\s*:?=\s*|[ \t]+)[&*]?(?:{kind}|{makers}\s*\()", file.code
        )
    )
    return (
        rf"{qualifier}Connect\s*\(|\b{variables}\.Connect\s*\(\s*\)"
        rf"|{kind}\s*(?:\{{[^}}]*\}}|\(\s*\))\.Connect\s*\("
    )


def _jvm(file: SourceFile) -> str:
    is_used = file.has(r"\bio\.nats\.client\b")
    return r"\bNats\s*\.\s*connect\w*\s*\(" if is_used else _NOTHING


def _c(_: SourceFile) -> str:
    return r"\bnatsConnection_Connect(?:To)?\s*\("


_CALLS: Final = {
    Tongue.JAVASCRIPT: _javascript,
    Tongue.TYPESCRIPT: _javascript,
    Tongue.PYTHON: _python,
    Tongue.RUST: _rust,
    Tongue.GO: _go,
    Tongue.JAVA: _jvm,
    Tongue.KOTLIN: _jvm,
    Tongue.C: _c,
}
