"""Which files git ignores, by the .gitignore files of a repository"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pathspec import GitIgnoreSpec


@dataclass(slots=True)
class IgnoreRules:
    """The .gitignore files from the repository's root down to where the walk is"""

    repository: Path
    specs: dict[Path, GitIgnoreSpec | None]

    @classmethod
    def around(cls, top: Path) -> IgnoreRules | None:
        """Return the rules of the repository that `top` is in, None outside of one"""
        for parent in (top, *top.parents):
            if (parent / ".git").exists():
                return cls(parent, {})
        return None

    def below(self, folder: Path) -> IgnoreRules:
        """Read the rules that hold in `folder`"""
        for parent in (folder, *folder.parents):
            if parent not in self.specs:
                self.specs[parent] = _load_spec(parent / ".gitignore")
            if parent == self.repository:
                break
        return self

    def excludes(self, path: Path, *, is_folder: bool = False) -> bool:
        """Tell whether git ignores a path; the nearest file that speaks of it decides"""
        for parent in path.parents:
            spec = self.specs.get(parent)
            if spec:
                relative = path.relative_to(parent).as_posix() + ("/" if is_folder else "")
                verdict = spec.check_file(relative).include
                if verdict is not None:
                    return verdict
            if parent == self.repository:
                return False
        return False


def _load_spec(path: Path) -> GitIgnoreSpec | None:
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(lines)
