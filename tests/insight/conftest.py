from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cluster import Cluster, run_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three servers, which cut a client for which more than 1 MB waits"""
    with run_cluster(tmp_path_factory.mktemp("cluster"), "max_pending: 1MB") as running:
        yield running
