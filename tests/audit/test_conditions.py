"""Credentials that are used only where there are some, in the ways that code says so"""

from __future__ import annotations

import pytest

from tests.audit.snippets import rules_of

LINES = "\n".join(f"  line{number};" for number in range(5))
CONDITIONAL = (
    ("mjs", f"function a() {{\n  if (!creds) return;\n{LINES}\nreturn credsAuthenticator(t);\n}}"),
    ("mjs", f"if (creds) {{\n{LINES}\n  options.authenticator = credsAuthenticator(creds);\n}}"),
    ("rs", f"if let Some(text) = loaded {{\n{LINES}\n  options = options.credentials(&text)?;\n}}"),
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


@pytest.mark.parametrize(("suffix", "code"), CONDITIONAL)
def test_condition_further_away_is_seen(suffix: str, code: str) -> None:
    assert "credentials-unconditional" not in rules_of(suffix, code)
