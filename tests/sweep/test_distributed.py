"""A sweep by Dask on a cluster of two workers, one of which is killed in mid-run."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from simisp.scenario.load import bundled_folder
from simisp.testing import sweep

SCRIPT = bundled_folder() / "scripts" / "naive.scp"
_PATIENCE = 120


class KillsAWorker(Executor):
    """Kills a worker of a cluster as soon as the first chunk is done."""

    def __init__(self, executor: Executor, pid: int) -> None:
        self._executor, self._pid = executor, pid
        self._once = threading.Lock()
        self.submitted = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.submitted += 1
        future = self._executor.submit(fn, *args, **kwargs)
        future.add_done_callback(self._kill)
        return future

    def _kill(self, _future: Future[Any]) -> None:
        if self._once.acquire(blocking=False):
            os.kill(self._pid, signal.SIGKILL)


@pytest.fixture
def distributed() -> Any:
    """The package, which takes as long to import as a hundred test modules: only the worker with this test does."""
    return pytest.importorskip("distributed")


@pytest.fixture
def cluster(distributed: Any) -> Iterator[Any]:
    dask = pytest.importorskip("dask")
    patient = {
        "distributed.worker.multiprocessing-method": "forkserver",  # a worker need not import everything anew
        "distributed.comm.timeouts.connect": _PATIENCE,
        "distributed.comm.timeouts.tcp": _PATIENCE,
    }
    with (
        dask.config.set(patient),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, worker_dashboard_address=None, silence_logs=50
        ) as found,
    ):
        for nanny in found.workers.values():
            nanny.auto_restart = False
        yield found


def test_no_case_is_lost_when_a_worker_of_a_cluster_is_killed(distributed: Any, cluster: Any) -> None:
    with distributed.Client(cluster, timeout=_PATIENCE) as client:
        worker = next(iter(cluster.workers.values()))
        executor = KillsAWorker(client.get_executor(), worker.process.pid)
        result = sweep("login", script=SCRIPT, plan="stalls", executor=executor)
    alone = sweep("login", script=SCRIPT, plan="stalls")
    assert executor.submitted > 1
    assert result.results == alone.results
    assert result.groups == alone.groups
