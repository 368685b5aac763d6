"""Files elsewhere: what URLs such as `s3://bucket/news.jsonl` name, reached by fsspec.

For whoever writes or reads what may lie on this machine or elsewhere; a path of this machine stays what it is:

- `is_url(target)`: whether a target is such a URL; `check(url)`: raise StorageError, before any work, where it is none
  that can be written to;
- `with writing(target) as path`: a file of this machine to write, which goes up when the block ends well;
- `with reading(source) as path`: a copy on this machine of a file or folder, for as long as the block lasts;
- `send(path, url)`: a file that is there already goes up, and has its name there only when it is whole;
  `send_folder(folder, url, last)`: a folder takes the place of another, the file that describes it behind all others;
- `connect(url)`: the file system of fsspec and the path in it, for all else (`cat_file`, `exists`, `find`), within
  `failures(url)`, which names what fails.
- `Output.at(setting)`: where the files of runs go, which may be a URL.

Whatever a storage's library raises comes as StorageError (what to do is said) or as OSError with the URL for its
`filename` and the cause for its `strerror`, both without passwords.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from wardnews.errors import StorageError
from wardnews.locale import Phrase, any_of
from wardnews.text.strings import masked, one_line


class _Kind(NamedTuple):
    """A kind of storage: its library, the extra that brings it, and what gives credentials.

    One without a library is a file system: a file is sent under another name and renamed, for it shows before it is
    whole. In a bucket it shows when all of it is there.
    """

    library: str = ""
    extra: str = ""
    credentials: Phrase | str = ""


_KINDS = {
    "s3": _Kind("s3fs", "s3", Phrase("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile of AWS,")),
    "gs": _Kind("gcsfs", "gcs", Phrase("GOOGLE_APPLICATION_CREDENTIALS, or `gcloud auth application-default login`,")),
    "file": _Kind(),
}
KNOWN = any_of(f"{scheme}://" for scheme in _KINDS)


def is_url(target: object) -> bool:
    """Whether a target is a URL and no path of this machine.

    >>> is_url("s3://bucket/all.jsonl"), is_url("news/all.jsonl"), is_url(Path("news"))
    (True, False, False)
    """
    return "://" in str(target)


def connect(url: str) -> tuple[Any, str]:
    """Return the file system that a URL names, and the path in it.

    Raises StorageError for a URL of another kind, or without a name in it, and where a library is missing.
    """
    parts = urlsplit(url)
    kind, shown = _KINDS.get(parts.scheme), masked(url)
    if kind is None:
        raise StorageError("{url}: expected a file, a folder, or {known}", url=shown, known=KNOWN)
    place, path = parts.netloc.rpartition("@")[2], url.partition("://")[2].partition("/")[2]
    if not path.strip("/") or (kind.library and not place):
        raise StorageError(
            "{url}: expected a bucket and a name in it, as in {scheme}://bucket/name",
            url=shown,
            scheme=parts.scheme,
        )
    given = {"key": unquote(parts.username or ""), "secret": unquote(parts.password)} if parts.password else {}
    from fsspec.core import url_to_fs

    try:
        system, inside = url_to_fs(f"{parts.scheme}://{place}/{path}", use_listings_cache=False, **given)
    except ImportError as error:
        raise StorageError(
            "{url}: needs {library}: pip install 'wardnews[{extra}]' brings it",
            url=shown,
            library=kind.library,
            extra=kind.extra,
        ) from error
    return system, inside


def check(url: str) -> None:
    """Raise StorageError where a URL cannot be written to: no kind, library, bucket or credentials of it.

    That a server does not answer is no such thing: it may, when there is something to send.
    """
    system, path = connect(url)
    if _KINDS[urlsplit(url).scheme].library:
        with suppress(OSError), failures(url):
            system.info(path.partition("/")[0])


@contextmanager
def failures(url: str) -> Iterator[None]:
    """Raise what storages raise as StorageError, where there is something to mend, else as OSError; both name the URL.

    FileNotFoundError is raised for a file that is not there, StorageError for a bucket.
    """
    shown, scheme = masked(url), urlsplit(url).scheme
    try:
        yield
    except StorageError:
        raise
    except Exception as error:
        # Each library has exceptions of its own.
        cause, kind = one_line(masked(str(error))), _KINDS.get(scheme, _Kind())
        bucket = urlsplit(url).netloc.rpartition("@")[2]
        if "Credentials" in type(error).__name__:
            raise StorageError(
                "{url}: no credentials: {credentials} give them", url=shown, credentials=kind.credentials
            ) from error
        if type(error).__name__ == "ParamValidationError":  # of botocore, for a name that no bucket may have
            raise StorageError("{url}: {cause}", url=shown, cause=cause) from error
        if isinstance(error, FileNotFoundError) and ("bucket" in cause.lower() or cause == "Not Found"):
            raise StorageError(
                "{url}: there is no bucket {bucket}: make it, or name another", url=shown, bucket=bucket
            ) from error
        if isinstance(error, PermissionError) and kind.library:
            raise StorageError(
                "{url}: the bucket {bucket} is closed to these credentials: {credentials} must be of one who may "
                "list, read and write there",
                url=shown,
                bucket=bucket,
                credentials=kind.credentials,
            ) from error
        number = errno.ENOENT if isinstance(error, FileNotFoundError) else getattr(error, "errno", None) or errno.EIO
        raise OSError(number, getattr(error, "strerror", None) or cause, shown) from error


def send(path: Path, url: str) -> None:
    """Bring a file to a URL, where it has its name only when it is whole; raise StorageError or OSError on failure."""
    with failures(url):
        system, target = connect(url)
        if _KINDS[urlsplit(url).scheme].library:
            system.put_file(str(path), target)
            return
        part = f"{target}.part"
        system.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
        try:
            system.put_file(str(path), part)
            system.mv(part, target)
        except BaseException:
            with suppress(Exception):
                system.rm_file(part)
            raise


def names_below(url: str) -> set[str]:
    """Return the names of the files below a URL; raise StorageError or OSError where they cannot be listed."""
    with failures(url):
        system, path = connect(url)
        found = {PurePosixPath(name) for name in system.find(path)}
        return {name.relative_to(path).as_posix() for name in found if name != PurePosixPath(path)}


def send_folder(folder: Path, url: str, last: str) -> None:
    """Put a folder in place of what is below a URL: its files, then the one named `last`, then other ones are deleted.

    Raises StorageError or OSError for the first that fails.
    """
    base = url.rstrip("/")
    old = names_below(base)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    others = sorted(names - {last})
    if _KINDS[urlsplit(url).scheme].library:
        with failures(url):
            system, path = connect(url)
            system.put([str(folder / name) for name in others], [f"{path}/{name}" for name in others])  # many at once
    else:
        for name in others:
            send(folder / name, f"{base}/{name}")
    send(folder / last, f"{base}/{last}")
    with failures(url):
        system, path = connect(url)
        if gone := [f"{path}/{name}" for name in old - names]:
            system.rm(gone)


@contextmanager
def writing(target: str | Path) -> Iterator[Path]:
    """Yield where to write a file of this machine; that of a URL goes up when the block ends without an error.

    Raises StorageError before the block where the URL cannot be written to, OSError behind it where sending fails.
    """
    if not is_url(target):
        yield Path(target)
        return
    check(str(target))
    with TemporaryDirectory(prefix="wardnews-") as folder:
        path = Path(folder, PurePosixPath(str(target)).name)
        yield path
        send(path, str(target))


@contextmanager
def reading(source: str | Path) -> Iterator[Path]:
    """Yield a file or folder of this machine; of a URL a copy with the names and times of what is there.

    Raises StorageError for a URL that is none, OSError where it cannot be read.
    """
    if not is_url(source):
        yield Path(source)
        return
    url = str(source)
    system, path = connect(url)
    with TemporaryDirectory(prefix="wardnews-") as folder:
        copy = Path(folder, PurePosixPath(path).name)
        with failures(url):
            names = system.find(path)
            if not names:
                raise FileNotFoundError(errno.ENOENT, "nothing is there")
            for name in names:
                _fetch(system, name, copy / PurePosixPath(name).relative_to(PurePosixPath(path)))
        yield copy


def _fetch(system: Any, name: str, path: Path) -> None:
    """Copy a file from a storage, with its time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    system.get_file(name, str(path))
    changed: datetime = system.modified(name)
    seconds = (changed if changed.tzinfo else changed.replace(tzinfo=UTC)).timestamp()
    os.utime(path, (seconds, seconds))


