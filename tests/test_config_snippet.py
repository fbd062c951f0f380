"""A user's own settings: merged, or refused with the option that is meant for them"""

from __future__ import annotations

import pytest

from iterapp_nats.config_snippet import merge_snippet
from iterapp_nats.errors import InputError

REFUSED = {
    "listen: 0.0.0.0:4222": "listen is set by dev up",
    "max_payload: 1MB\nPORT = 4222": "app.conf:2:1: port is set by dev up",
    "log_file: x": "log_file is set",
    "store_dir: /tmp": "store_dir is set",
    "include other.conf": "include is set",
    "tls { cert_file: x }": "tls is set",
    "websocket { port: 1 }": "websocket is set",
    "https: 8443": "https is set",
    "cluster { port: 1 }": "cluster is set",
    "debug: true\ndebug: false": "debug stands in line 1 already",
    "accounts { A { users: [], users: [] } }": "users stands in line 1 already",
    "http: 0.0.0.0:8222": "http listens beyond this machine",
    "http: ':8222'": "http listens beyond this machine",
    "leafnodes { port: 7422 }": "leafnodes listens on all networks",
    "mqtt { listen: '[::]:1883' }": "mqtt listens on all networks",
    "http: $MON": "app.conf:1:1: $MON may be an address beyond this machine",
    "A: '0.0.0.0:8222'\nhttp_port: $A": "app.conf:2:1: $A may be",
    "A { port: 7422 }\nleafnodes: $A": "app.conf:2:1: $A may be",
    "mqtt { port: 1883, host: $H }": "$H may be",
    "leafnodes { listen: $H }": "$H may be",
    "leafnodes { listen: '127.0.0.1:7422', host: '0.0.0.0' }": "leafnodes listens on all networks",
    "leafnodes { port: 7422, host: localhost, net: '0.0.0.0' }": "leafnodes listens on all",
    "leafnodes { port: 7422, host: '' }": "leafnodes listens on all networks",
    "jetstream { max_mem: 1G }": "jetstream has settings, and is not on",
    "mqtt { host: localhost, port: 1883 }": "mqtt keeps its messages in streams",
    "}": "a brace is closed that was not opened",
}


@pytest.mark.parametrize("text", REFUSED)
def test_setting_that_is_ours_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        merge_snippet(text, "app.conf", store_folder=None, secure=False)
    assert caught.value.code == "snippet-refused"
    assert caught.value.message.startswith("app.conf:")
    assert REFUSED[text] in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "max_payload: 2MB # more\nping_interval: 5s",
        "http: 8222",
        "http: 127.0.0.1:8222",
        "leafnodes { listen: '127.0.0.1:7422' }",
        "leafnodes { remotes: [{ url: 'nats://127.0.0.1:7422' }] }",
        "leafnodes { host: localhost, port: 7422 }",
        "leafnodes { listen: '127.0.0.1:7422', net: '127.0.0.1' }",
        "leafnodes { listen: '[::1]:7422' }",
        "accounts { A { users: [{user: a, password: b}] } }\nno_auth_user: a",
    ],
)
def test_setting_that_is_nobodys_is_kept(text: str) -> None:
    assert merge_snippet(text, "app.conf", store_folder=None, secure=False) == text


def test_accounts_beside_secure_are_refused() -> None:
    with pytest.raises(InputError, match="accounts is set by dev up --secure"):
        merge_snippet("accounts {}", "app.conf", store_folder=None, secure=True)


def test_settings_of_jetstream_get_our_folder_in_their_line() -> None:
    merged = merge_snippet(
        "debug: true\njetstream {\n  max_mem: 1G\n}\n",
        "app.conf",
        store_folder='"/state/data"',
        secure=False,
    )
    assert merged == 'debug: true\njetstream { store_dir: "/state/data",\n  max_mem: 1G\n}\n'


@pytest.mark.parametrize("text", ["jetstream: enabled", "jetstream { store_dir: '/tmp' }"])
def test_place_of_jetstream_is_ours(text: str) -> None:
    with pytest.raises(InputError, match=r"is s(witched|et) by dev up"):
        merge_snippet(text, "app.conf", store_folder='"/state/data"', secure=False)


@pytest.mark.parametrize(
    "text",
    [
        "http: 8222",
        "http: '127.0.0.1:8222'",
        "prof_port: 6060",
        "leafnodes { listen: '127.0.0.1:7422' }",
        "leafnodes { port: 7422, host: localhost }",
    ],
)
def test_port_that_all_nodes_would_share_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"app.conf:1:1: only one of 3 nodes could listen on"):
        merge_snippet(text, "app.conf", store_folder=None, secure=False, nodes=3)


@pytest.mark.parametrize(
    "text",
    [
        "http: -1",
        "leafnodes { listen: '127.0.0.1:-1' }",
        "leafnodes { port: -1, host: localhost }",
        "leafnodes { remotes: [{ url: 'nats://127.0.0.1:7422' }] }",
        "max_payload: 2MB",
    ],
)
def test_settings_that_all_nodes_can_have_are_kept(text: str) -> None:
    assert merge_snippet(text, "app.conf", store_folder=None, secure=False, nodes=3) == text
