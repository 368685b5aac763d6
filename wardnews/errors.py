"""The exceptions of wardnews, all of one tree; what a caller may want to catch is WardnewsError or one below it.

    WardnewsError
    ├── UsageError          an output of no known format or storage
    ├── SitesError          a sites file, a portal's key or an argument (also a ValueError)
    ├── StoreError          a store that cannot be opened
    ├── CannotKeep          raw pages that cannot be kept as a setting asks
    ├── RawError            a page whose raw page could not be kept (also Scrapy's IgnoreRequest)
    ├── NotNow              a request to a group that is left alone (also Scrapy's IgnoreRequest)
    ├── Flood               an answer whose head does not end (also Scrapy's IgnoreRequest)
    ├── PrivateAddress      a host at an address that is not public (also Scrapy's IgnoreRequest)
    ├── UnreadablePage      a page that cannot be read at all (also a ValueError)
    ├── ArchiveError        an archive's answer that is none (also a ValueError)
    │   └── Refused         an archive that is not to be asked again in this run
    ├── Undecodable         a body that cannot be unpacked (also a ValueError)
    ├── DateError           a date that machines write, and that is none (also a ValueError)
    ├── RecordError         a record of an archive that cannot be read
    │   ├── MisshapenRecord  bytes that can be unpacked, and are no whole record
    │   ├── TornRecord      a record that the file ends in
    │   └── PackedRecord    bytes that cannot be unpacked
    ├── PackError           WARC files that cannot be packed (also a ValueError)
    ├── ExportError         an export that cannot be what was asked for (also a ValueError)
    ├── CursorError         a cursor of changes that does not fit
    ├── PushError           a push that cannot go on
    └── BadRequest          an address of the served store that asks for what there cannot be (also a ValueError)

Those that are Scrapy's too, that carry an exit status, or that stay within one module are declared where they are
raised: this module needs no library.
"""


class WardnewsError(Exception):
    """Raise for all that wardnews tells a caller of; the message is meant to be read."""


class UsageError(WardnewsError):
    """Raise for an output of no known format or storage."""


class SitesError(WardnewsError, ValueError):
    """Raise where a sites file or a name is no good; the message names the file, the key and the way out."""


class StoreError(WardnewsError):
    """Raise where the store cannot be opened; the message names it and the way out."""


class CannotKeep(WardnewsError):
    """Raise where raw pages cannot be kept as a setting asks; the message names the way out."""


class UnreadablePage(WardnewsError, ValueError):
    """Raise where a page cannot be read at all: no layout fits it, or parsing it would not end."""


class ArchiveError(WardnewsError, ValueError):
    """Raise where an archive's answer is none: an error page, or one that was cut off."""


class Refused(ArchiveError):
    """Raise where it is no use to ask an archive again in this run, for this or for all."""


class DateError(WardnewsError, ValueError):
    """Raise for a date in an archive, a header or a file that is none."""


class RecordError(WardnewsError):
    """Raise for a record of an archive that cannot be read; the message says why."""


class MisshapenRecord(RecordError):
    """Raise for bytes that can be unpacked, and are no whole record."""


class TornRecord(RecordError):
    """Raise for a record that the file ends in."""


class PackedRecord(RecordError):
    """Raise for bytes that cannot be unpacked."""


class Undecodable(WardnewsError, ValueError):
    """Say why a body cannot be unpacked."""


class PackError(WardnewsError, ValueError):
    """Raise where files cannot be packed; the message names them."""


class ExportError(WardnewsError, ValueError):
    """Raise where an export cannot be what was asked for; the message names what, and the way out."""


class CursorError(WardnewsError):
    """Raise where a cursor does not fit; the message says why and what would."""


class BadRequest(WardnewsError, ValueError):
    """Raise where an address asks for what there cannot be."""

    status = 400
