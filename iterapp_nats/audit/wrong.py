"""Rules about what an app does wrong"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from iterapp_nats.audit import rules
from iterapp_nats.audit.code import Tongue
from iterapp_nats.audit.conditions import is_conditional
from iterapp_nats.audit.presence import presence_tests
from iterapp_nats.audit.values import is_above_zero

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iterapp_nats.audit.code import SourceFile
    from iterapp_nats.audit.findings import Rule
    from iterapp_nats.audit.profiles import Profile

Found = tuple["Rule", int]

_MAX_ARGUMENTS: Final = 400
# A name in a sentence is no value, a name in a formatted string is.
_SENTENCE: Final = r"(?<![fr`$])\"(?:[^\"{\\]|\\.|\{[}:])*\"|(?<![fr])'(?:[^'{\\]|\\.|\{[}:])*'"
# Whether there is something, or how much, is no secret.
_MEASURE: Final = r"(?:length|size|len|count|is\w+|starts\w+|ends\w+)\b"
_ASKED: Final = (
    r"(?:\bif\s+(?:not\s+)?|\b(?:Boolean|bool|len|strlen|nonNull|has\w*|is\w*)\(\s*|!!?|\btypeof\s+"
    r"|\b(?:null|NULL|nullptr|nil|undefined)\s*[!=]==?\s*)(?:[\w.]+\.)?(?:{0})"
    rf"|(?:{{0}})\s*(?:\?(?![.?])|[!=]==?|&&|\bis\b|\band\b|\??\.(?:\w+\([^()]*\)\s*\??\.)?{_MEASURE})"
)
_KEY: Final = r"(?<!\$)([{,])\s*[\w$]+\s*:(?!:)"
_READ_IN_PLACE: Final = re.compile(
    r"[\w.:]*[eE]nv\w*(?:\.get|::var(?:_os)?)?!?\s*[.(\[]\s*[\"']?NATS_CREDENTIALS\b(?!_)[\"')\]]*"
)
_ANY_READ: Final = "READ_IN_PLACE"
# The promises of the loops, all of them or one by its name.
_AWAITED: Final = (
    r"Promise\.all|handling|inFlight|pending|loops?\b|\.drain\s*\(\)[^}]*?\bawait\s+[\w.]+\s*[;\n]"
)
_LOG: Final = (
    r"(?<![A-Za-z0-9])(?:console\.\w+|[ep]?print(?:ln|f)?!?|(?i:log(?:ger|ging)?)\.\w+|slog\.\w+"
    r"|fmt\.Print\w*|System\.(?:out|err)\.print\w*|(?:info|warn|error|debug|trace|dbg)!"
    r"|fprintf(?=\s*\(\s*std))\s*\("
)


def find_wrong(
    file: SourceFile, profile: Profile, app: tuple[SourceFile, ...], connect: int
) -> Iterator[Found]:
    """Yield the mistakes of a file which connects at `connect`; `app` is all of that language"""
    yield from _credentials_calls(file, profile, connect)
    yield from _sources(file)
    for place in presence_tests(file):
        yield rules.PRESENCE_TEST, place
    yield from _logged(file)
    yield from _by_language(file, app)


def _credentials_calls(file: SourceFile, profile: Profile, connect: int) -> Iterator[Found]:
    content, path = file.names_of("NATS_CREDENTIALS"), file.names_of("NATS_CREDENTIALS_FILE")
    for pattern, wrong, right, rule in (
        (profile.path_call, content, path, rules.CONTENT_AS_PATH),
        (profile.content_call, path, content, rules.PATH_AS_CONTENT),
    ):
        for call in re.finditer(pattern, file.code) if pattern else ():
            arguments = _arguments(file, call.end(), is_call=call[0].endswith("("))
            reads_file = re.search(r"[rR]ead|open|load|RawCredentials", arguments)
            if re.search(wrong, arguments) and not re.search(right, arguments) and not reads_file:
                yield rule, call.start()
            elif not is_conditional(file, call.start(), arguments, connect):
                yield rules.CREDENTIALS_UNCONDITIONAL, call.start()


def _arguments(file: SourceFile, start: int, *, is_call: bool) -> str:
    """Return the text up to the end of the call, or of the one argument that begins here"""
    depth = 1
    for offset in range(start, min(len(file.code), start + _MAX_ARGUMENTS)):
        letter = file.code[offset]
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 or (depth == 1 and letter in ",\n" and not is_call):
            return file.code[start:offset]
    return ""


def _sources(file: SourceFile) -> Iterator[Found]:
    content = file.find(r"NATS_CREDENTIALS\b(?!_)")
    path = file.find(r"NATS_CREDENTIALS_FILE\b")
    found = content or path
    if found and not (content and path):
        yield rules.ONE_SOURCE, found.start()


def _logged(file: SourceFile) -> Iterator[Found]:
    names = rf"{file.names_of('NATS_CREDENTIALS')}|\b{_ANY_READ}\b"
    asked = re.compile(_ASKED.format(names))
    for call in re.finditer(_LOG, file.code):
        values = _READ_IN_PLACE.sub(_ANY_READ, _arguments(file, call.end(), is_call=True))
        values = re.sub(_SENTENCE, "", values)
        if file.tongue in {Tongue.JAVASCRIPT, Tongue.TYPESCRIPT}:
            values = re.sub(_KEY, r"\1", values)
        if re.search(names, asked.sub("", values)):
            yield rules.SECRET_LOGGED, call.start()


def _by_language(file: SourceFile, app: tuple[SourceFile, ...]) -> Iterator[Found]:
    match file.tongue:
        case Tongue.JAVASCRIPT | Tongue.TYPESCRIPT:
            yield from _javascript(file)
        case Tongue.PYTHON:
            yield from _python(file)
        case Tongue.RUST:
            yield from _rust(file, app)
        case Tongue.JAVA | Tongue.KOTLIN:
            yield from _jvm(file, app)
        case Tongue.C:
            yield from _c(file)


def _javascript(file: SourceFile) -> Iterator[Found]:
    required = file.find(r"\brequire\s*\(\s*[\"'](?:nats|@nats-io)")
    top_level_await = file.find(r"(?m)^(?:(?:const|let|var)\s[^=\n]+=\s*)?await\s")
    if required and top_level_await:
        yield rules.REQUIRE_AND_AWAIT, top_level_await.start()
    codec = file.find(r"\b(?:StringCodec|JSONCodec)\b")
    if codec and file.has(r"@nats-io/"):
        yield rules.CODEC_GONE, codec.start()
    falsy = file.find(r"\btls\s*:\s*[^,\n{?!]+&&\s*\{")
    if falsy and file.tongue is Tongue.TYPESCRIPT and not file.has(r"tls\s*:\s*!!"):
        yield rules.TLS_EMPTY_STRING, falsy.start()
    drain = file.find(r"\.drain\s*\(")
    loop = file.find(r"for\s+await\s*\(")
    if drain and loop and not file.has(_AWAITED):
        yield rules.DRAIN_BEFORE_HANDLERS, drain.start()


def _python(file: SourceFile) -> Iterator[Found]:
    tls = file.find(r"\btls[\"']?\]?\s*[=:](?!=)")
    if tls and not file.has(r"ssl_object|SecureConn\w+|tls_required|tls_available"):
        yield rules.PLAINTEXT, tls.start()
    url = file.find(
        r"\.connect\s*\(\s*(?:servers\s*=\s*)?os\.(?:environ|getenv)[^)\n]*NATS_URL[^)\n]*\)?(?:\.split)?"
    )
    if url and "split" not in url[0]:
        yield rules.URL_UNSPLIT, url.start()


def _rust(file: SourceFile, app: tuple[SourceFile, ...]) -> Iterator[Found]:
    old = file.find(
        r"\basync_nats::(?:Options|Connection)\b|(?<!async_)\bnats::(?:Options|connect)\b"
    )
    if old:
        yield rules.OLD_API, old.start()
    # For async-nats 0 is None.
    limited = file.find(r"\.max_reconnects\s*\(\s*(?:Some\s*\(\s*)?(\w+)")
    if limited and is_above_zero(limited[1], app):
        yield rules.RECONNECT_LIMITED, limited.start()
    roots = file.find(r"\.add_root_certificates\s*\(")
    if roots and not file.has(r"\.require_tls\s*\(\s*true\s*\)"):
        yield rules.PLAINTEXT, roots.start()


def _jvm(file: SourceFile, app: tuple[SourceFile, ...]) -> Iterator[Found]:
    context = file.find(r"\bsslContext\s*\(")
    checks = r"[eE]ndpointIdentificationAlgorithm"
    if context and not any(other.has(checks) for other in app):
        yield rules.HOST_UNCHECKED, context.start()


def _c(file: SourceFile) -> Iterator[Found]:
    secure = file.find(r"natsOptions_SetSecure\s*\(")
    trusted = file.find(r"natsOptions_LoadCATrustedCertificates\s*\(")
    found = secure or trusted
    if found and not (secure and trusted):
        yield rules.TLS_HALF, found.start()
    url = file.find(r"natsOptions_SetURL\s*\([^;]*NATS_URL")
    if url:
        yield rules.URL_UNSPLIT, url.start()
