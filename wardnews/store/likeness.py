"""Whether two texts tell one story: what of them is compared, and how alike they are. Pure.

Notices that are one form filled in twice share nearly all their words and are two stories: what was filled in counts
for more than what is shared.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import pairwise

from wardnews.text import strings
from wardnews.text.strings import nfc

SHARED, ALIKE = 0.75, 0.3
"""The share of the shorter body's word triples that the other one must have, and of all triples of both."""
REWORDED = 0.02
"""The share of the words that may stand for quite other ones; more are a blank that was filled in otherwise."""
_BLANK = 8
"""The words that fill in a blank of a form, at most."""

_STYLES = dict(
    zip(
        "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
        "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
        strict=True,
    )
)
_THOUSANDS = re.compile(r"[.,](?<=\d[.,])(?=\d{3}(?!\d))")
_STYLE = re.compile("o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ]")
_MARKS = re.compile(r"[!-/:-@\[-`{-~“”‘’–—…•\n]+")
_SENTENCE = re.compile(r"[.:;!?]\s+|\n")
_END = " \0 "
_FIGURE = re.compile("[0-9][0-9.]*")


# --- what of a text is compared --------------------------------------------------------------------------------------


def _in_any_case(text: str) -> list[str]:
    """Return a pattern for each letter of a text."""
    return [f"[{letter}{letter.upper()}]" for letter in text]


_SHORT = {"ủy ban nhân dân": "UBND", "hội đồng nhân dân": "HĐND", "mặt trận tổ quốc": "MTTQ", "thành phố": "TP"}
_LONG_FORMS = [*_SHORT, "uỷ ban nhân dân"]
_LONG = re.compile(  # a pattern that begins with a set of letters is looked for fast, one that ignores capitals is not
    f"[{''.join({form[0] + form[0].upper() for form in _LONG_FORMS})}](?:"
    + "|".join(f"(?<={found[0]}){''.join(found[1:])}" for found in map(_in_any_case, _LONG_FORMS))
    + ")"
)
_COMPANY = re.compile(r"\bC(?:ty|TY|Ty)\b\.?")
_MONTHS = dict(zip("một hai ba tư năm sáu bảy tám chín mười".split(), range(1, 11), strict=True)) | {
    "giêng": 1, "bốn": 4, "bẩy": 7, "mười một": 11, "mười hai": 12, "chạp": 12,
}  # fmt: skip
_MONTH_NAMES = "|".join(
    re.sub(r"\b(\w)", lambda first: f"[{first[0]}{first[0].upper()}]", one)
    for one in sorted(_MONTHS, key=len, reverse=True)
)
_MONTH = re.compile(rf"háng (?P<name>{_MONTH_NAMES})\b(?! \d)")  # a pattern that begins with letters is looked for fast
_OF_A_DATE = re.compile(r"(?:ngày \d{1,2}|trong|từ|đến|đầu|cuối|giữa|hết|vào|qua) t$", re.IGNORECASE)
_BY = r"(?:tin|bài|ảnh|tác giả|nguồn|thực hiện|biên tập|theo|pv|ctv|btv)"
_CREDIT = re.compile(
    rf"\W*{_BY}(?:(?:,| và| -|/| )+{_BY})*(?: tin| bài| viết| ảnh)*\s*[:/-].{{2,80}}"  # "Tin, ảnh: …"
    r"|\W*(?i:theo|nguồn)\W.{2,60}"
    r"|[^\d.:;]{0,40}\([^()\d]{2,40}\)\W*",  # "H. NAM (Theo TTXVN)"
    re.IGNORECASE,
)
_LONGEST_CREDIT, _CREDITS = 90, 3
_AGENCY = re.compile(r"\s*\((?:theo|nguồn)?[:\s]*[^()\d]{2,40}\)\W*$", re.IGNORECASE)


