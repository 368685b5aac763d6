"""The one place that knows Dask: how pieces of work get to the workers of a cluster, and what came of them back."""

import asyncio
import logging
import pickle
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from wardnews.errors import ClusterLost, UsageError
from wardnews.runs.cluster.worker import WorkFailed, run, run_alone
from wardnews.text.strings import one_line

if TYPE_CHECKING:
    from distributed import Client

CONNECT, JOIN, _CLOSE = 15.0, 30.0, 5.0
"""Seconds within which a scheduler answers, a first worker joins it, and it is let go of."""
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
        raise UsageError(
            "--on needs {library}: pip install 'wardnews[cluster]' brings it", library=error.name
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said by whoever waits for it
    client: Any = None
    try:
        try:
            client = Client(address, asynchronous=True, timeout=CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
            async with asyncio.timeout(CONNECT):  # its own is not for one who takes the call and says nothing
                await client
        except (OSError, TimeoutError, ValueError, ImportError) as error:
            raise UsageError(
                "--on {address}: no Dask scheduler answers there ({cause})", address=address, cause=cause_of(error)
            ) from error
        try:
            await client.wait_for_workers(1, timeout=JOIN)
        except TimeoutError as error:
            raise UsageError(
                "--on {address}: the scheduler has no worker; start one: dask worker {address}", address=address
            ) from error
        yield client
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE):
                await (client.close(timeout=_CLOSE) if client else asyncio.sleep(0))


def check(address: str) -> None:
    """Raise UsageError, within seconds, where no scheduler with a worker is at an address."""

    async def connect() -> None:
        async with connected(address):
            pass

    asyncio.run(connect())


async def spread(
    client: "Client", works: Iterator[Work], *, alone: bool = False
) -> AsyncGenerator[tuple[Work, Any, Exception | None], None]:
    """Have pieces of work done, some at once, and give each back with what came of it, in the order in which they end.

    `alone`: each in a process of its own. Pieces whose worker died are done by another. What is left when the caller
    stops is taken back, but for what is under way. Raises ClusterLost where the scheduler is gone.
    """
    from distributed import CancelledError

    address = client.scheduler.address if client.scheduler else ""
    act = run_alone if alone else run
    under_way: dict[asyncio.Task[Any], Work] = {}
    futures: dict[asyncio.Task[Any], Any] = {}
    try:
        while True:
            for work in islice(works, max(0, _AHEAD * _threads(client) - len(under_way))):
                asked = pickle.dumps((work.function, work.arguments))
                future = client.submit(act, asked, key=work.name, pure=False, retries=_RETRIES)
                waiting = asyncio.ensure_future(_result(future))
                under_way[waiting], futures[waiting] = work, future
            if not under_way:
                return
            done, _ = await asyncio.wait(under_way, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
            errors = [waiting.exception() for waiting in done]
            if client.status != "running" or any(isinstance(error, CancelledError | OSError) for error in errors):
                raise ClusterLost("the Dask scheduler {address} is gone; the same command goes on", address=address)
            for waiting in done:
                work = under_way.pop(waiting)
                del futures[waiting]
                error = waiting.exception()
                yield work, None if error else waiting.result(), error if isinstance(error, Exception) else None
    finally:
        for waiting in under_way:
            waiting.cancel()
        if futures and client.status == "running":
            await client.cancel(list(futures.values()))  # type: ignore[no-untyped-call]


async def _result(future: Any) -> Any:
    """Return the result of a future, and let go of it at once: a scheduler keeps what somebody holds."""
    try:
        return pickle.loads(await future)  # noqa: S301 - of our own workers, as all that Dask sends is pickled
    except WorkFailed as failed:
        raise pickle.loads(failed.args[0]) from None  # noqa: S301 - as above
    finally:
        future.release()


def _threads(client: "Client") -> int:
    """Return how many pieces of work the workers do at a time."""
    return max(1, int(client.scheduler_info().get("total_threads", 1)))


def cause_of(error: BaseException) -> str:
    """Return what an error says, in a line; of the trace of one that was raised in another process, the last."""
    return one_line(str(error).strip().rpartition("\n")[2]) or type(error).__name__
