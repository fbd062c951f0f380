"""A test for emptiness beside that for presence makes it right"""

from __future__ import annotations

import pytest

from tests.audit.snippets import rules_of

RIGHT = (
    ("java", 'on = System.getenv("NATS_CA_FILE") != null && !getenv("NATS_CA_FILE").isBlank();'),
    ("java", 'String ca = System.getenv("NATS_CA_FILE");\nif (ca != null && !ca.isEmpty()) {'),
    ("java", 'String ca = setting("NATS_CA_FILE");\nif (ca != null) {'),
    ("go", 'ca, ok := os.LookupEnv("NATS_CA_FILE")\n\tif ok && ca != "" {'),
    ("rs", 'if env::var("NATS_CA_FILE").is_ok_and(|value| !value.is_empty()) {'),
    ("rs", 'if let Some(ca) = var("NATS_CA_FILE") {'),
    ("rs", 'if let Ok(ca) = env::var("NATS_CA_FILE") {\n  if !ca.is_empty() {'),
    ("mjs", 'if (process.env.NATS_CA_FILE !== undefined && process.env.NATS_CA_FILE !== "") {'),
    ("mjs", "const ca = process.env.NATS_CA_FILE || undefined;\nif (ca !== undefined) {"),
    ("py", 'if "NATS_CA_FILE" in os.environ and os.environ["NATS_CA_FILE"]:\n    pass'),
    ("py", 'ca = os.environ.get("NATS_CA_FILE") or None\nif ca is not None:\n    pass'),
    ("py", 'ca = os.environ.get("NATS_CA_FILE")\nif ca:\n    pass\nprint(ca is not None)'),
    ("c", 'char *ca = getenv("NATS_CA_FILE");\nif (ca != NULL && *ca) {'),
)  # fmt: skip
WRONG = (
    ("java", 'String ca = System.getenv("NATS_CA_FILE");\nif (ca != null) {'),
    ("java", 'if (System.getenv("NATS_CA_FILE") != null) {'),
    ("go", 'if ca, ok := os.LookupEnv("NATS_CA_FILE"); ok {'),
    ("rs", 'if let Ok(ca) = env::var("NATS_CA_FILE") {'),
    ("rs", 'if env::var("NATS_CA_FILE").is_ok() {'),
    ("mjs", "const ca = process.env.NATS_CA_FILE;\nif (ca !== undefined) {"),
    ("mjs", 'if ("NATS_CA_FILE" in process.env) {'),
    ("py", 'if os.environ.get("NATS_CA_FILE") is not None:\n    pass'),
    ("py", 'ca = os.getenv("NATS_CA_FILE")\nif ca is not None:\n    pass'),
    ("c", 'char *ca = getenv("NATS_CA_FILE");\nif (ca != NULL) {'),
)


@pytest.mark.parametrize(("suffix", "code"), RIGHT)
def test_test_for_emptiness_is_seen(suffix: str, code: str) -> None:
    assert "presence-test" not in rules_of(suffix, code)


@pytest.mark.parametrize(("suffix", "code"), WRONG)
def test_test_for_presence_alone_is_found(suffix: str, code: str) -> None:
    assert "presence-test" in rules_of(suffix, code)
