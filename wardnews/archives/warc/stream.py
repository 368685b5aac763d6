"""The bytes of a file of records, unpacked, from record to record, and past damage to the next one.

Readers such as fastwarc and warcio end without a word where a file is torn and cannot go on behind damage, so records
are cut out of the file here. Time is linear in the file's length, whatever stands in it.
"""

import re
from typing import BinaryIO, NamedTuple

from wardnews.archives.http import LONGEST_HEAD
from wardnews.archives.warc.packing import Gzip, Packing, Unpacker, Zstd, packing_of
from wardnews.errors import MisshapenRecord, PackedRecord, RecordError, TornRecord

_PIECE, _FIRST_PIECE = 1 << 16, 1 << 13
_LEAST_AGAIN, _TIMES_AGAIN = 1 << 20, 2
"""What may be read again behind damage: some MiB, or so many times the file; then only what lies ahead is read."""
_MOST_TRIES, _BYTES_A_TRY = 5_000, 200
"""How many places that look like a member's beginning and are none are tried: some, and so many for the file's size."""
_MOST_EMPTY = 10_000
"""After so many members without a byte in a row a file is taken for damaged."""
_MOST_TIMES, _SMALL = 100, 64 << 20
"""A file may unpack to some MiB, and to so many times its size; what goes on is passed over."""
_END = 4
"""How many bytes stand between two records at most."""
_LINE_ENDS, _PADDING = re.compile(rb"[\r\n]*"), re.compile(rb"\0*")


class Form(NamedTuple):
    """The form of a file's records.

    `name`: for messages. `beginning`: what each begins with, in at most `longest` bytes; `first`: the four bytes that
    it may begin with.
    """

    name: str
    beginning: re.Pattern[bytes]
    longest: int
    first: tuple[bytes, ...]


class Place(NamedTuple):
    """Where a record begins: at which byte of the file, and how far into what is packed there."""

    offset: int
    inner: int = 0

    def __str__(self) -> str:
        return f"@{self.offset}+{self.inner}" if self.inner else f"@{self.offset}"


