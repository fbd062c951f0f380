"""Read the templates, and write them where the user wants them"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from iterapp_nats import files
from iterapp_nats.errors import InputError
from iterapp_nats.languages.registry import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iterapp_nats.languages.registry import Language

_TEMPLATES: Final = Path(__file__).parent / "templates"
_PURPOSE: Final = "template"


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be written: its path below the folder, and its content"""

    path: str
    content: str


@dataclass(frozen=True, slots=True)
class ConnectCode:
    """What `connect LANG` shows"""

    language: str
    package: str
    version: str
    install: str
    use: str
    files: tuple[NewFile, ...]


@dataclass(frozen=True, slots=True)
class ListedLanguage:
    """What `connect --list` shows of a language"""

    language: str
    title: str
    package: str
    version: str
    files: tuple[str, ...]


def list_languages() -> tuple[ListedLanguage, ...]:
    """Return every language with its client library and the files of its connect code"""
    return tuple(
        ListedLanguage(
            language=language.name,
            title=language.title,
            package=language.package,
            version=find_version(language),
            files=tuple(module.source for module in language.modules),
        )
        for language in LANGUAGES
    )


def load_connect_code(language: Language) -> ConnectCode:
    """Return the connect module of a language, with how to install and use it"""
    version = find_version(language)
    folder = _TEMPLATES / language.name / "connect"
    return ConnectCode(
        language=language.name,
        package=language.package,
        version=version,
        install=language.install.format(version=version),
        use=_read(folder / language.use),
        files=tuple(
            NewFile(module.source, _read(folder / module.source)) for module in language.modules
        ),
    )


def find_version(language: Language) -> str:
    """Return the version of the client library that the templates are tested with"""
    path = _TEMPLATES / language.name / "example" / language.dependency_file
    found = re.search(language.version_pattern, _read(path), re.MULTILINE)
    # The template is ours: a test holds that each names its version.
    return found[1] if found else ""


def load_example(language: Language) -> tuple[NewFile, ...]:
    """Return all files of the example app"""
    folder = _TEMPLATES / language.name
    found = {
        path.relative_to(folder / "example").as_posix(): _read(path)
        for path in sorted((folder / "example").rglob("*"))
        if path.is_file() and not _is_cache(path.parent)
    }
    for module in language.modules:
        found[module.target] = _read(folder / "connect" / module.source)
    shared = _TEMPLATES / "shared"
    kind = "web" if language.page else "worker"
    found["iterapp.toml"] = _read(shared / f"{kind}.toml")
    found["README.md"] = _render_readme(language, _read(shared / f"{kind}.md"))
    # What does not belong into an image does not belong into the repository either.
    found[".gitignore"] = found[".dockerignore"]
    found[".dockerignore"] += ".git\n"
    if language.page:
        found[language.page] = _read(shared / "index.html")
    return tuple(NewFile(path, content) for path, content in sorted(found.items()))


def _is_cache(folder: Path) -> bool:
    # A developer's tools leave some beside the templates, which stand in a checkout.
    parts = folder.relative_to(_TEMPLATES).parts
    return any(part.startswith((".", "__")) for part in parts)


def _render_readme(language: Language, text: str) -> str:
    commands = [shlex.join(command) for command in language.build]
    return Template(text).substitute(
        title=language.title,
        build="\n".join(commands) or "true",
        run=shlex.join(language.run),
        module=language.modules[-1].target,
    )


def write_new(folder: Path, new: Sequence[NewFile], *, into_empty: bool) -> None:
    """Write files that are not there yet; with `into_empty` the folder must be new or empty

    Raises:
        InputError: `folder-not-empty`, `file-exists`, `folder-unwritable`

    """
    try:
        if into_empty and folder.exists() and any(folder.iterdir()):
            raise InputError(
                "folder-not-empty",
                f"{folder} is not empty",
                hints=("name a folder that does not exist yet",),
            )
        for file in new:
            _require_new(folder / file.path, file.content)
        for file in new:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write_atomic(path, file.content.encode(), mode=files.PUBLIC_FILE)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError("folder-unwritable", f"cannot write into {folder}: {reason}") from error


def _require_new(path: Path, content: str) -> None:
    if path.exists() and files.read_text(path, purpose=_PURPOSE) != content:
        raise InputError(
            "file-exists",
            f"{path} is there already, with other content",
            hints=("move it away, or name another folder",),
        )


def _read(path: Path) -> str:
    return files.read_text(path, purpose=_PURPOSE)
