"""How kept files are read: one after the other, each once; a stop, of whatever kind, costs what one file took."""

import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from wardnews.documents.document import SCANNED
from wardnews.documents.process import DocumentReader, needed
from wardnews.documents.read import READER
from wardnews.errors import UnreadableDocument, reason
from wardnews.files.storage import keep, open_kept
from wardnews.locale import _, gettext_noop, number
from wardnews.store.database import Store
from wardnews.store.files.documents import BATCH, KnownDocument, unread, write_document
from wardnews.text.clock import timestamp

_LOCK = "documents"
_PIECE = 1 << 20
NOT_THERE = gettext_noop("not there or torn")


def read_kept(store: Store, base: str, say: Callable[[str], None]) -> Counter[str] | None:
    """Read the kept files that were not read yet; return how many were read, scanned, or cannot be read.

    None where another process is at it. Raises UsageError without the libraries, OSError where a thumbnail cannot be
    written.
    """
    needed()
    if not store.locks.take(_LOCK):
        return None
    counts: Counter[str] = Counter()
    try:
        with DocumentReader() as reader:
            after = ""
            while some := unread(store, READER, after):
                for sha256 in some:
                    counts[_read(store, base, sha256, reader, say)] += 1
                after = some[-1]
                if len(some) == BATCH:
                    say(_("files read: {count}").format(count=number(counts.total())))
    finally:
        store.locks.release(_LOCK)
    return counts


def _read(store: Store, base: str, sha256: str, reader: DocumentReader, say: Callable[[str], None]) -> str:
    """Read a file and write what it says; return what came of it in a word."""
    try:
        with _copied(base, sha256) as path:
            found = reader.read(path)
    except UnreadableDocument as error:
        document = KnownDocument(sha256, None, cause=str(error))
    except OSError as error:
        line = _("{file}: {trouble}: {reason}; `wardnews files --verify` names all of these")
        say(line.format(file=sha256, trouble=_(NOT_THERE), reason=reason(error).translated()))
        return NOT_THERE
    else:
        thumbnail = _keep_thumbnail(base, found.thumbnail) if found.thumbnail else None
        document = KnownDocument(sha256, found.kind, found.pages, found.flags, thumbnail=thumbnail)
    with store.writing() as connection:
        write_document(store, connection, document, READER, timestamp())
    if document.cause:
        return gettext_noop("unreadable")
    return gettext_noop("scanned") if SCANNED in document.flags else gettext_noop("read")


def _keep_thumbnail(base: str, picture: bytes) -> str:
    name = hashlib.sha256(picture).hexdigest()
    keep(base, name, io.BytesIO(picture))
    return name


@contextmanager
def _copied(base: str, sha256: str) -> Iterator[Path]:
    """Yield the path of a copy of a kept file, wherever that is; raise OSError where it is not there or is torn."""
    digest = hashlib.sha256()
    with NamedTemporaryFile(prefix="wardnews-") as copy:
        with open_kept(base, sha256) as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                copy.write(piece)
        copy.flush()
        if digest.hexdigest() != sha256:
            raise OSError(gettext_noop("its bytes are not those that were kept"))
        yield Path(copy.name)
