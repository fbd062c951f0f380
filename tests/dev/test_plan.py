"""Options to ports and names"""

from __future__ import annotations

import re
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iterapp_nats.dev.plan import (
    name_cluster,
    name_generation,
    plan_ports,
    plan_proxy_ports,
    project_of_generation,
    require_port,
)
from iterapp_nats.errors import InputError

ENTROPY = st.binary(min_size=6, max_size=6)


@given(st.text(alphabet="abcäß7-", max_size=24), ENTROPY)
def test_project_is_readable_in_the_server_name(name: str, entropy: bytes) -> None:
    assert project_of_generation(name_generation(name, entropy)) == name


@given(st.text(), ENTROPY)
def test_server_name_is_one_word_of_a_command_line(name: str, entropy: bytes) -> None:
    generation = name_generation(name, entropy)
    assert len(generation.split()) == 1
    assert generation.isprintable()


@given(st.text(), ENTROPY, ENTROPY)
def test_every_start_has_a_name_of_its_own(name: str, one: bytes, other: bytes) -> None:
    names_differ = name_generation(name, one) != name_generation(name, other)
    assert names_differ == (one != other)


@pytest.mark.parametrize("name", ["NDYZ", "nats", "", "my-iterapp-nats-server"])
def test_server_of_a_stranger_has_no_project(name: str) -> None:
    assert project_of_generation(name) is None


def test_remembered_port_is_tried_first_and_the_default_next() -> None:
    assert list(islice(plan_ports("/shop", remembered=5000), 2)) == [5000, 4222]
    assert next(plan_ports("/shop", remembered=None)) == 4222


def test_project_ports_are_below_the_ephemeral_range_and_stay() -> None:
    ports = list(plan_ports("/shop", remembered=None))[1:]
    assert ports == list(plan_ports("/shop", remembered=None))[1:]
    assert len(set(ports)) == len(ports) == 64
    assert all(14222 <= port < 30222 for port in ports)
    assert set(ports).isdisjoint(list(plan_ports("/blog", remembered=None))[1:])


def test_folder_whose_name_is_not_utf_8_has_ports_and_a_name() -> None:
    folder = "/home/me/\udcff"
    assert len(list(plan_ports(folder, remembered=None))) == 65
    assert len(list(plan_proxy_ports(folder, remembered=None))) == 64
    assert name_cluster(folder) != name_cluster("/home/me/?")


def test_ports_end_with_the_last_there_is() -> None:
    assert max(plan_ports("/shop", remembered=None, first=65536)) < 65536


@pytest.mark.parametrize("port", [None, 0, 1, 65535])
def test_possible_port_is_kept(port: int | None) -> None:
    assert require_port(port) == port


@pytest.mark.parametrize("port", [-1, 65536])
def test_impossible_port_is_named(port: int) -> None:
    with pytest.raises(InputError, match=str(port)) as caught:
        require_port(port)
    assert caught.value.code == "port-invalid"


@pytest.mark.parametrize("folder", ["/home/me/one app/.iterapp-nats", "/home/me/blåbær"])
def test_name_of_a_cluster_is_one_word_and_no_other_projects(folder: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", name_cluster(folder))
    assert name_cluster(folder) != name_cluster(f"{folder}x")
