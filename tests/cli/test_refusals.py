"""As in production: what is refused, by which exit code, and that no secret is ever told"""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from iterapp_nats.cli import main
from iterapp_nats.security.claims import Permissions, SubjectPermission
from tests.support.cli import Ended, run_cli
from tests.support.operator_mode import OperatorMode, build_operator_mode
from tests.support.servers import RunningServer, run_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def mode(tmp_path_factory: pytest.TempPathFactory) -> OperatorMode:
    allowed = SubjectPermission(allow=("orders.>", "_INBOX.>", "$SYS.REQ.USER.INFO"))
    permissions = Permissions(publish=allowed, subscribe=allowed)
    return build_operator_mode(tmp_path_factory.mktemp("mode"), tls=True, permissions=permissions)


@pytest.fixture(scope="module")
def secure(mode: OperatorMode) -> Iterator[RunningServer]:
    with run_server(mode.folder, config_path=mode.config_path) as running:
        yield running


@pytest.fixture
def environ(secure: RunningServer, mode: OperatorMode) -> dict[str, str]:
    return {
        "NATS_URL": f"tls://127.0.0.1:{secure.port}",
        "NATS_CREDENTIALS": mode.creds_text,
        "NATS_CREDENTIALS_FILE": str(mode.creds_path),
        "NATS_CA_FILE": str(mode.ca_path),
    }


def assert_tells_no_secret(ended: Ended, mode: OperatorMode) -> None:
    told = ended.text + ended.stderr
    jwt = mode.creds_text.splitlines()[1]
    for secret in (mode.user.seed.reveal(), jwt):
        assert secret not in told


def test_the_four_variables_connect(
    environ: dict[str, str], mode: OperatorMode, project: Path
) -> None:
    ended = run_cli("-vv", "pub", "orders.new", "x", cwd=project, environ=environ)
    assert ended.code == 0, ended.stderr
    assert "seen by the server" in ended.stderr
    assert_tells_no_secret(ended, mode)


@pytest.mark.parametrize(
    ("argv", "code", "name"),
    [
        (["pub", "Secret.Place", "x"], 5, "publish-denied"),
        (["sub", "Secret.Place", "--timeout", "1"], 5, "subscribe-denied"),
        (["request", "Secret.Place", "x"], 5, "publish-denied"),
    ],
)
def test_refused_subject_exits_5_and_is_named_as_typed(
    argv: list[str], code: int, name: str, environ: dict[str, str], project: Path
) -> None:
    ended = run_cli(*argv, cwd=project, environ=environ)
    assert ended.code == code, ended.stderr
    assert f"error[{name}]" in ended.stderr
    assert "Secret.Place" in ended.stderr


@pytest.mark.parametrize(
    "argv",
    [("pub", "order.new", "x"), ("request", "order.new"), ("sub", "order.new")],
    ids=lambda argv: argv[0],
)
def test_refused_subject_comes_with_what_is_allowed_and_near(
    argv: tuple[str, ...], environ: dict[str, str], project: Path
) -> None:
    ended = run_cli(*argv, cwd=project, environ=environ)
    assert ended.code == 5
    assert "order.new" in ended.stderr
    assert "hint: allowed: orders.>, _INBOX.>, $SYS.REQ.USER.INFO" in ended.stderr
    assert "hint: the nearest allowed subject is orders.new" in ended.stderr


def test_refused_login_names_what_can_be_told_without_the_server(
    environ: dict[str, str], project: Path
) -> None:
    without = {**environ, "NATS_CREDENTIALS": "", "NATS_CREDENTIALS_FILE": ""}
    ended = run_cli("pub", "orders.new", "x", cwd=project, environ=without)
    assert ended.code == 5
    assert "error[login-missing]" in ended.stderr
    assert "the server asks for a login, and no credentials are given" in ended.stderr
    assert "hint: set NATS_CREDENTIALS or NATS_CREDENTIALS_FILE" in ended.stderr


@pytest.mark.parametrize("argv", [("env", "--explain"), ("rtt",), ("creds", "check", "--environ")])
def test_content_in_the_place_of_a_path_is_never_shown(
    argv: tuple[str, ...], environ: dict[str, str], mode: OperatorMode, project: Path
) -> None:
    wrong = {**environ, "NATS_CREDENTIALS": "", "NATS_CREDENTIALS_FILE": mode.creds_text}
    ended = run_cli("-vv", *argv, cwd=project, environ=wrong)
    assert "error[content-as-path]: NATS_CREDENTIALS_FILE holds the content" in ended.stderr
    assert_tells_no_secret(ended, mode)


@pytest.mark.parametrize(
    ("change", "code", "name"),
    [
        ({"NATS_CA_FILE": ""}, 4, "tls-ca-missing"),
        ({"NATS_CREDENTIALS": "", "NATS_CREDENTIALS_FILE": ""}, 5, "login-missing"),
        ({"NATS_CREDENTIALS": "nonsense"}, 2, "creds-unrecognised"),
        ({"NATS_CREDENTIALS_FILE": "/gone"}, 2, "file-unreadable"),
        ({"NATS_CA_FILE": "/gone"}, 2, "file-unreadable"),
    ],
    ids=["no CA", "no creds", "damaged creds", "no creds file", "no CA file"],
)
def test_wrong_variable_has_a_code_of_its_own(
    change: dict[str, str],
    code: int,
    name: str,
    environ: dict[str, str],
    mode: OperatorMode,
    project: Path,
) -> None:
    began = time.monotonic()
    ended = run_cli("rtt", cwd=project, environ={**environ, **change})
    assert (ended.code, name in ended.stderr) == (code, True), ended.stderr
    assert time.monotonic() - began < 3
    assert_tells_no_secret(ended, mode)


def test_plaintext_server_behind_tls_is_refused(
    server: RunningServer, mode: OperatorMode, project: Path
) -> None:
    variables = {"NATS_URL": server.url, "NATS_CA_FILE": str(mode.ca_path)}
    ended = run_cli("rtt", cwd=project, environ=variables)
    assert ended.code == 4
    assert "tls-not-offered" in ended.stderr


def test_env_file_gives_the_same_connection(
    environ: dict[str, str], mode: OperatorMode, project: Path
) -> None:
    written = run_cli("env", "--for", "dotenv", "--write", "app.env", cwd=project, environ=environ)
    assert written.code == 0, written.stderr
    assert (project / "app.env").stat().st_mode & 0o777 == 0o600
    ended = run_cli("rtt", "--env-file", "app.env", cwd=project)
    assert ended.code == 0, ended.stderr
    explained = run_cli("env", "--explain", cwd=project, environ=environ)
    assert_tells_no_secret(explained, mode)


class BrokenStdin(io.TextIOWrapper):
    """Stands for a bug of ours: its text quotes what must not be told"""

    def __init__(self, secret: str) -> None:
        super().__init__(io.BytesIO())
        self.secret = secret

    @property
    def buffer(self) -> io.BytesIO:
        raise ValueError(self.secret) from KeyError(self.secret)


def test_bug_exits_3_with_a_report_of_places_and_no_values(
    mode: OperatorMode, project: Path
) -> None:
    seed = mode.user.seed.reveal()
    stdout, stderr = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    streams = (BrokenStdin(seed), stdout, stderr)
    code = main(["check", "-"], environ={}, cwd=project, streams=streams)
    assert code == 3
    found = re.search(r"the report (\S+) holds no secrets", stderr.getvalue())
    assert found
    path = Path(found[1])
    report = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    assert seed not in report + stderr.getvalue()
    assert "builtins.ValueError" in report
    assert "builtins.KeyError" in report
    assert "cli/check.py" in report