# --- the output of runs -----------------------------------------------------------------------------------------------

_WHOLE = ("raw/*.warc.gz", "*.jsonl", "*.report.json")
"""The files of runs, which have these names when they are whole, in the order in which they go up."""


class Output(NamedTuple):
    """Where the files of runs go: a folder, or by way of it below a URL."""

    folder: Path
    url: str | None = None

    @classmethod
    def at(cls, setting: str) -> Self:
        """Return what WARDNEWS_OUTPUT names; for a URL the folder is one below TMPDIR that is the same for every run.

        Raises StorageError for a folder there that is another's.
        """
        if not is_url(setting):
            return cls(Path(setting))
        folder = Path(gettempdir(), f"wardnews-{sha256(setting.encode()).hexdigest()[:16]}")
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or (hasattr(os, "getuid") and folder.stat().st_uid != os.getuid()):
            raise StorageError(
                "{url}: {folder} is not ours, and files go there first: set TMPDIR",
                url=masked(setting),
                folder=folder,
            )
        return cls(folder, setting.rstrip("/"))

    def name_of(self, path: Path) -> str:
        """Return where a file in the folder is, or will be."""
        return masked(f"{self.url}/{path.relative_to(self.folder).as_posix()}") if self.url else str(path)

    def check(self) -> None:
        """Raise StorageError where nothing can be written there."""
        if self.url:
            check(self.url if "/" in self.url.partition("://")[2] else f"{self.url}/output")  # a bucket may do

    def send(self) -> None:
        """Bring up all that is whole, of earlier runs on this machine too; raise OSError where something stays here."""
        waiting = [path for pattern in _WHOLE for path in sorted(self.folder.glob(pattern))] if self.url else []
        for at, path in enumerate(waiting):
            try:
                send(path, f"{self.url}/{path.relative_to(self.folder).as_posix()}")
            except (StorageError, OSError) as error:
                if not path.exists():  # another run has brought it up
                    continue
                left = f"{path}{f' and {len(waiting) - at - 1} more files' if len(waiting) > at + 1 else ''}"
                cause = getattr(error, "strerror", None) or error
                says = f"{left} cannot go to {self.name_of(path)}: {cause}"
                raise OSError(errno.EIO, says, masked(str(self.url))) from error
            path.unlink(missing_ok=True)
