"""The places that a line names by a word of kind and a name: "phường Phúc Lợi", "P.5", "HUYỆN GIA LÂM"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from wardnews.places.context import BEFORE, HONOUR, PART, PLANNED, aside, honour_end, is_part_of_name
from wardnews.places.family_names import FAMILY_NAMES
from wardnews.places.spelling import WORD, aliases, first_words, key_of, level_of, plain, units_by_kind
from wardnews.places.units import DISTRICTS_END, KNOWN_SINCE, Unit, chains


@dataclass(slots=True)
class Mention:
    """One place that a line names: the units that it may be on the day, and those that it is said to be in.

    `later`: the units of today's kind, where it may have been of an earlier kind on the day. `former`: it is named as
    one of before, or to be; `heirs`: the codes of what it became by the day. `aside`: why it says nothing of the
    article, "" where it does.
    """

    level: str
    units: list[Unit]
    name: int
    end: int
    start: int = 0
    within: list[set[str]] = field(default_factory=list)
    former: bool = False
    heirs: set[str] = field(default_factory=set)
    later: list[Unit] = field(default_factory=list)
    aside: str = ""


_KIND = re.compile(  # each alternative begins with a letter, so that it is looked for fast; the ends are checked after
    "hợp tác xã|bệnh xã|công xã|tân hoa xã|bưu xã|thương xã|htx|xã hội|tỉnh lộ"  # no communes, no province
    "|phường|thị trấn|thị xã|xã|đặc khu|quận|huyện|thành phố|tỉnh"
    r"|thành(?= (?:ủy|uỷ|đoàn))|thị(?= (?:ủy|uỷ|đoàn))|tt(?=[. ])|tx(?=[. ])|tp(?=[. ]|hcm)|t\.p(?=[. ])"
    r"|p(?=\.|\d)|x(?=\.)|q(?=\.|\d)|h(?=\.)"
)
_SPACE = re.compile(r"\s+")
_DOT = re.compile(r"\.?\s*")
_SEAT = re.compile(r"(?:ủy|uỷ|đoàn|đội|đảo)\s+")
_WHOLE = ("phường", "thị trấn", "thị xã", "xã", "đặc khu", "quận", "huyện", "thành phố", "tỉnh")
_SHORT = {
    "tt": "thị trấn",
    "tx": "thị xã",
    "tp": "thành phố",
    "t.p": "thành phố",
    "p": "phường",
    "x": "xã",
    "q": "quận",
    "h": "huyện",
}
_KINDS = dict(zip(_WHOLE, _WHOLE, strict=True)) | _SHORT | {"thành": "thành phố", "thị": "thị xã"}
_ABOVE: dict[str, tuple[str, ...]] = {
    "ward": ("quận", "huyện", "thị xã", "thành phố", "tỉnh"),
    "district": ("thành phố", "tỉnh"),
    "province": (),
}
"""The kinds of what a place lies in, where the one is named right after the other."""
_BECAME: dict[str, tuple[str, ...]] = {
    "xã": ("thị trấn", "phường"),
    "thị trấn": ("phường",),
    "huyện": ("thị xã", "thành phố", "quận"),
    "thị xã": ("thành phố", "quận"),
    "thành phố": ("quận",),
}
"""The kinds that units of a kind are raised to."""
_BETWEEN = re.compile(r"\s+(?:[-–]\s+)?|[-–]")
_FORMER = re.compile(r"\s*\(?\s*(?:(?:cũ|trước đây(?! (?:là|thuộc)))\b|(?P<now>,?\s*nay (?:là|thuộc)\b))")
_NEW = re.compile(r"\s*(?:\(\s*mới\b|mới\s*(?:[^\w\s]|$|(?:sẽ|gồm|có|dự kiến)\b))")
"""A unit to be; in "phường Bồ Đề mới mở chợ" it is no more than "just", but not in the months before the reform."""
_NEWS_OF_REFORM = "2025-03-01"
_ONCE = re.compile(r"\b(?:trước đây|trước kia|trước|tên cũ|tiền thân|vốn)\s+(?:là|thuộc)\s+$")
_MANY = re.compile(r"(?:các|những|hai|ba|bốn|năm|sáu|bảy|tám|\d+)\s+$")
_LOOKED_BACK = len("  những  ")
_LISTED = re.compile(r"\s*:")
_COUNTED = re.compile(
    r"[./]\d|\s+(?:năm|tháng|ngày|tuần|lần|giờ|hộ|người|tổ(?! chức)|giải|đơn vị|cá nhân|cấp|không|sao)\b"
)
_LINK = re.compile(r"\s*(?:(?P<in>[,;(–-])|và\b|với\b|cùng\b|&)\s*")
_AND = re.compile(r"\s*(?:,|và|với|cùng|&)\s*")
_GAP = re.compile(r"(?:\s*\(?\s*(?:cũ|trước đây)\b\)?)?[\s,;(–-]*(?:thuộc|của|ở|tại)?\s*")
_LONGEST = 5
_CAPITALS = 2


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, the same in small letters, and its day."""

    text: str
    low: str
    day: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """A word of kind as a line has it: `loud` in capitals, as all around it may be, `short` as "P." or "TP"."""

    name: str
    level: str
    loud: bool
    short: bool


