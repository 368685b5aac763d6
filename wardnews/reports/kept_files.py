"""Whether what is kept is what was kept: each file hashed again and compared with what the store knows."""

import hashlib
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from wardnews.files.storage import PART, kept_in, open_kept
from wardnews.locale import gettext_noop
from wardnews.store.database import Store
from wardnews.store.files.documents import being_written, known_names


class Checked(NamedTuple):
    """A file that was looked at; `trouble` is None where it is whole, else missing, torn or unknown."""

    name: str
    trouble: str | None
    url: str | None


def check_files(store: Store, base: str) -> Iterator[Checked]:
    """Yield all files that the store knows or that lie in the folder, in the order of their SHA-256.

    What a run is writing just now is left out. Raises OSError where the folder cannot be read.
    """
    written = being_written(store)
    known = ((name, True, url) for name, url in known_names(store))
    there = ((name, False, None) for name, _ in kept_in(base))
    for name, entries in groupby(merge(known, there, key=itemgetter(0)), itemgetter(0)):
        ours = list(entries)
        url = next((url for _, is_known, url in ours if is_known), None)
        if not any(is_known for _, is_known, _ in ours):
            if name.removesuffix(PART) not in written:
                yield Checked(name, gettext_noop("unknown"), None)
        elif all(is_known for _, is_known, _ in ours):
            yield Checked(name, gettext_noop("missing"), url)
        else:
            yield Checked(name, None if _is_whole(base, name) else gettext_noop("torn"), url)


def _is_whole(base: str, sha256: str) -> bool:
    try:
        with open_kept(base, sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256  # type: ignore[arg-type]
    except OSError:  # a link in its place, or a disk that does not give it
        return False