def prepared(text: str) -> str:
    r"""Return what of a text is compared, with its capitals: without credits, in the spellings that all portals share.

    >>> prepared("Sáng tháng Tư, Cty cây xanh họp.\nTin, ảnh: Lê Mây (TTXVN)")
    'Sáng tháng 4, công ty cây xanh họp.'
    """
    text = _MONTH.sub(_figure_of, nfc(_without_credits(text)))
    return _COMPANY.sub("công ty", text) if "Cty" in text or "CTY" in text or "CTy" in text else text


def _figure_of(month: re.Match[str]) -> str:
    """Return a month with its figure, where its name is one: by its capital, or by what stands before it."""
    place = month.start()
    if not month["name"][0].isupper() and not _OF_A_DATE.search(month.string, max(0, place - _LOOKED_BACK), place):
        return month[0]
    return f"háng {_MONTHS[month['name'].lower()]}"


_LOOKED_BACK = len("ngày 27 t")


def _without_credits(text: str) -> str:
    """Return a text without the lines that close it and name who wrote it, and without an agency in brackets."""
    for _ in range(_CREDITS):
        body, end, line = text.rstrip().rpartition("\n")
        if not end or len(line) > _LONGEST_CREDIT or not _is_credit(line):
            break
        text = body
    return text[:-_LONGEST_CREDIT] + _AGENCY.sub("", text[-_LONGEST_CREDIT:])


def _is_credit(line: str) -> bool:
    """Whether a line names writers or an agency: by such words, or as names alone."""
    words = re.findall(r"[^\W\d_]+", line)
    named = bool(words) and all(word[0].isupper() for word in words[:_CREDIT_WORDS])
    if _CREDIT.fullmatch(line):
        return named or bool(_BEGINS.match(line))
    return named and len(words) <= _CREDIT_WORDS and not _NO_NAME.search(line)


_BEGINS = re.compile(rf"\W*{_BY}\b", re.IGNORECASE)
_NO_NAME = re.compile(r"[\d:;?!]")
_CREDIT_WORDS = 6


def fold(prepared_text: str) -> str:
    """Return a text in small letters, each tone mark where the older spelling has it.

    >>> fold("Ủy ban, UỶ BAN")
    'ủy ban, ủy ban'
    """
    return _STYLE.sub(lambda newer: _STYLES[newer[0]], prepared_text.lower())


def figures(folded: str) -> set[str]:
    """Return the numbers of a text, without zeros before them.

    >>> sorted(figures("sáng 05/4, 1.081 người"))
    ['1081', '4', '5']
    """
    return {figure.replace(".", "").lstrip("0") for figure in _FIGURE.findall(folded)} - {""}


def apart(one: AbstractSet[str], other: AbstractSet[str]) -> int:
    """Return how far two texts are apart by their figures: how many each has for itself, as far as both have some.

    >>> apart({"5", "4", "1081"}, {"5", "4"}), apart({"5", "4", "1081"}, {"12", "4", "1080"})
    (0, 2)
    """
    return min(len(one - other), len(other - one))


# --- two texts -------------------------------------------------------------------------------------------------------

Triple = tuple[str, str, str]


