"""Raw pages read again by the workers of a cluster; what comes of them is compared and replaced by whoever asked."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.remote import path_of
from wardnews.reading.capture import Reading
from wardnews.runs.cluster import parts
from wardnews.runs.cluster.engine import connected
from wardnews.runs.cluster.pieces import Pieces
from wardnews.sites import Site
from wardnews.store.database import new_name


async def readings_on(
    address: str, raw: Path, sites: Mapping[str, Site], every: Mapping[str, Site]
) -> AsyncGenerator[Reading | DamagedRecord, None]:
    """Yield the readings of the captures of a file or folder that are of `sites`, and what of it is damaged.

    Raises UsageError where a worker cannot see it, ClusterLost where the scheduler is gone.
    """
    async with connected(address) as client:
        pieces = Pieces(client, new_name())
        files, closed = await pieces.listed(path_of(str(raw)))
        cuts = await pieces.cut(files, files)
        for damaged in (*closed, *cuts.damaged):
            yield damaged
        found = [piece for file in files for piece in cuts.of_file(file)] + list(cuts.bundles())
        works = (
            pieces.work(f"part {at}", parts.read_again, sites, every, path_of(str(raw)), *piece)
            for at, piece in enumerate(found)
        )
        async with aclosing(pieces.done(works)) as done:
            async for _, some in done:
                for one in some:
                    yield one
