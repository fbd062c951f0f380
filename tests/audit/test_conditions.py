"""Credentials that are used only where there are some, in the ways that code says so"""

from __future__ import annotations

import pytest

from tests.audit.snippets import rules_of

LINES = "\n".join(f"  line{number};" for number in range(5))
CONDITIONAL = (
    ("mjs", f"function a() {{\n  if (!creds) return;\n{LINES}\nreturn credsAuthenticator(t);\n}}"),
    ("mjs", f"if (creds) {{\n{LINES}\n  options.authenticator = credsAuthenticator(creds);\n}}"),
    ("rs", f"if let Some(text) = loaded {{\n{LINES}\n  options = options.credentials(&text)?;\n}}"),
    ("mjs", "function login() {\n  return credsAuthenticator(text);\n}\nfunction start() {}"),
    ("rs", "let loaded = load_credentials();\nlet own = self.credentials();"),
    ("go", f'if creds != "" {{\n{LINES}\n  opts = append(opts, nats.UserCredentials(creds))\n}}'),
    ("py", "if creds:\n" + "  line()\n" * 5 + "  options = dict(user_credentials=creds)"),
    (
        "py",
        'path = os.environ.get("NATS_CREDENTIALS_FILE") or None\n'
        + "line()\n" * 5
        + "options = dict(user_credentials=path)",
    ),
)  # fmt: skip
UNCONDITIONAL = (
    ("mjs", "const main = async () => {\n  options.authenticator = credsAuthenticator(text);"),
    ("go", "func main() {\n\toptions = append(options, nats.UserCredentials(path))"),
    ("rs", "fn main() -> Result<()> {\n  let url = url()?;\n  o.credentials_file(path).await?;"),
)


@pytest.mark.parametrize(("suffix", "code"), UNCONDITIONAL)
def test_beginning_of_a_function_is_no_condition(suffix: str, code: str) -> None:
    assert "credentials-unconditional" in rules_of(suffix, code)


@pytest.mark.parametrize(("suffix", "code"), CONDITIONAL)
def test_condition_further_away_is_seen(suffix: str, code: str) -> None:
    assert "credentials-unconditional" not in rules_of(suffix, code)
