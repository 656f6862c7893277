"""A Ray cluster of several nodes on this machine, which listens on the loopback device only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.support import ROOT

HERE = Path(__file__).parent
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # else Ray takes 127.0.0.1 for the machine's address
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_health_check_period_ms": "1000",  # a lost node is noticed soon, a slow one is not taken for lost
    "RAY_health_check_failure_threshold": "10",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ray, its server and its clients warn of much that is not ours; without Ray only the manifest is tested."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.filterwarnings("ignore"))
            if "cluster" in getattr(item, "fixturenames", ()) and find_spec("ray") is None:
                item.add_marker(pytest.mark.skip(reason="needs article-cleaner[ray]: make test-cluster"))


class Nodes:
    """The nodes of a cluster: one that the driver joins at, others that come and go."""

    def __init__(self, folder: Path) -> None:
        from ray.cluster_utils import Cluster

        self.folder = folder
        head = {"num_cpus": 1, "include_dashboard": False, "env_vars": self._environment()}
        self._cluster = Cluster(initialize_head=True, head_node_args=head)
        self.address: str = self._cluster.address

    def add(self, cpus: int = 1) -> Any:
        """One more node."""
        return self._cluster.add_node(num_cpus=cpus, env_vars=self._environment())

    def _environment(self) -> dict[str, str]:
        """Each node has a folder of its own for temporary files, as on a machine of its own."""
        path = self.folder / f"node-{len(list(self.folder.iterdir()))}"
        path.mkdir()
        return {"TMPDIR": str(path)}

    def kill(self, node: Any) -> None:
        """A node is gone from one moment to the next."""
        self._cluster.remove_node(node, allow_graceful=False)

    def workers(self) -> list[int]:
        """The processes, of all nodes, that run tasks for Ray; not its agents, with which a node ends."""
        nodes = [self._cluster.head_node, *self._cluster.worker_nodes]
        raylets = [one.process.pid for node in nodes for one in node.all_processes["raylet"]]
        found = {child: command(child) for raylet in raylets for child in children(raylet)}
        return [child for child, name in found.items() if b"ray::" in name and b"Agent" not in name]

    def processes(self) -> list[int]:
        """The processes that they have do it."""
        return [child for one in self.workers() for child in children(one) if b"spawn_main" in command(child)]

    def end(self) -> None:
        """Stop all nodes."""
        import ray

        ray.shutdown()
        self._cluster.shutdown()


def children(process: int) -> list[int]:
    """The processes that a process has started."""
    try:
        return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []


def command(process: int) -> bytes:
    """What a process was started as, or calls itself."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture
def joined(cluster: Nodes) -> Nodes:
    """The cluster, joined by this process already: an engine uses that, and workers stay from test to test."""
    import ray

    if not ray.is_initialized():
        ray.init(address=cluster.address, log_to_driver=False)
    return cluster


@pytest.fixture
def apart(cluster: Nodes) -> Nodes:
    """The cluster, not joined yet."""
    import ray

    ray.shutdown()
    return cluster


@pytest.fixture(scope="session")
def store() -> Iterator[dict[str, str]]:
    """A server that speaks S3, on the loopback device: the variables that lead there."""
    if find_spec("moto") is None or find_spec("s3fs") is None:
        yield {}
        return
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }
    server.stop()


@pytest.fixture(scope="session")
def cluster(store: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """Two nodes with a processor each, for all tests."""
    with mock.patch.dict(os.environ, ENVIRONMENT | store):
        nodes = Nodes(tmp_path_factory.mktemp("nodes"))
        try:
            nodes.add()
            yield nodes
        finally:
            nodes.end()