class Stream:
    """The bytes of a file of records from `start` on, unpacked, with the places where records begin."""

    def __init__(self, file: BinaryIO, form: Form, start: int = 0) -> None:
        self._file = file
        self._form = form
        self._packing = _packing(file, form, start)
        self._size = file.seek(0, 2)
        self._again = max(_LEAST_AGAIN, _TIMES_AGAIN * self._size)
        self._unpacked = 0
        self._tries = _tries(self._size)
        self._restart(start)

    def _restart(self, offset: int) -> None:
        self._file.seek(offset)
        self._member = offset
        # Where the bytes at hand begin: in the file, or where it is packed, in what the present member unpacks to.
        self._base = 0 if self._packing else offset
        self._ready, self._at = b"", 0
        self._raw, self._raw_at, self._step = b"", 0, _FIRST_PIECE
        self._unpacker: Unpacker | None = None
        self._empty = 0

    def here(self) -> Place:
        """Return the place that is reached."""
        inner = self._base + self._at
        return Place(self._member, inner) if self._packing else Place(inner)

    def place(self) -> Place | None:
        """Pass over line ends and return where the next record begins; None at the end of the file."""
        while True:
            self._at = _end(_LINE_ENDS, self._ready, self._at)
            if self._at < len(self._ready):
                return self.here()
            if not self._more():
                return None

    def line(self) -> bytes:
        """Return the bytes up to the next line end; raise MisshapenRecord where there is none."""
        if at_hand := self._ready.find(b"\n", self._at, self._at + LONGEST_HEAD + 1) + 1:
            line, self._at = self._ready[self._at : at_hand], at_hand
            return line
        pieces: list[bytes] = []
        size = 0
        while not pieces or not pieces[-1].endswith(b"\n"):
            if size > LONGEST_HEAD:
                raise MisshapenRecord("no {name} record", name=self._form.name)
            self._fill()
            end = self._ready.find(b"\n", self._at, self._at + LONGEST_HEAD + 1) + 1
            end = end or min(len(self._ready), self._at + LONGEST_HEAD + 1)
            pieces.append(self._ready[self._at : end])
            size += end - self._at
            self._at = end
        return b"".join(pieces)

    def read(self, size: int) -> bytes:
        """Return so many bytes; raise TornRecord or MisshapenRecord where there are fewer."""
        if not self._packing and self.here().offset + size > self._size:
            raise TornRecord("torn: the file ends in the middle of it")
        pieces = []
        while size:
            self._fill()
            piece = self._ready[self._at : self._at + size]
            pieces.append(piece)
            self._at += len(piece)
            size -= len(piece)
        return b"".join(pieces)

    def skip(self, size: int) -> None:
        """Pass over so many bytes; raise TornRecord or MisshapenRecord where there are fewer."""
        if not self._packing and self._at + size > len(self._ready):
            offset = self.here().offset + size
            if offset > self._size:
                raise TornRecord("torn: the file ends in the middle of it")
            self._restart(offset)
            return
        while size:
            self._fill()
            step = min(size, len(self._ready) - self._at)
            self._at += step
            size -= step

    def check_end(self, size: int) -> None:
        """Raise MisshapenRecord where a record of so many further bytes does not end there, as far as seen from here.

        That saves to read a block whose length is a lie; only a file that is not packed can be looked at ahead.
        """
        if self._packing or self._at + size + _END <= len(self._ready):
            return
        offset, now = self.here().offset + size, self._file.tell()
        if offset >= self._size:  # no file system can seek to any number
            return
        self._file.seek(offset)
        ahead = self._file.read(_END)
        self._file.seek(now)
        self._end_of(ahead)

    def _end_of(self, ahead: bytes) -> int:
        """Return how many of the bytes behind a record are its end; raise MisshapenRecord where it goes on there."""
        behind = ahead.lstrip(b"\r\n")
        if behind and not any(first.startswith(behind) for first in self._form.first):
            raise MisshapenRecord("longer than its Content-Length")
        return len(ahead) - len(behind)

    def finish(self) -> None:
        """Pass over a record's end; raise MisshapenRecord where the record goes on behind it.

        What is packed has its checksum verified by that.
        """
        self._at += self._end_of(self._ahead(_END))
        self._ahead(1)

    def resume(self, place: Place, *, readable: bool) -> None:
        """Go on behind a damaged record, with what next looks like one.

        `readable`: whether the bytes could be unpacked, so that the search is through what they unpack to.
        """
        if not self._packing:
            # The record may have claimed others for itself that were added after it was torn.
            self._go_to(self._restarting(place.offset + 1))
        try:
            while readable or not self._packing:
                if found := self._form.beginning.search(self._ready, self._at):
                    self._at = found.start()
                    return
                self._at = max(self._at, len(self._ready) - self._form.longest)
                if not self._more():
                    self._at = len(self._ready)
                    return
        except RecordError:
            place = self.here()
        assert self._packing  # noqa: S101 - what is not packed cannot fail to be unpacked
        start = self._restarting(place.offset + 1)
        offset, tried = next_member(self._file, self._packing, self._form, start, self._tries)
        self._tries -= tried
        self._restart(self._size if offset is None else offset)

    def _restarting(self, offset: int) -> int:
        """Return from where to read again: damage inside of damage may cost no more than some times the file."""
        packed = self._file.tell() - (len(self._raw) - self._raw_at)
        reached = packed if self._packing else self._base + self._at
        again = max(0, reached - offset)
        if again > self._again:
            return max(offset, reached)
        self._again -= again
        return offset

    def _go_to(self, offset: int) -> None:
        """Go to a byte of a file that is not packed."""
        if self._base <= offset <= self._base + len(self._ready):
            self._at = offset - self._base
        else:
            self._restart(offset)

    def _fill(self) -> None:
        """Have at least one byte of the present record at hand."""
        while self._at == len(self._ready):
            member = self._member
            if not self._more():
                raise TornRecord("torn: the file ends in the middle of it")
            if self._packing and self._member != member and self._form.beginning.match(self._ready):
                raise MisshapenRecord("shorter than its Content-Length")

    def _ahead(self, size: int) -> bytes:
        """Return the next bytes without passing over them, as far as they are of one member; verify its checksum."""
        while len(self._ready) - self._at < size and not (self._unpacker and self._unpacker.eof):
            if not self._more():
                break
        return self._ready[self._at : self._at + size]

    def _more(self) -> bool:
        """Have a further piece at hand, after what is left of the one before; False at the end of the file."""
        self._base += self._at
        self._ready, self._at = self._ready[self._at :], 0
        if self._packing is None:
            piece = self._file.read(_PIECE)
            self._ready += piece
            return bool(piece)
        if self._unpacker is None or self._unpacker.eof:
            if not self._open(self._packing):
                return False
            self._ready = b""
        assert self._unpacker  # noqa: S101 - opened above
        raw = self._next_raw() if self._unpacker.hungry else b""
        piece = self._unpacker.unpack(raw, _PIECE)
        self._unpacked += len(piece)
        if self._unpacked > _SMALL + _MOST_TIMES * self._file.tell():
            self._unpacked -= len(piece)
            raise PackedRecord("unpacks to more than {times} times its size", times=_MOST_TIMES)
        self._ready += piece
        self._empty = 0 if piece else self._empty
        if self._unpacker.eof:
            self._raw_at -= len(self._unpacker.unused_data)
        return True

    def _next_raw(self) -> bytes:
        """Return a piece of the file to unpack: small at a member's beginning, so that small members cost little."""
        if self._raw_at == len(self._raw):
            self._raw, self._raw_at = self._file.read(_PIECE), 0
            if not self._raw:
                raise TornRecord("torn: the file ends in the middle of it")
        piece = self._raw[self._raw_at : self._raw_at + self._step]
        self._raw_at += len(piece)
        self._step = min(2 * self._step, _PIECE)
        return piece

    def _open(self, packing: Packing) -> bool:
        """Begin the next member, behind any padding; False at the end of the file."""
        while True:
            self._raw_at = _end(_PADDING, self._raw, self._raw_at)
            if self._raw_at < len(self._raw):
                break
            self._raw, self._raw_at = self._file.read(_PIECE), 0
            if not self._raw:
                return False
        self._member, self._base = self._file.tell() - len(self._raw) + self._raw_at, 0
        self._unpacker, self._step = packing.unpacker(), _FIRST_PIECE
        self._empty += 1
        if self._empty > _MOST_EMPTY:
            raise PackedRecord("nothing but empty members")
        return True


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    """Return where a pattern that matches anywhere ends."""
    match = pattern.match(text, at)
    return match.end() if match else at


