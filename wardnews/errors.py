"""The exceptions of wardnews, all of one tree, and the exit statuses; what a caller may want to catch is WardnewsError.

    WardnewsError
    ├── UsageError          something typed, named or configured wrong; the command ends with status 2
    │   ├── SitesError      a sites file or a portal's key (also a ValueError)
    │   ├── StoreError      a store that cannot be opened
    │   ├── StorageError    a URL that cannot be written to or read from
    │   ├── CannotKeep      raw pages that cannot be kept as a setting asks
    │   ├── PackError       WARC files that cannot be packed (also a ValueError)
    │   ├── ExportError     an export that cannot be what was asked for (also a ValueError)
    │   ├── CursorError     a cursor of changes that does not fit
    │   └── PluginError     a plug-in of another package that is no good
    ├── RunOver             a batch of a run that has ended meanwhile
    ├── ClusterLost         a cluster that is not there any more
    ├── StoreFailed         a store that another program keeps, or that its disk does not give
    ├── LeaseLost           a politeness group that another run has taken over
    ├── RawError            a page whose raw page could not be kept (also Scrapy's IgnoreRequest)
    ├── NotNow              a request to a group that is left alone (also Scrapy's IgnoreRequest)
    ├── Flood               an answer whose head does not end (also Scrapy's IgnoreRequest)
    ├── PrivateAddress      a host at an address that is not public (also Scrapy's IgnoreRequest)
    ├── UnreadablePage      a page that cannot be read at all (also a ValueError)
    ├── UnreadableDocument  a kept file whose text cannot be read (also a ValueError)
    ├── ArchiveError        an archive's answer that is none (also a ValueError)
    │   └── Refused         an archive that is not to be asked again in this run
    ├── Undecodable         a body that cannot be unpacked (also a ValueError)
    ├── DateError           a date that machines write, and that is none (also a ValueError)
    ├── RecordError         a record of an archive that cannot be read
    │   ├── MisshapenRecord  bytes that can be unpacked, and are no whole record
    │   ├── TornRecord      a record that the file ends in
    │   ├── NoRoom          what cannot be unpacked for want of room on the disk
    │   └── PackedRecord    bytes that cannot be unpacked
    ├── PushError           a push that cannot go on
    └── BadRequest          an address of the served store that asks for what there cannot be (also a ValueError)

Those that are Scrapy's too, that carry an exit status, or that stay within one module are declared where they are
raised: this module needs no library.
"""

from enum import IntEnum

from wardnews.locale import Phrase, gettext_noop


class ExitStatus(IntEnum):
    """The exit statuses of the `wardnews` command."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    SICK = 3
    STOPPED = 4
    LOCKED = 5


class WardnewsError(Phrase, Exception):
    """Raise for all that wardnews reports to a caller; the message is meant to be read.

    As in `raise UsageError("{path}: there is no such file", path=path)`: what is kept of it is str(), in English; what
    a person is shown is `translated()`.
    """

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class UsageError(WardnewsError):
    """Raise for something typed, named or configured wrong; the message names it and the way out."""


class SitesError(UsageError, ValueError):
    """Raise where a sites file or a portal's key is no good; the message names the file, the key and the way out."""


class StoreError(UsageError):
    """Raise where the store cannot be opened; the message names it and the way out."""


class StorageError(UsageError):
    """Raise where a URL names nothing that can be written or read; the message names it and the way out."""


class StoreFailed(WardnewsError):
    """Raise where another program keeps the store for too long, or its disk fails; the message names it."""


class LeaseLost(WardnewsError):
    """Raise where this run may neither ask a politeness group nor write for it any more; the message says why."""


class RunOver(WardnewsError):
    """Raise where a run that a batch is of has ended meanwhile."""


class ClusterLost(WardnewsError):
    """Raise where the scheduler of a cluster is not there any more; the message names it."""


class CannotKeep(UsageError):
    """Raise where raw pages cannot be kept as a setting asks; the message names the way out."""


class PackError(UsageError, ValueError):
    """Raise where files cannot be packed; the message names them."""


class ExportError(UsageError, ValueError):
    """Raise where an export cannot be what was asked for; the message names what, and the way out."""


class CursorError(UsageError):
    """Raise where a cursor does not fit; the message says why and what would."""


class PluginError(UsageError):
    """Raise for a plug-in that cannot be loaded or is not what it should be; the message names its package."""


class UnreadablePage(WardnewsError, ValueError):
    """Raise where a page cannot be read at all: no layout fits it, or parsing it would not end."""


class UnreadableDocument(WardnewsError, ValueError):
    """Raise where the text of a file cannot be read; the message says why."""


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


class NoRoom(RecordError):
    """Raise where there is no room on the disk to unpack a file; the message says how much it takes."""


class PackedRecord(RecordError):
    """Raise for bytes that cannot be unpacked."""


class Undecodable(WardnewsError, ValueError):
    """Raise where a body cannot be unpacked; the message says why."""


class BadRequest(WardnewsError, ValueError):
    """Raise where an address asks for what there cannot be."""

    status = 400


_REASONS = (
    gettext_noop("Address already in use"),
    gettext_noop("Cannot assign requested address"),
    gettext_noop("Connection refused"),
    gettext_noop("Directory not empty"),
    gettext_noop("Disk quota exceeded"),
    gettext_noop("File exists"),
    gettext_noop("File name too long"),
    gettext_noop("File too large"),
    gettext_noop("Input/output error"),
    gettext_noop("Invalid cross-device link"),
    gettext_noop("Is a directory"),
    gettext_noop("No space left on device"),
    gettext_noop("No such file or directory"),
    gettext_noop("Not a directory"),
    gettext_noop("Operation not permitted"),
    gettext_noop("Permission denied"),
    gettext_noop("Read-only file system"),
    gettext_noop("Too many open files"),
)
"""The usual reasons of Linux and macOS."""
_REASONS_OF_LIBRARIES = (
    gettext_noop("File is not a zip file"),
    gettext_noop("attempt to write a readonly database"),
    gettext_noop("database disk image is malformed"),
    gettext_noop("database is locked"),
    gettext_noop("database or disk is full"),
    gettext_noop("disk I/O error"),
    gettext_noop("file is not a database"),
    gettext_noop("unable to open database file"),
)


def reason(error: OSError) -> Phrase:
    """Return why the system refused something, without what it was."""
    return Phrase(error.strerror or str(error))
