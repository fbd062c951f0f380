"""Which files git ignores, by the .gitignore files of a repository"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


@dataclass(slots=True)
class IgnoreRules:
    """The .gitignore files of the folders that a walk has entered, by folder

    A walk goes from a folder to those below it, and names each that has such a file.
    """

    specs: dict[str, GitIgnoreSpec]

    @classmethod
    def around(cls, top: str) -> IgnoreRules | None:
        """Return the rules that hold in `top` by the folders above it, None outside a repository"""
        above = (Path(top), *Path(top).parents)
        for depth, parent in enumerate(above):
            if (parent / ".git").exists():
                rules = cls({})
                for folder in above[1 : depth + 1]:
                    rules.enter(str(folder))
                return rules
        return None

    def enter(self, folder: str) -> None:
        """Read the rules that `folder` adds, if it has any"""
        try:
            lines = (Path(folder) / ".gitignore").read_text("utf-8", "replace").splitlines()
        except OSError:
            return
        from pathspec import GitIgnoreSpec

        self.specs[folder] = GitIgnoreSpec.from_lines(lines)

    def excludes(self, folder: str, name: str, *, is_folder: bool = False) -> bool:
        """Tell whether git ignores a name; the nearest file that speaks of it decides"""
        path = f"{name}/" if is_folder else name
        while self.specs:
            spec = self.specs.get(folder)
            verdict = spec.check_file(path).include if spec else None
            if verdict is not None:
                return verdict
            folder, last = os.path.split(folder)
            if not last:
                break
            path = f"{last}/{path}"
        return False
