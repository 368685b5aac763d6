"""What every archive gives: captures, and the records of it that could not be read."""

from dataclasses import dataclass

from wardnews.errors import NoRoom


@dataclass(frozen=True, slots=True)
class Capture:
    """A page as it was at one time.

    `url`: the address it had. `timestamp`: when it was fetched, in UTC, as `2022-08-27T04:39:12Z`. `via`: where it came
    from, as the record says it. `status`: of HTTP. `content_type`: the header's value, with its charset where it names
    one. `body`: without any transfer or content encoding. `location`: where a redirect leads.
    """

    url: str
    timestamp: str
    via: str
    status: int
    content_type: str
    body: bytes
    location: str | None = None


@dataclass(frozen=True, slots=True)
class DamagedRecord:
    """A part of an archive that could not be read: `where` it is, and the `cause`.

    `passes`: whether it may be read another time, as the disk stood in the way. `trace`: where our own code broke.
    """

    where: str
    cause: str
    passes: bool = False
    trace: str = ""


def damaged(where: str, error: Exception, before: str = "") -> DamagedRecord:
    """Return what an error that a file raised says of it, `before` in front of it."""
    cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
    passes = isinstance(error, NoRoom) or (isinstance(error, OSError) and error.errno is not None)
    return DamagedRecord(where, f"{before}{cause}", passes)