def _packing(file: BinaryIO, form: Form, start: int) -> Packing | None:
    """Return how a file is packed, by its first bytes, or where these are damaged, by what follows from `start` on."""
    if packing := packing_of(file):
        return packing
    file.seek(start)
    first = file.read(form.longest)
    if form.beginning.match(first):
        return None
    packings: tuple[Packing, ...] = (Gzip(), Zstd())
    most = _tries(file.seek(0, 2))
    return next((one for one in packings if next_member(file, one, form, start, most)[0] is not None), None)


def _tries(size: int) -> int:
    return _MOST_TRIES + size // _BYTES_A_TRY


def next_member(file: BinaryIO, packing: Packing, form: Form, start: int, most: int) -> tuple[int | None, int]:
    """Return where the next member at or behind `start` begins that holds a record, and how many others were tried.

    After `most` of these none is there.
    """
    magic, tries = packing.magic, 0
    file.seek(start)
    window, base = file.read(_PIECE), start
    while window:
        at = window.find(magic)
        while at >= 0:
            if tries >= most:
                return None, tries
            if len(window) - at < packing.head:
                window += file.read(packing.head + _PIECE)
            if _holds_record(packing, form, window[at : at + packing.head]):
                return base + at, tries
            tries += 1
            at = window.find(magic, at + 1)
        kept = window[-len(magic) + 1 :]
        base += len(window) - len(kept)
        piece = file.read(_PIECE)
        window = kept + piece if piece else b""
    return None, tries


def _holds_record(packing: Packing, form: Form, packed: bytes) -> bool:
    try:
        start = packing.unpacker().unpack(packed, form.longest)
    except PackedRecord:
        return False
    return bool(form.beginning.match(start))
