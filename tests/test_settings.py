from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.errors import InputError
from iterapp_nats.secret import Secret
from iterapp_nats.settings import (
    CA_FILE,
    CREDENTIALS,
    CREDENTIALS_FILE,
    DEFAULT_URL,
    URL,
    VARIABLES,
    Flags,
    Layer,
    Origin,
    Settings,
    Source,
    layer_of,
    resolve_settings,
)

ENVIRON = Source(Origin.ENVIRON)
DEV_SERVER = Source(Origin.DEV_SERVER, "nats://127.0.0.1:4333")
ENV_FILE = Source(Origin.ENV_FILE, "nats.env")

PLATFORM = {
    URL: "tls://nats.example.com:4222",
    CREDENTIALS: "content",
    CREDENTIALS_FILE: "/secrets/user.creds",
    CA_FILE: "/secrets/ca.pem",
}
LOCAL = {URL: "nats://127.0.0.1:4333"}

TEXTS = st.sampled_from(["", "one", "two"])
LAYERS = st.lists(
    st.builds(
        layer_of,
        st.sampled_from([ENV_FILE, ENVIRON, DEV_SERVER]),
        st.fixed_dictionaries({}, optional=dict.fromkeys(VARIABLES, TEXTS)),
    ),
    max_size=4,
)


def resolve(*layers: Layer, flags: Flags | None = None) -> Settings:
    return resolve_settings(flags or Flags(), layers)


def no_login_or_ca(settings: Settings) -> bool:
    return not (settings.credentials or settings.credentials_file or settings.ca_file)


def test_without_anything_the_local_default_is_meant() -> None:
    settings = resolve()
    assert settings.url == DEFAULT_URL
    assert (settings.credentials, settings.credentials_file, settings.ca_file) == (None,) * 3
    assert settings.sources == {URL: Source(Origin.DEFAULT)}


def test_the_platform_s_four_variables_are_enough() -> None:
    settings = resolve(layer_of(ENVIRON, PLATFORM | {"HOME": "/root"}))
    assert settings.url == "tls://nats.example.com:4222"
    assert settings.credentials == Secret("content")
    assert settings.credentials_file == "/secrets/user.creds"
    assert settings.ca_file == "/secrets/ca.pem"
    assert settings.sources == dict.fromkeys(VARIABLES, ENVIRON)


def test_the_layer_that_names_the_url_gives_credentials_and_ca_too() -> None:
    settings = resolve(layer_of(ENV_FILE, LOCAL), layer_of(ENVIRON, PLATFORM))
    assert settings.url == "nats://127.0.0.1:4333"
    assert (settings.credentials, settings.credentials_file, settings.ca_file) == (None,) * 3


def test_what_a_higher_layer_without_url_has_is_ignored_and_said() -> None:
    settings = resolve(layer_of(ENVIRON, {CREDENTIALS: "content"}), layer_of(DEV_SERVER, LOCAL))
    assert settings.credentials is None
    assert settings.ignored == ((CREDENTIALS, ENVIRON),)


def test_what_a_lower_layer_has_is_not_worth_a_word() -> None:
    settings = resolve(layer_of(ENVIRON, LOCAL), layer_of(DEV_SERVER, PLATFORM))
    assert settings.ignored == ()


def test_an_empty_variable_counts_as_unset() -> None:
    assert resolve(layer_of(ENVIRON, LOCAL | {CREDENTIALS: ""})).credentials is None
    empty = layer_of(ENVIRON, dict.fromkeys(VARIABLES, ""))
    settings = resolve(empty, layer_of(DEV_SERVER, LOCAL))
    assert settings.url == "nats://127.0.0.1:4333"
    assert settings.ignored == ()


def test_a_server_flag_takes_no_credentials_of_another_server_along() -> None:
    settings = resolve(layer_of(ENVIRON, PLATFORM), flags=Flags(server="nats://other:1"))
    assert settings.url == "nats://other:1"
    assert (settings.credentials, settings.credentials_file, settings.ca_file) == (None,) * 3
    assert [name for name, _ in settings.ignored] == []


def test_a_creds_flag_replaces_both_forms_of_credentials() -> None:
    settings = resolve(layer_of(ENVIRON, PLATFORM), flags=Flags(creds="mine.creds"))
    assert settings.credentials is None
    assert settings.credentials_file == "mine.creds"
    assert settings.ca_file == "/secrets/ca.pem"
    assert settings.sources[CREDENTIALS_FILE] == Source(Origin.FLAG, "--creds")
    assert CREDENTIALS not in settings.sources


def test_a_ca_flag_replaces_the_ca_alone() -> None:
    settings = resolve(layer_of(ENVIRON, PLATFORM), flags=Flags(ca="mine.pem"))
    assert settings.ca_file == "mine.pem"
    assert settings.credentials == Secret("content")
    assert settings.sources[CA_FILE] == Source(Origin.FLAG, "--ca")


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (LOCAL, False),
        (LOCAL | {CA_FILE: "ca.pem"}, True),
        ({URL: "tls://a"}, True),
        ({URL: "nats://a,tls://b"}, True),
    ],
)
def test_a_ca_or_a_tls_address_rules_out_plaintext(
    variables: dict[str, str], *, expected: bool
) -> None:
    assert resolve(layer_of(ENVIRON, variables)).wants_tls is expected


def test_a_bad_url_in_a_variable_is_refused() -> None:
    with pytest.raises(InputError) as raised:
        resolve(layer_of(ENVIRON, {URL: "nats://a:b"}))
    assert raised.value.code == "url-invalid"


def test_no_secret_is_printed() -> None:
    variables = PLATFORM | {URL: "nats://app:hunter2@a"}
    settings = resolve(layer_of(ENVIRON, variables | {CREDENTIALS: "hunter2"}))
    assert "hunter2" not in f"{settings} {settings!r} {settings.url} {layer_of(ENVIRON, variables)}"


@given(LAYERS)
def test_nothing_of_one_layer_is_mixed_with_another(layers: list[Layer]) -> None:
    settings = resolve_settings(Flags(), layers)
    assert len(set(settings.sources.values())) == 1
    base = next((layer for layer in layers if layer.get(URL)), None)
    assert settings.credentials == (base.get(CREDENTIALS) if base else None)


def test_a_source_is_named_for_a_person() -> None:
    assert str(ENV_FILE) == "env file nats.env"
    assert str(ENVIRON) == "environment variable"
