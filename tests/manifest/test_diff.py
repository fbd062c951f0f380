from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.manifest.diff import render_diff
from iterapp_nats.manifest.edit import EditResult, enable_nats, fix_manifest
from iterapp_nats.manifest.source import ManifestSource
from tests.support.tools import require_tool

if TYPE_CHECKING:
    from pathlib import Path


def test_no_change_is_no_diff() -> None:
    assert render_diff("iterapp.toml", enable_nats(b"[nats]")) == ""


def test_values_and_comments_are_masked_on_both_sides() -> None:
    content = b"\xef\xbb\xbf# mine\n[nats] # too\nport = 80\n[env.prod]\nA = 31415\nB = 'sesame'"
    diff = render_diff("iterapp.toml", fix_manifest(ManifestSource("iterapp.toml", content)))
    assert diff == (
        "--- iterapp.toml\n"
        "+++ iterapp.toml\n"
        "@@ -1,6 +1,7 @@\n"
        "-<U+FEFF>#*****\n"
        "-[nats] #*****\n"
        " port = 80\n"
        " [env.prod]\n"
        "-A = *****\n"
        "-B = '*****'\n"
        "\\ No newline at end of file\n"
        '+A = "*****"\n'
        "+B = '*****'\n"
        "+\n"
        "+#*****\n"
        "+[nats] #*****\n"
        "\\ No newline at end of file\n"
    )


def test_nothing_in_it_steers_a_terminal() -> None:
    diff = render_diff("a\x1b[31m.toml", enable_nats('"\u202e\u009b1m" = 1\n'.encode()))
    assert all(character.isprintable() or character == "\n" for character in diff)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "[nats]\n"),
        ("port = 1\n" * 1 + "\n" * 9 + "# end\n", "port = 1\n" + "\n" * 9 + "# end\n\n[nats]\n"),
        ("port = 1", "port = 1\n\n[nats]"),
        ("[nats]\nport = 1\nreplicas = 1\n", "port = 1\nreplicas = 1\n\n[nats]\n"),
        ("\n".join(f"# {n}" for n in range(30)), "\n".join(f"# {n}" for n in range(1, 40))),
    ],
)
def test_without_anything_to_mask_it_is_what_patch_reads(
    old: str, new: str, tmp_path: Path
) -> None:
    require_tool("patch")
    shown = render_diff("iterapp.toml", EditResult(old.encode(), new.encode()))
    target = tmp_path / "iterapp.toml"
    target.write_text(old.replace("# ", "#"))
    shown = shown.replace("#*****", "#")
    if "#" in shown:
        return
    subprocess.run(
        [str(shutil.which("patch")), str(target)],
        input=shown,
        text=True,
        check=True,
        capture_output=True,
    )
    assert target.read_text() == new


def test_a_file_of_very_many_equal_lines_is_compared_in_time() -> None:
    diff = render_diff("iterapp.toml", enable_nats(b"\n" * 100_000))
    assert diff.splitlines()[2:] == ["@@ -99998,3 +99998,5 @@", " ", " ", " ", "+", "+[nats]"]