class Body:
    """The words of a text, ready to be compared: folded, without punctuation."""

    def __init__(self, text: str) -> None:
        self._text = _LONG.sub(lambda long: _SHORT[fold(long[0])], prepared(text).replace("\0", " "))
        self._text = _THOUSANDS.sub("", self._text)
        self._spelt = _MARKS.sub(" ", self._text).split()
        self.words = fold(" ".join(self._spelt)).split()
        framed = ["", "", *self.words, "", ""]
        self.triples = list(zip(framed, framed[1:], framed[2:], strict=False))
        self.all = set(self.triples)

    @cached_property
    def names(self) -> list[bool]:
        """Of each word, whether it is a number or, for its capital, of a name."""
        names: list[bool] = []
        begins = True
        for word in _MARKS.sub(" ", _SENTENCE.sub(_END, self._text)).split():
            if word == _END.strip():
                begins = True
                continue
            names.append(word[0].isdigit() or (word[0].isupper() and not begins))
            begins = False
        return names

    def in_capitals(self, place: int) -> bool:
        """Whether a word may be an abbreviation, or a part of one."""
        word = self._spelt[place]
        return word.isupper() and word.isalpha() and len(word) <= _BLANK

    def said(self, gap: slice, known: AbstractSet[int]) -> tuple[set[str], set[str]]:
        """Return the names and figures among the words of a gap but those known, and the words beside them."""
        places = [place for place in range(*gap.indices(len(self.words))) if place not in known]
        names = [self.words[place] for place in places if self.names[place]]
        said = {word for word in names if word.isalpha()} | figures(" ".join(names))
        return said, {self.words[place] for place in places} - set(names)

    def gaps(self, shared: set[Triple]) -> dict[tuple[Triple, Triple], slice]:
        """Return the words between shared triples, by the two triples."""
        places = [place for place, triple in enumerate(self.triples) if triple in shared]
        gaps = ((left, right) for left, right in pairwise(places) if right - left > len(self.triples[left]))
        return {(self.triples[left], self.triples[right]): slice(left + 1, right - 2) for left, right in gaps}


def likeness(one: Body, other: Body) -> float:
    """Return how alike two texts of one story are, up to 1.0; 0.0 where they are two stories."""
    shared = one.all & other.all
    fewest = min(len(one.all), len(other.all))
    if len(shared) < _AT_LEAST * fewest:
        return 0.0
    ours, theirs = one.gaps(shared), other.gaps(shared)
    reworded = written_out = 0
    for gap in ours.keys() & theirs:
        ours_known, theirs_known = _written_out(one, ours[gap], other, theirs[gap])
        (said, words), (others_said, others_words) = (
            one.said(ours[gap], ours_known),
            other.said(theirs[gap], theirs_known),
        )
        if ours_known and not (said or words or others_said or others_words):
            written_out += min(_length(ours[gap]), _length(theirs[gap])) + 2
            continue
        fewer, more = sorted((len(words), len(others_words)))
        if more > _BLANK and len(words & others_words) < fewer / 2:
            continue  # a passage that was written anew
        if not (said <= others_said or others_said <= said):
            return 0.0
        changed = min(len(words - others_words), len(others_words - words))
        reworded += changed if changed > 1 else 0  # one is a typing error that was mended
    alike = len(shared) + written_out
    likeness = alike / (len(one.all) + len(other.all) - alike)
    if likeness < ALIKE or alike < SHARED * fewest or reworded > REWORDED * min(len(one.words), len(other.words)):
        return 0.0
    return 0.0 if _is_one_of_several(one, other, shared) else min(likeness, 1.0)


_AT_LEAST = 0.6
"""The share of the shorter body's triples below which no abbreviations written out make two texts one story."""


def _length(gap: slice) -> int:
    return int(gap.stop - gap.start)


# --- abbreviations ---------------------------------------------------------------------------------------------------

_JOINING = frozenset(("và", "của", "các"))
_MOST_WORDS = 60


def _written_out(one: Body, gap: slice, other: Body, others_gap: slice) -> tuple[set[int], set[int]]:
    """Return the places of words in two gaps that are one abbreviation, and what it stands for: "GD&ĐT"."""
    known: tuple[set[int], set[int]] = (set(), set())
    if max(_length(gap), _length(others_gap)) > _MOST_WORDS:
        return known
    for short, its, long, others, swapped in ((one, gap, other, others_gap, 0), (other, others_gap, one, gap, 1)):
        for places in _abbreviations(short, its):
            letters = _initials(short.words[place] for place in places)
            if found := _standing_for(letters, long, others, known[1 - swapped]):
                known[swapped].update(places)
                known[1 - swapped].update(found)
    return known


def _abbreviations(body: Body, gap: slice) -> Iterator[range]:
    """Return the runs of words in capitals in a gap: "GD&ĐT" is two."""
    start = gap.start
    while start < gap.stop:
        end = start
        while end < gap.stop and body.in_capitals(end):
            end += 1
        if end > start:
            yield range(start, end)
        start = max(end, start + 1)