def mentions_in(text: str, day: str) -> list[Mention]:
    """Return the places that a line names by kind and name."""
    line = _Line(text, text.lower(), day)
    found: list[Mention] = []
    if len(line.low) != len(text):  # letters that no Vietnamese text has
        return found
    for match in _KIND.finditer(line.low):
        if kind := _kind(line, match):
            if mention := _named(line, match, kind):
                if found and found[-1].aside and _AND.fullmatch(line.low, found[-1].end, mention.start):
                    mention.aside = found[-1].aside
                _add(found, mention, line, kind)
            elif _LISTED.match(line.low, match.end()) and _MANY.search(
                line.low, max(0, match.start() - _LOOKED_BACK), match.start()
            ):
                found.append(Mention(kind.level, [], match.start(), match.end(), match.start()))
    return found


def _kind(line: _Line, match: re.Match[str]) -> _Kind | None:
    """Return the kind that a word means; None where it is a part of another word, or no short form."""
    word, start = match[0], match.start()
    short = word in _SHORT
    if word not in _KINDS or (start and line.low[start - 1].isalnum()) or (short and not line.text[start].isupper()):
        return None
    name = _KINDS[word]
    return _Kind(name, level_of(name), not short and line.text[start : match.end()].isupper(), short)


def _named(line: _Line, match: re.Match[str], kind: _Kind) -> Mention | None:
    """Return the place that a word of kind and what follows it name; None where they name none."""
    for start in _starts(line, match):
        end = honour_end(line.text, line.low, start, loud=kind.loud)
        if end and not (kind.loud and _stands(line, start, kind)):
            return Mention(kind.level, [], start, end, match.start(), aside=HONOUR)
        if mention := _mention(line, start, kind):
            mention.start = match.start()
            _note_what_was(mention, line, kind)
            unknown = not mention.units and not mention.later
            if unknown and not kind.loud and is_part_of_name(line.text, line.low, match.start()):
                mention.aside = PART
            else:
                mention.aside = mention.aside or aside(line.low, match.start(), mention.end)
                if mention.aside == PLANNED:
                    mention.units, mention.later = [], []
            return mention
    return None


def _note_what_was(mention: Mention, line: _Line, kind: _Kind) -> None:
    """Note of a place that is named as one of before what it became; and whether what it is now is named with it."""
    after = _FORMER.match(line.low, mention.end)
    once = line.low.endswith(("là ", "thuộc "), 0, mention.start) and _ONCE.search(line.low, 0, mention.start)
    if mention.former or not (after or once):
        return
    mention.former = True
    key = key_of(line.text[mention.name : mention.end])
    ended = [unit for unit in _units(key, kind.name, line.day)[0] if unit.valid_to and unit.valid_to <= line.day]
    mention.heirs = {code for unit in ended for code in unit.successors.split()}
    if once or (after and after["now"]):
        mention.aside = BEFORE


def _stands(line: _Line, start: int, kind: _Kind) -> bool:
    """Whether a unit that stands on the day is named at a place."""
    mention = _mention(line, start, kind)
    return bool(mention and mention.units)


