"""The one place that knows Dask: how pieces of work get to the workers of a cluster, and what came of them back."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from wardnews.errors import ClusterLost, UsageError
from wardnews.runs.cluster.worker import run

if TYPE_CHECKING:
    from distributed import Client

CONNECT, JOIN = 15.0, 30.0
"""Seconds within which a scheduler answers, and a first worker joins it."""
_AHEAD = 2
"""How many pieces of work there are for each thread of the workers: few enough to keep the scheduler small."""
_RETRIES = 2
"""How often a piece of work is tried once more that failed; a worker that dies costs none."""


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work: a function that every worker can import, its arguments, and how to call it."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@asynccontextmanager
async def connected(address: str) -> "AsyncIterator[Client]":
    """Connect to a scheduler that has a worker.

    Raises UsageError where Dask is not installed, or nothing answers at the address within seconds.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(f"--on needs {error.name}: pip install 'wardnews[cluster]' brings it") from error
    try:
        client = await Client(  # type: ignore[no-untyped-call]
            address, asynchronous=True, timeout=CONNECT, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError, ImportError) as error:
        raise UsageError(f"--on {address}: no Dask scheduler answers there ({_in_line(error)})") from error
    try:
        try:
            await client.wait_for_workers(1, timeout=JOIN)
        except TimeoutError as error:
            raise UsageError(
                f"--on {address}: the scheduler has no worker; start one: dask worker {address}"
            ) from error
        yield client
    finally:
        await client.close(timeout=5)


async def spread(client: "Client", works: Iterator[Work]) -> AsyncGenerator[tuple[Work, Any, Exception | None], None]:
    """Have pieces of work done, some at once, and give each back with what came of it, in the order in which they end.

    Pieces whose worker died are done by another. What is left when the caller stops is taken back, but for what is
    under way. Raises ClusterLost where the scheduler is gone.
    """
    from distributed import CancelledError

    under_way: dict[asyncio.Task[Any], Work] = {}
    futures: dict[asyncio.Task[Any], Any] = {}
    try:
        while True:
            for work in islice(works, max(0, _AHEAD * _threads(client) - len(under_way))):
                future = client.submit(run, work.function, *work.arguments, key=work.name, pure=False, retries=_RETRIES)
                waiting = asyncio.ensure_future(_result(future))
                under_way[waiting], futures[waiting] = work, future
            if not under_way:
                return
            done, _ = await asyncio.wait(under_way, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
            if client.status != "running":
                raise ClusterLost(f"the Dask scheduler {client.scheduler.address if client.scheduler else ''} is gone")
            for waiting in done:
                work = under_way.pop(waiting)
                del futures[waiting]
                error = waiting.exception()
                if isinstance(error, CancelledError):
                    raise ClusterLost("the Dask scheduler gave up a piece of work") from error
                yield work, None if error else waiting.result(), error if isinstance(error, Exception) else None
    finally:
        for waiting in under_way:
            waiting.cancel()
        if futures and client.status == "running":
            await client.cancel(list(futures.values()))  # type: ignore[no-untyped-call]


async def _result(future: Any) -> Any:
    """Return the result of a future, and let go of it at once: a scheduler keeps what somebody holds."""
    try:
        return await future
    finally:
        future.release()


def _threads(client: "Client") -> int:
    """Return how many pieces of work the workers do at a time."""
    return max(1, int(client.scheduler_info().get("total_threads", 1)))


def _in_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