def _initials(words: Iterator[str]) -> str:
    """Return words in letters as abbreviations have them: without marks, Trung ương as TW and T.Ư."""
    return strings.fold("".join(words)).replace("w", "u")


def _standing_for(letters: str, body: Body, gap: slice, taken: AbstractSet[int]) -> list[int]:
    """Return the places of the words in a gap that some letters begin, one by one; empty for none."""
    if len(letters) < len("tư"):
        return []
    for start in range(gap.start, gap.stop):
        places: list[int] = []
        number = 0
        for place in range(start, gap.stop):
            word = body.words[place]
            if place in taken or number == len(letters):
                break
            if _initials(iter(word[0])) == letters[number]:
                number += 1
            elif not number or word not in _JOINING:
                break
            places.append(place)
        if number == len(letters):
            return places
    return []


# --- round-ups -------------------------------------------------------------------------------------------------------

_LONGER, _PART = 60, 0.2
"""The words, and their share of the text, from which on what stands before or behind a story may be another."""
_FEW_PAIRS, _FEW_PAIRS_AHEAD = 0.05, 0.1
"""The share of its word pairs that are in the story too, below which it is another; the second where it stands before
the story, for desks cut from the end."""
_COHERENT = 0.5
"""The same as a part of what the halves of each have in common: laws and notices of one office share more than news.

With these figures all of 44 long articles are one story with their first half, and 37 with their last one; of 600
round-ups of two of them 90 are taken for the one, most of them where the other is a small part."""
_SAME_WORDS = 2.5
"""How many times the share of words that the halves of the story have in common the rest may have in common with it;
more, and the story is one that was shortened."""
_HEADING = re.compile(
    r"\W*(?:điểm tin|tin (?:vắn|nhanh|tổng hợp|trong (?:tuần|ngày|tháng))|bản tin (?:tuần|ngày|tháng))"
)


def _is_one_of_several(one: Body, other: Body, shared: set[Triple]) -> bool:
    """Whether the longer of two texts is a round-up of which the other is one story."""
    short, long = sorted((one, other), key=lambda body: len(body.words))
    part = _shared_part(long, shared)
    before, behind = long.words[: part.start], long.words[part.stop :]
    rest = max(before, behind, key=len)
    if len(rest) < _LONGER:
        return False
    if _HEADING.match(" ".join(long.words[: len("điểm tin trong tuần".split())])):
        return True
    if len(rest) < _PART * len(long.words):
        return False
    half = len(short.words) // 2
    if _shared(rest, short.words) > _SAME_WORDS * _shared(short.words[half:], short.words[:half]):
        return False
    known = _shared_pairs(rest, short.words)
    if rest is before:
        return known < _FEW_PAIRS_AHEAD
    return known < max(_FEW_PAIRS, _COHERENT * (_coherence(short.words) + _coherence(rest)) / 2)


def _shared_part(body: Body, shared: set[Triple]) -> slice:
    """Return the words of a text where a story is told that shares triples: where most of them are shared."""
    best = most = start = 0
    part = slice(0, 0)
    for place, triple in enumerate(body.triples):
        most += 1 if triple in shared else -1
        if most <= 0:
            most, start = 0, place + 1
        elif most > best:
            best, part = most, slice(start, place - 1)
    return part


def _shared(words: Sequence[str], others: Sequence[str]) -> float:
    """Return the share of the words that stand among others too, each counted once."""
    return len(set(words) & set(others)) / max(1, len(set(words)))


def _shared_pairs(words: Sequence[str], others: Sequence[str]) -> float:
    """Return the share of the pairs of words that stand among others too."""
    pairs = set(pairwise(words))
    return len(pairs & set(pairwise(others))) / max(1, len(pairs))


def _coherence(words: Sequence[str]) -> float:
    """Return the share of the word pairs of the second half of a text that are in its first half."""
    half = len(words) // 2
    return _shared_pairs(words[half:], words[:half])