def _starts(line: _Line, match: re.Match[str]) -> tuple[int, ...]:
    """Return where the name after a word of kind may start: "Quận ủy Long Biên", but "phường Đội Cấn"."""
    between = (_DOT if match[0] in _SHORT else _SPACE).match(line.low, match.end())
    if not between:
        return ()
    seat = _SEAT.match(line.low, between.end())
    return (between.end(), seat.end()) if seat else (between.end(),)


def _add(found: list[Mention], mention: Mention, line: _Line, kind: _Kind) -> None:
    """Add a place that is named, or let it tell where the one before it lies; and add the names that follow it."""
    last = found[-1] if found else None
    if last and kind.name in _ABOVE[last.level] and _GAP.fullmatch(line.low, last.end, mention.start):
        if not mention.former:
            last.within.append({unit.code for unit in mention.units or mention.later})
        elif mention.heirs:
            last.within.append(mention.heirs)
        last.end = mention.end
        mention.aside = mention.aside or last.aside
        if last.level == "ward" and (mention.units or mention.later) and not mention.former:
            found.insert(-1, mention)
        return
    if last and mention.former and kind.level == last.level and _GAP.fullmatch(line.low, last.end, mention.start):
        mention.aside = mention.aside or BEFORE  # "phường Long Biên (xã Đông Dư cũ)"
    found.append(mention)
    many = _are_many(line, mention.start)
    while link := _LINK.match(line.low, mention.end):
        if link["in"] and not many and (above := _above(line, link.end(), mention)):
            mention.within.append(above[0])
            mention.end = above[1]
            continue
        further = _numbered(line, link.end(), kind, mention) or _mention(line, link.end(), kind)
        if not further or not further.units:
            return
        further.aside = mention.aside
        found.append(further)
        mention = further


def _are_many(line: _Line, start: int) -> bool:
    """Whether a word of kind that begins at a place is of several units: "các phường", "3 xã"."""
    return bool(_MANY.search(line.low, max(0, start - _LOOKED_BACK), start))


def _numbered(line: _Line, start: int, kind: _Kind, mention: Mention) -> Mention | None:
    """Return the unit that a number after one of a numbered name means: 2 in "phường Móng Cái 1, 2"."""
    name, _, number = line.text[mention.name : mention.end].rpartition(" ")
    other = WORD.match(line.text, start)
    if not (name and number.isdigit() and other and other[0].isdigit()) or _COUNTED.match(line.low, other.end()):
        return None
    units = _units(key_of(f"{name} {other[0]}"), kind.name, line.day)[0]
    return Mention(kind.level, [unit for unit in units if unit.holds_on(line.day)], start, other.end())


def _mention(line: _Line, start: int, kind: _Kind) -> Mention | None:
    """Return the name at a place of a line, the longest that any unit has; None where no name stands there."""
    spans, keys = words_from(line.text, start)
    numbers = list(range(len(keys), 0, -1))
    if keys and not is_capital(line.text, spans[-1][0]):  # "Đức giang" last; among words in capitals it is no name
        numbers = numbers[1:] if kind.loud else [*numbers[1:], numbers[0]]
    for number in numbers:
        units, later = _units(keys[number - 1], kind.name, line.day)
        end = spans[number - 1][1]
        if units or later:
            if keys[0].isdigit() and number == 1 and _COUNTED.match(line.low, end):
                return None
            if not kind.loud and _goes_on(line.text, end):
                return Mention(kind.level, [], start, end)
            on_day = [unit for unit in units if unit.holds_on(line.day)]
            return Mention(kind.level, on_day, start, end, former=_is_to_be(line, end), later=list(later))
    if kind.loud or kind.short or not keys or _is_person(line.text, start) or _is_count(line, kind, keys, spans[0][1]):
        return None
    end = spans[0][1]
    while (word := WORD.match(line.text, end + 1)) and line.text[end] == " " and word[0][0].isupper():
        if _is_person(line.text, end + 1, fewest=1):
            break
        end = word.end()
    return Mention(kind.level, [], start, end)


def _is_to_be(line: _Line, end: int) -> bool:
    """Whether a name that ends at a place is of a unit that the reform is to make."""
    if line.day >= DISTRICTS_END:
        return False
    return bool(_NEW.match(line.low, end)) or (line.day >= _NEWS_OF_REFORM and line.low.startswith(" mới ", end))


