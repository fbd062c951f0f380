"""What is logged of the credentials: whether they are there is no secret"""

from __future__ import annotations

import pytest

from iterapp_nats.audit.check import audit
from iterapp_nats.audit.code import SourceFile

BEFORE = {
    "mjs": 'import { connect } from "nats";\nconst creds = process.env.NATS_CREDENTIALS;\n'
    "await connect();\n",
    "py": 'import nats\ncreds = os.environ.get("NATS_CREDENTIALS")\nnc = nats.connect()\n',
    "java": 'import io.nats.client.*;\nString creds = System.getenv("NATS_CREDENTIALS");\n'
    "Nats.connect(url);\n",
    "rs": 'let creds = std::env::var("NATS_CREDENTIALS");\nasync_nats::connect(url);\n',
    "go": 'import "github.com/nats-io/nats.go"\ncreds := os.Getenv("NATS_CREDENTIALS")\n'
    "nats.Connect(url)\n",
    "c": 'const char *creds = getenv("NATS_CREDENTIALS");\nnatsConnection_Connect(&nc, opts);\n',
}
NO_SECRET = (
    ("mjs", 'console.log("auth", { creds: Boolean(creds) })'),
    ("mjs", 'console.log("auth", { creds: "set" })'),
    ("mjs", 'console.log(creds == null ? "none" : "set")'),
    ("mjs", "console.log(typeof creds, creds?.length, creds && 1)"),
    ("mjs", 'console.log(creds.split("\\n").length, "lines")'),
    ("mjs", "console.log(Boolean(process.env.NATS_CREDENTIALS))"),
    ("mjs", 'console.log("missing env NATS_CREDENTIALS")'),
    ("mjs", "catalog.add(creds)"),
    ("py", 'print("set:", creds is not None)'),
    ("py", 'logger.info("lines: %d", creds.count("\\n"))'),
    ("java", "System.out.println(null != creds);"),
    ("java", "logger.info(Objects.nonNull(creds));"),
    ("java", 'logger.info(System.getenv("NATS_CREDENTIALS") != null);'),
    ("rs", 'info!("{}", creds.lines().count());'),
    ("go", 'text := fmt.Sprintf("%s\\n", creds)'),
    ("c", 'fprintf(file, "%s", creds);'),
)
SECRET = (
    ("mjs", 'console.log("auth", { creds })'),
    ("mjs", 'console.log(creds ?? "none")'),
    ("mjs", "console.log({ text: creds })"),
    ("mjs", "console.log(process.env.NATS_CREDENTIALS)"),
    ("py", 'print(os.environ.get("NATS_CREDENTIALS"))'),
    ("py", 'self._logger.debug("creds %s", creds)'),
    ("java", 'LOGGER.log(Level.INFO, "creds: " + creds);'),
    ("rs", "dbg!(&creds);"),
    ("rs", 'eprintln!("{creds:?}");'),
    ("go", "log.Println(creds)"),
    ("c", 'fprintf(stderr, "%s", creds);'),
)


def rules_of_last_line(suffix: str, line: str) -> set[str]:
    text = BEFORE[suffix] + line + "\n"
    number = text.count("\n")
    found = audit([SourceFile(f"app.{suffix}", text)]).findings
    return {finding.rule for finding in found if finding.line == number}


@pytest.mark.parametrize(("suffix", "line"), NO_SECRET)
def test_state_of_the_credentials_may_be_logged(suffix: str, line: str) -> None:
    assert "secret-logged" not in rules_of_last_line(suffix, line)


@pytest.mark.parametrize(("suffix", "line"), SECRET)
def test_credentials_in_a_log_are_found(suffix: str, line: str) -> None:
    assert rules_of_last_line(suffix, line) == {"secret-logged"}
