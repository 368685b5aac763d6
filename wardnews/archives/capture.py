"""What every archive gives: captures, and the records of it that could not be read."""

from dataclasses import dataclass


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
    """A part of an archive that could not be read: `where` it is, and the `cause`."""

    where: str
    cause: str