def _is_count(line: _Line, kind: _Kind, keys: list[str], end: int) -> bool:
    """Whether a number that is none of a unit is no name: "xã 135", "huyện 30a", "phường 2 cấp"."""
    return keys[0][0].isdigit() and (kind.name not in ("phường", "quận") or bool(_COUNTED.match(line.low, end)))


def _units(key: str, kind: str, day: str) -> tuple[Sequence[Unit], Sequence[Unit]]:
    """Return the units of a name that ever were of a kind, and those that may have been on a day before the table's."""
    units = units_by_kind()[kind].get(key, ())
    if kind == "tỉnh":  # as whoever has not heard yet calls a province that became a city
        cities = units_by_kind()["thành phố"].get(key, ())
        units = [*units, *(unit for unit in cities if unit.level == "province")]
    return units, _raised(kind).get(key, ()) if day < KNOWN_SINCE and not key.isdigit() else ()


@cache
def _raised(kind: str) -> dict[str, list[Unit]]:
    """Return the units of a later kind that may have been of this one before the table begins, by spelling."""
    raised: dict[str, list[Unit]] = {}
    for became in _BECAME.get(kind, ()):
        for key, units in units_by_kind()[became].items():
            if known := [unit for unit in units if unit.parent and not unit.valid_from]:
                raised.setdefault(key, []).extend(known)
    return raised


def words_from(line: str, start: int) -> tuple[list[tuple[int, int]], list[str]]:
    """Return the spans of the words from a place on, as many as a name may have, and the spelling up to each.

    The first begins with a capital or a digit; the last may be a small one.
    """
    spans: list[tuple[int, int]] = []
    keys: list[str] = []
    key = ""
    capital = True
    while capital and len(keys) < _LONGEST and (word := WORD.match(line, start)):
        capital = is_capital(line, start)
        if not (capital or keys):
            break
        capital = capital or word[0] == "trường"  # "thị trấn Nông trường Việt Lâm"
        spans.append(word.span())
        spelt = plain(word[0])
        key = f"{key} {spelt}" if key and spelt[0].isdigit() else key + spelt
        keys.append(key)
        if not (between := _BETWEEN.match(line, word.end())):
            break
        start = between.end()
    known = aliases()
    return spans, [known.get(key, key) for key in keys]


def is_capital(line: str, place: int) -> bool:
    """Whether a word that begins at a place is a name: by a capital or a digit."""
    return line[place].isupper() or line[place].isdigit()


def _goes_on(line: str, end: int) -> bool:
    """Whether a name goes on after its end: a capital word follows that is no person, kind or short form."""
    if not line.startswith(" ", end) or not (word := WORD.match(line, end + 1)) or not line[end + 1].isupper():
        return False
    following = word[0]
    if following.isupper() or following.lower() in ("phường", "xã", "thị", "quận", "huyện", "thành", "tỉnh"):
        return False
    return not _is_person(line, end + 1, fewest=1)


def _is_person(line: str, start: int, fewest: int = _CAPITALS) -> bool:
    """Whether a person's name starts at a place: a family's name and a capital word; `fewest` if places begin alike."""
    word = WORD.match(line, start)
    if not word:
        return False
    if (middle := _MIDDLE.match(line, word.end())) and line[middle.end()].isupper():
        return True
    if word[0] not in FAMILY_NAMES:
        return False
    capitals, family = 0, word[0]
    while capitals < fewest and (after := WORD.match(line, word.end() + 1)) and after[0][0].isupper():
        capitals, word = capitals + 1, after
    return capitals >= (fewest if plain(family) in first_words() else 1)


_MIDDLE = re.compile(r" (?:Văn|Thị) (?=\w)")
"""The middle names that tell a person whatever the family's name is; a unit is looked for first."""


def _above(line: _Line, start: int, mention: Mention) -> tuple[set[str], int] | None:
    """Return the bare name of a district or province that a mention lies in, as in "Quang Trung (Hà Đông)"."""
    spans, keys = words_from(line.text, start)
    for number in range(len(keys), 0, -1):
        key = keys[number - 1]
        codes = not key.isdigit() and {  # "phường 7, 11" are two wards
            above.code
            for unit in mention.units or mention.later
            for chain in chains(unit, line.day)
            for above in chain.values()
            if above.level != mention.level and key_of(above.name) == key
        }
        if codes:
            return codes, spans[number - 1][1]
    return None
