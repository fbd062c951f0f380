"""The only place that writes to a stream: data goes to stdout, talk to stderr"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum, StrEnum
from io import UnsupportedOperation
from typing import TYPE_CHECKING, Final

from iterapp_nats.errors import ExitCode, InputError, IterappNatsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

ENVELOPE_VERSION: Final = 1
_CLEAR_LINE: Final = "\r\x1b[K"
_COLORS: Final = {"red": "31", "yellow": "33", "green": "32", "cyan": "36", "bold": "1"}


class Format(StrEnum):
    """How data is printed: for a person, or as JSON for a program"""

    TEXT = "text"
    JSON = "json"


class ColorMode(StrEnum):
    """When talk is coloured; `auto` means on a terminal without NO_COLOR"""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class ReaderGone(Exception):
    """Whoever read our stdout closed it, as `head` does: the work is done"""


class Output:
    """Both streams of one command line, with its wishes for colour, quiet and JSON"""

    def __init__(
        self, stdout: TextIO, stderr: TextIO, *, environ: Mapping[str, str], command: Sequence[str]
    ) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self._no_color = bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
        self._command = tuple(command)
        self.format = Format.TEXT
        self.color = ColorMode.AUTO
        self.verbosity = 0
        self.quiet = False
        self.is_stream = False
        self._shows_progress = False

    @property
    def shows_data_on_terminal(self) -> bool:
        """Whether a person watches stdout"""
        return self._stdout.isatty()

    @property
    def shows_talk_on_terminal(self) -> bool:
        """Whether a person watches stderr"""
        return self._stderr.isatty()

    @property
    def terminal(self) -> TextIO:
        """Stdout for a view that draws itself anew; everything else goes through `line`"""
        return self._stdout

    @property
    def colors_data(self) -> bool:
        """Whether data on stdout is coloured"""
        return self._is_colored(self._stdout)

    def write(self, data: bytes) -> None:
        """Write data to stdout exactly as it is, without flushing

        Raises:
            ReaderGone: the reader closed the pipe
            InputError: `output-unwritable`, for example on a full disk

        """
        try:
            self._stdout.buffer.write(data)
        except BrokenPipeError as error:
            raise ReaderGone from error
        except OSError as error:
            raise _unwritable(error) from error

    def write_some(self, data: memoryview) -> int:
        """Write from the beginning of `data` in one go, and return how many bytes

        Raises what `write` raises.
        """
        self.flush()
        raw = getattr(self._stdout.buffer, "raw", self._stdout.buffer)
        try:
            # None is the word of a stream that does not block, and takes nothing just now.
            return int(raw.write(data) or 0)
        except BrokenPipeError as error:
            raise ReaderGone from error
        except OSError as error:
            raise _unwritable(error) from error

    def descriptor(self) -> int | None:
        """Return the file descriptor of stdout, None when it is none of the system's"""
        try:
            return self._stdout.fileno()
        except UnsupportedOperation:
            return None

    def line(self, text: str = "") -> None:
        """Write one line of data to stdout"""
        encoding = self._stdout.encoding or "utf-8"
        self.write(f"{text}\n".encode(encoding, "backslashreplace"))

    def flush(self) -> None:
        """Hand everything written so far to the reader; raises like `write`"""
        try:
            self._stdout.flush()
        except BrokenPipeError as error:
            raise ReaderGone from error
        except OSError as error:
            raise _unwritable(error) from error

    def result(self, data: object, *, exit_code: ExitCode = ExitCode.OK) -> None:
        """Write the JSON envelope of a command that ended as expected"""
        self.write(_encoded(self.render_result(data, exit_code=exit_code)))
        self.flush()

    def render_result(self, data: object, *, exit_code: ExitCode = ExitCode.OK) -> str:
        """Return the JSON envelope of a command that ended as expected, as one line"""
        return self._envelope("ok", exit_code, data, ())

    def say(self, text: str) -> None:
        """Tell a person something on stderr, unless `--quiet`"""
        if not self.quiet:
            self._talk(text)

    def detail(self, text: str, *, level: int = 1) -> None:
        """Tell a person something that was asked for by `-v` (level 1) or `-vv` (level 2)"""
        if self.verbosity >= level:
            self._talk(text)

    def show_progress(self, text: str) -> None:
        """Show on a terminal how far the work is, in place of what this showed before"""
        if not self.quiet and self.shows_talk_on_terminal:
            self._talk(text, end="")
            self._shows_progress = True

    def warning(self, text: str) -> None:
        """Tell a person about something that is likely not wanted"""
        self._talk(f"{self.paint('warning', 'yellow')}: {text}")

    def ask(self, question: str) -> None:
        """Put a question whose answer is read from stdin, `--quiet` or not"""
        self._talk(f"{question} [y/N]")

    def fail(self, error: IterappNatsError) -> ExitCode:
        """Show an error with its hints and return its exit code

        One that cannot be written to stdout as JSON is told on stderr as text.
        """
        if self.format is Format.JSON:
            with suppress(InputError):
                self._fail_as_json(error)
                return error.exit_code
        label = self.paint(f"error[{error.code}]", "red", "bold")
        hints = [f"{self.paint('hint', 'cyan')}: {hint}" for hint in error.hints]
        self._talk("\n".join([f"{label}: {error.message}", *([""] if hints else []), *hints]))
        return error.exit_code

    def paint(self, text: str, *colors: str) -> str:
        """Colour a text for stderr where colour is wanted"""
        return _paint(text, colors) if self._is_colored(self._stderr) else text

    def paint_data(self, text: str, *colors: str) -> str:
        """Colour a text for stdout where colour is wanted"""
        return _paint(text, colors) if self.colors_data else text

    def _is_colored(self, stream: TextIO) -> bool:
        match self.color:
            case ColorMode.ALWAYS:
                return True
            case ColorMode.NEVER:
                return False
            case ColorMode.AUTO:
                return stream.isatty() and not self._no_color

    def _envelope(
        self,
        status: str,
        exit_code: ExitCode,
        data: object,
        errors: Sequence[IterappNatsError],
    ) -> str:
        text = render_json(
            {
                "version": ENVELOPE_VERSION,
                "command": self._command,
                "status": status,
                "exit_code": int(exit_code),
                "data": data,
                "errors": [_error_fields(error) for error in errors],
            }
        )
        return f"{text}\n"

    def _fail_as_json(self, error: IterappNatsError) -> None:
        text = self._envelope("error", error.exit_code, None, (error,))
        if self.is_stream:
            self._talk(text.rstrip())
            return
        self.write(_encoded(text))
        self.flush()

    def _talk(self, text: str, end: str = "\n") -> None:
        before = _CLEAR_LINE if self._shows_progress else ""
        self._shows_progress = False
        # On a terminal both streams are one: what was written first is read first.
        with suppress(OSError):
            self._stdout.flush()
        # Where nobody listens the exit code still says what happened.
        with suppress(OSError):
            self._stderr.write(f"{before}{text}{end}")
            self._stderr.flush()


def to_plain(value: object) -> object:
    """Turn dataclasses, enums, paths and the like into what JSON knows; secrets stay stars"""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    return str(value)


def render_json(value: object) -> str:
    """Return a value as one line of JSON"""
    import json

    return json.dumps(to_plain(value), ensure_ascii=False)


def _encoded(text: str) -> bytes:
    # Bytes of a path that are not UTF-8 stand in it as lone surrogates (PEP 383).
    return text.encode("utf-8", "backslashreplace")


def _error_fields(error: IterappNatsError) -> dict[str, object]:
    return {
        "code": error.code,
        "message": error.message,
        "hints": error.hints,
        "context": error.context,
    }


def _paint(text: str, colors: Sequence[str]) -> str:
    return f"\x1b[{';'.join(_COLORS[color] for color in colors)}m{text}\x1b[0m"


def _unwritable(error: OSError) -> InputError:
    return InputError(
        "output-unwritable", f"cannot write the output: {(error.strerror or str(error)).lower()}"
    )
