"""Files as pieces of work for a cluster: listed, cut into parts, each with the originals of the revisits in it."""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wardnews.archives.capture import DamagedRecord
from wardnews.archives.cutting import CAPTURES, Cut
from wardnews.archives.disk import Kind
from wardnews.archives.warc.revisits import Originals, chosen, needed_by, wanted_by
from wardnews.errors import ClusterLost, WardnewsError
from wardnews.reading.parallel import KnownFile, Part
from wardnews.runs.cluster import parts
from wardnews.runs.cluster.engine import Work, cause_of, spread

if TYPE_CHECKING:
    from distributed import Client

_CUT = (Kind.WARC, Kind.ARC, Kind.WACZ)
_FILES = 500
"""How many files that are not cut are one piece of work."""

Piece = tuple[Part | parts.Files, Originals]


class Pieces:
    """The pieces of work of one run, by its name; no more are given out when `is_over`."""

    def __init__(self, client: "Client", run: str, is_over: Callable[[], bool] = lambda: False) -> None:
        self.client, self.run, self.is_over = client, run, is_over

    async def done(self, works: Iterator[Work]) -> AsyncGenerator[tuple[Work, Any], None]:
        """Yield pieces of work with what came of them; raise what one of them raised, or ClusterLost."""
        async with aclosing(spread(self.client, works)) as done:
            async for work, result, error in done:
                if error:
                    raise (
                        error
                        if isinstance(error, WardnewsError)
                        else ClusterLost("{work}: {cause}", work=work.name, cause=cause_of(error))
                    )
                yield work, result
                if self.is_over():
                    return

    def work(self, name: str, function: Any, *arguments: Any) -> Work:
        """Return a piece of work whose name no other one has."""
        return Work(f"{self.run} {name}", function, arguments)

    async def listed(self, path: Path) -> tuple[list[KnownFile], list[DamagedRecord]]:
        """Return the files of a path, and what of it is closed, as a worker sees them."""
        async for _, found in self.done(iter([self.work("list", parts.list_files, path)])):
            files, closed = found
            return files, closed
        return [], []

    async def cut(self, fresh: list[KnownFile], files: Iterable[KnownFile]) -> "Cuts":
        """Cut the files that are `fresh`; the originals of their revisits may lie in all of the `files`."""
        found: dict[str, list[Cut]] = {}
        damaged: list[DamagedRecord] = []
        whole = [one for one in fresh if one.kind in _CUT]
        works = (self.work(f"cut {at} {one.file.name}", parts.cut_file, one, CAPTURES) for at, one in enumerate(whole))
        async for work, (cuts, damage) in self.done(works):
            found[work.arguments[0].identity] = cuts
            damaged += damage
        return Cuts(fresh, found, await self._originals(files, found), damaged)

    async def _originals(self, files: Iterable[KnownFile], cuts: Mapping[str, list[Cut]]) -> Originals:
        revisits = [record for some in cuts.values() for one in some for record in one.revisits]
        if not revisits:
            return {}
        wanted = wanted_by(revisits)
        sections = [one.section for some in cuts.values() for one in some if one.kind == Kind.WARC]
        sections += [parts.section_of(one) for one in files if one.kind == Kind.WARC and one.identity not in cuts]
        works = (
            self.work(f"originals {at} {one.name}", parts.find_originals, one, wanted)
            for at, one in enumerate(sections)
        )
        seen = {work.arguments[0]: found async for work, found in self.done(works)}
        return chosen(revisits, [seen[one] for one in sections if one in seen])


class Cuts:
    """Files in parts, and what of them is damaged."""

    def __init__(
        self,
        fresh: list[KnownFile],
        cuts: Mapping[str, list[Cut]],
        originals: Originals,
        damaged: list[DamagedRecord],
    ) -> None:
        self.fresh, self.damaged = fresh, damaged
        self._cuts, self._originals = cuts, originals

    def of_file(self, file: KnownFile) -> Iterator[Piece]:
        """Yield the parts of a file."""
        for one in self._cuts.get(file.identity, ()):
            for start, end in one.parts:
                inside = [record for record in one.revisits if start <= record.place.offset < end]
                needed = needed_by(inside, self._originals)
                yield Part(one.section, one.kind, file.identity, start, end), needed

    def bundles(self) -> Iterator[Piece]:
        """Yield the files that are not cut, some at a time."""
        others = [one for one in self.fresh if one.kind not in _CUT]
        for at in range(0, len(others), _FILES):
            yield parts.Files(tuple(others[at : at + _FILES])), {}
