"""Archives at addresses such as `s3://bucket/folder`, read where they lie, a range of bytes at a time."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from wardnews.archives.disk import DiskFile
from wardnews.errors import StorageError
from wardnews.storage import connect, failures, is_url

_WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file at an address, with as much of `pathlib.Path` as reading records takes."""

    url: str

    @property
    def name(self) -> str:
        """Return the last part of the address."""
        return PurePosixPath(unquote(urlsplit(self.url).path)).name

    @property
    def suffix(self) -> str:
        """Return the end of the name, from its last dot on."""
        return PurePosixPath(self.name).suffix

    def __str__(self) -> str:
        return self.url

    def open(self, _mode: str = "rb", _buffering: int = -1, **_options: Any) -> BinaryIO:
        """Open the file to read bytes; raise OSError or StorageError where that cannot be."""
        with failures(self.url):
            system, path = _connect(self.url)
            return cast("BinaryIO", system.open(path, "rb"))

    def stat(self) -> Any:
        """Return the size, as `st_size`; raise OSError or StorageError where that cannot be had."""
        with failures(self.url):
            system, path = _connect(self.url)
            return SimpleNamespace(st_size=int(system.info(path)["size"] or 0))

    def exists(self) -> bool:
        """Whether the file, or a folder of this name, is there."""
        with failures(self.url):
            system, path = _connect(self.url)
            return bool(system.exists(path))

    def is_dir(self) -> bool:
        """Return False: what is asked for is a file."""
        return False


def path_of(source: str) -> Path:
    """Return the path of a file or folder as every process knows it; an address stays one."""
    if source.startswith("file://"):
        return Path(unquote(urlsplit(source).path))
    return cast("Path", RemoteFile(source)) if is_url(source) else Path(source).resolve()


def files_at(place: RemoteFile) -> list[DiskFile]:
    """Return the files at an address, or below it; raise OSError or StorageError where there are none."""
    url = place.url.rstrip("/")
    with failures(url):
        system, path = _connect(url)
        if urlsplit(url).scheme in _WEB:
            return [DiskFile(cast("Path", place), place.name, place.stat().st_size, 1)]
        found = system.find(path, detail=True)
        if not found:
            raise FileNotFoundError("nothing is there")
    files = []
    for name, facts in sorted(found.items()):
        inside = name.removeprefix(path).strip("/")
        file = RemoteFile(f"{url}/{inside}" if inside else url)
        files.append(DiskFile(cast("Path", file), inside or file.name, int(facts["size"] or 0), 1))
    return files


def _connect(url: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it."""
    if urlsplit(url).scheme not in _WEB:
        return connect(url)
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(url)
    except ImportError as error:
        raise StorageError("{url}: needs aiohttp: pip install 'wardnews[cluster]' brings it", url=url) from error
    return system, path
