"""Where an article belongs on its day, by its portal and by what its section, title and first lines name; and today.

A place is named by a word of kind and a name ("phường Phúc Lợi", "P.5", "HUYỆN GIA LÂM"); it counts where exactly one
unit of that kind and name stood within the portal's unit on the day. What is not sure is left out, and told.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from wardnews.items import Place
from wardnews.places.units import DISTRICTS_END, KNOWN_SINCE, WARDS, Chain, Unit, agreed, chain_on, chains, table

UNSURE = "place_unsure"
"""The flag of an article whose title or first lines name a place that could not be told for sure."""
_LEVELS = ("ward", "district", "province")
_LINES = 2
_LOOKED_AT = 400


@dataclass(slots=True)
class Where:
    """Tell where an article belongs; `basis` is what told the most precise place, `unsure` that more was named."""

    ward: Place | None = None
    district: Place | None = None
    province: Place | None = None
    basis: str | None = None
    unsure: bool = False

    def and_on(self, other: "Where") -> "Where":
        """Give what holds on both of two days, for an article that may be of either."""
        return Where(
            ward := self.ward if self.ward == other.ward else None,
            district := self.district if self.district == other.district else None,
            province := self.province if self.province == other.province else None,
            self.basis if self.basis == other.basis else "site",
            self.unsure or other.unsure or (ward, district, province) != (self.ward, self.district, self.province),
        )


def where(unit: str | None, day: str, section: str | None, title: str, lines: Iterable[str]) -> Where:
    """Find where an article belongs; `unit` is its portal's code, `day` an ISO date, `lines` its lead and paragraphs.

    >>> where("004", "2021-04-05", None, "Hội nghị phường Thượng Thanh", []).ward
    Place(name='Thượng Thanh', code='00115')
    >>> where("004", "2021-04-05", None, "Phường Giang Biên và phường Việt Hưng giao lưu", [])
    Where(ward=None, district=Place(name='Long Biên', code='004'), province=Place(name='Hà Nội', code='01'), \
basis='site', unsure=True)
    """
    base = chain_on(unit, day) if unit else {}
    if unit and (not base or table()[unit][0].level == "ward"):
        chain, basis, unsure = base, "site" if base else None, False
    else:
        chain, basis, unsure = _read(base, day, section, title, lines)
    ward, district, province = (
        Place(chain[level].name, chain[level].code) if level in chain else None for level in _LEVELS
    )
    return Where(ward, district, province, basis, unsure)


def _read(
    base: Chain, day: str, section: str | None, title: str, lines: Iterable[str]
) -> tuple[Chain, str | None, bool]:
    """Read the parts in their order, down to the first that names a place."""
    of_site = "site" if base else None
    told = _told(section or "", base, day)
    if len(told.chain) > len(base) and not told.doubt:
        return told.chain, "section", False
    told = _told(title, base, day)
    if told.names:
        unsure = told.doubt or bool(base and not told.chain)
        return told.chain or base, "title" if len(told.chain) > len(base) else of_site, unsure
    bare = _bare(title, base, day)
    for line in islice(filter(None, lines), _LINES):
        told = _told(_head(line), base, day)
        if bare and "ward" in told.chain and told.chain["ward"].code not in bare:
            break
        if told.chain or told.doubt:
            return told.chain or base, "body" if len(told.chain) > len(base) else of_site, told.doubt
    return base, of_site, bool(bare)


def _head(line: str) -> str:
    """Give the first part of a line, up to where no name is cut."""
    if len(line) <= _LOOKED_AT:
        return line
    return line[: max(0, *(line.rfind(mark, 0, _LOOKED_AT) for mark in ".,;"))]


# --- what a line names ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Mention:
    """Hold one place that a line names: the units that it may be on the day, and those that it is said to be in."""

    level: str
    units: list[Unit]
    end: int
    within: list[set[str]] = field(default_factory=list)
    former: bool = False


@dataclass(slots=True)
class _Told:
    """Hold what a line tells: `chain` is the place, at least the portal's own; `names`: it names any place at all.

    `doubt`: it names more of the portal's area than `chain`, or what may be there.
    """

    chain: Chain
    names: bool = False
    doubt: bool = False


def _told(line: str, base: Chain, day: str) -> _Told:
    further = {unit.code for unit in base.values()} - {_code(base)}  # "thành phố Hà Nội" on a district's portal
    mentions = [one for one in _mentions(line, day) if further.isdisjoint(unit.code for unit in one.units)]
    if not mentions:
        return _Told({})
    found = [_resolve(mention, base, day) for mention in mentions]
    districts = {chain["district"].code for chain, _ in found if chain and chain.keys() >= {"district"}}
    if len(districts) == 1:  # "Huyện Gia Lâm: Xã Kim Sơn …"
        found = [
            one if one[0] or not (nearer := _resolve(mention, base, day, districts))[0] else nearer
            for one, mention in zip(found, mentions, strict=True)
        ]
    ours = [chain for chain, _ in found if chain]
    doubtful = {mention.level for (chain, doubt), mention in zip(found, mentions, strict=True) if doubt and not chain}
    if not ours:
        return _Told({}, names=True, doubt=bool(doubtful))
    deepest = max(ours, key=len)
    same = all(_codes(chain) <= _codes(deepest) for chain in ours)
    chain = deepest if same else agreed(ours)
    if doubtful:
        sure = _LEVELS[1 + max(map(_LEVELS.index, doubtful)) :]
        chain = {level: unit for level, unit in chain.items() if level in sure or level in base}
    return _Told(_known(chain, base, mentions, day), names=True, doubt=bool(doubtful) or not same)


def _resolve(mention: _Mention, base: Chain, day: str, districts: set[str] | None = None) -> tuple[Chain | None, bool]:
    """Find the one unit of the portal's area that a mention means; else tell whether it may be one of them."""
    scope = _code(base)
    said = [*mention.within, districts] if districts else mention.within
    if mention.former or not mention.units or not all(said):
        return None, bool(base or mention.units)
    found: dict[str, list[Chain]] = {}
    for unit in mention.units:
        for chain in chains(unit, day) if _may_lie_in(unit, scope) else ():
            codes = _codes(chain)
            if (not scope or scope in codes) and all(codes & units for units in said):
                found.setdefault(unit.code, []).append(chain)
    if len(found) == 1 and (scope or said):
        return agreed(*found.values()), False
    ours = scope and any(scope in _codes(chain_on(code, day)) for codes in said for code in codes)
    return None, bool(len(found) > 1 or ours or (not scope and mention.level == "ward"))


def _known(chain: Chain, base: Chain, mentions: list[_Mention], day: str) -> Chain:
    """Leave out a district that nobody names on a day of which the table does not know all units."""
    if day >= KNOWN_SINCE or "district" not in chain or "district" in base:
        return chain
    named = {unit.code for mention in mentions for unit in mention.units}
    named.update(code for mention in mentions for codes in mention.within for code in codes)
    if chain["district"].code in named:
        return chain
    return {level: unit for level, unit in chain.items() if level != "district"}


def _codes(chain: Chain) -> set[str]:
    return {unit.code for unit in chain.values()}


def _code(base: Chain) -> str:
    return next((base[level].code for level in _LEVELS if level in base), "")


# --- names in a line -----------------------------------------------------------------------------------------

_KIND = re.compile(  # each alternative begins with a letter, so that it is looked for fast; the ends are checked after
    "hợp tác xã|bệnh xã|công xã|tân hoa xã|bưu xã|thương xã|htx|xã hội"  # no communes
    "|phường|thị trấn|thị xã|xã|đặc khu|quận|huyện|thành phố|tỉnh"
    r"|thành(?= (?:ủy|uỷ|đoàn))|thị(?= (?:ủy|uỷ|đoàn))|tt(?=[. ])|tx(?=[. ])|tp(?=[. ]|hcm)"
    r"|p(?=\.|\d)|x(?=\.)|q(?=\.|\d)|h(?=\.)"
)
_SPACE = re.compile(r"\s+")
_DOT = re.compile(r"\.?\s*")
_SEAT = re.compile(r"(?:ủy|uỷ|đoàn|đội|đảo)\s+")
_WHOLE = ("phường", "thị trấn", "thị xã", "xã", "đặc khu", "quận", "huyện", "thành phố", "tỉnh")
_SHORT = {"tt": "thị trấn", "tx": "thị xã", "tp": "thành phố", "p": "phường", "x": "xã", "q": "quận", "h": "huyện"}
_KINDS = dict(zip(_WHOLE, _WHOLE, strict=True)) | _SHORT | {"thành": "thành phố", "thị": "thị xã"}
_ABOVE: dict[str, tuple[str, ...]] = {
    "ward": ("quận", "huyện", "thị xã", "thành phố", "tỉnh"),
    "district": ("thành phố", "tỉnh"),
    "province": (),
}
"""The kinds of what a place lies in, where the one is named right after the other."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*['’]?")
_BETWEEN = re.compile(r"\s+(?:[-–]\s+)?|[-–]")
_FORMER = re.compile(r"\s*\(?\s*(?:cũ|mới|trước đây)\b")
_MANY = re.compile(r"(?:các|những|hai|ba|bốn|năm|sáu|bảy|tám|\d+)\s+$")
_LISTED = re.compile(r"\s*:")
_COUNTED = re.compile(r"[./]\d|\s+(?:năm|tháng|ngày|tuần|lần|giờ|hộ|người|tổ(?! chức)|giải|đơn vị|cá nhân)\b")
_LINK = re.compile(r"\s*(?:(?P<in>[,;(–-])|và\b|với\b|cùng\b|&)\s*")
_GAP = re.compile(r"[\s,;(–-]*(?:thuộc|của|ở|tại)?\s*")
_LONGEST = 5
_FAMILIES = frozenset(
    "An Bùi Cao Chu Diệp Doãn Dương Hà Hoàng Huỳnh Hồ Khuất Kiều La Lâm Lê Lò Lương Lưu Lý Mai Nghiêm Nguyễn Ngô Nông "
    "Phan Phùng Phạm Quách Thái Tô Tôn Tạ Tống Trang Triệu Trương Trần Trịnh Từ Viên Võ Vũ Vương Vi Đinh Đoàn Đào Đàm "
    "Đặng Đỗ Đồng".split()
)


@dataclass(frozen=True, slots=True)
class _Line:
    """Hold a line, the same in small letters, and its day."""

    text: str
    low: str
    day: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """Hold a word of kind as a line has it: `loud` in capitals, as all around it may be, `short` as "P." or "TP"."""

    name: str
    level: str
    loud: bool
    short: bool


def _mentions(text: str, day: str) -> list[_Mention]:
    """Find the places that a line names by kind and name."""
    line = _Line(text, text.lower(), day)
    found: list[_Mention] = []
    if len(line.low) != len(text):  # letters that no Vietnamese text has
        return found
    for match in _KIND.finditer(line.low):
        if kind := _kind(line, match):
            mentions = (_mention(line, start, kind) for start in _starts(line, match))
            if mention := next(filter(None, mentions), None):
                _add(found, mention, line, match.start(), kind)
            elif _LISTED.match(line.low, match.end()) and _MANY.search(line.low[: match.start()]):
                found.append(_Mention(kind.level, [], match.end()))
    return found


def _kind(line: _Line, match: re.Match[str]) -> _Kind | None:
    """Tell the kind that a word means; None where it is a part of another word, or no short form."""
    word, start = match[0], match.start()
    short = word in _SHORT
    if word not in _KINDS or (start and line.low[start - 1].isalnum()) or (short and not line.text[start].isupper()):
        return None
    name = _KINDS[word]
    return _Kind(name, _level(name), not short and line.text[start : match.end()].isupper(), short)


def _starts(line: _Line, match: re.Match[str]) -> tuple[int, ...]:
    """Give where the name after a word of kind may start: "Quận ủy Long Biên", but "phường Đội Cấn"."""
    between = (_DOT if match[0] in _SHORT else _SPACE).match(line.low, match.end())
    if not between:
        return ()
    seat = _SEAT.match(line.low, between.end())
    return (between.end(), seat.end()) if seat else (between.end(),)


def _add(found: list[_Mention], mention: _Mention, line: _Line, start: int, kind: _Kind) -> None:
    """Add a place that is named, or let it tell where the one before it lies; and add the names that follow it."""
    last = found[-1] if found else None
    if last and kind.name in _ABOVE[last.level] and _GAP.fullmatch(line.low, last.end, start):
        last.within.append({unit.code for unit in mention.units})
        last.end = mention.end
        if last.level == "ward" and mention.units:
            found.insert(-1, mention)
        return
    found.append(mention)
    many = bool(_MANY.search(line.low[:start]))
    while link := _LINK.match(line.low, mention.end):
        if link["in"] and not many and (above := _above(line, link.end(), mention)):
            mention.within.append(above[0])
            mention.end = above[1]
        elif (further := _mention(line, link.end(), kind)) and further.units:
            found.append(further)
            mention = further
        else:
            return


def _mention(line: _Line, start: int, kind: _Kind) -> _Mention | None:
    """Read the name at a place of a line, the longest that any unit has; None where no name stands there."""
    names = _names()[kind.name]
    spans, keys = _words(line.text, start)
    for number in range(len(keys), 0, -1):
        units = names.get(" ".join(keys[:number]))
        first, end = spans[number - 1]
        if units and _capital(line.text, first):
            if keys[0].isdigit() and number == 1 and _COUNTED.match(line.low, end):
                return None
            if not kind.loud and _goes_on(line.text, end):
                return _Mention(kind.level, [], end)
            on_day = [unit for unit in units if unit.holds_on(line.day)]
            return _Mention(kind.level, on_day, end, former=bool(_FORMER.match(line.low, end)))
    if kind.loud or kind.short or not keys or _is_person(line.text, start):
        return None
    return _Mention(kind.level, [], spans[0][1])


def _words(line: str, start: int) -> tuple[list[tuple[int, int]], list[str]]:
    """Give spans and spellings of the words from a place on, as many as a name may have."""
    spans: list[tuple[int, int]] = []
    keys: list[str] = []
    while len(keys) < _LONGEST and (word := _WORD.match(line, start)):
        spans.append(word.span())
        keys.append(_plain(word[0]))
        if not (between := _BETWEEN.match(line, word.end())):
            break
        start = between.end()
    if keys and not _capital(line, spans[0][0]):
        return [], []
    return spans, keys


def _capital(line: str, place: int) -> bool:
    return line[place].isupper() or line[place].isdigit()


def _goes_on(line: str, end: int) -> bool:
    """Tell whether a name goes on after its end: a capital word follows that is no person, kind or short form."""
    if not line.startswith(" ", end) or not (word := _WORD.match(line, end + 1)) or not line[end + 1].isupper():
        return False
    following = word[0]
    if following.isupper() or following.lower() in ("phường", "xã", "thị", "quận", "huyện", "thành", "tỉnh"):
        return False
    return not _is_person(line, end + 1)


def _is_person(line: str, start: int) -> bool:
    """Tell whether a person's name starts at a place: a family's name, and another capital word."""
    word = _WORD.match(line, start)
    after = _WORD.match(line, word.end() + 1) if word else None
    return bool(word and after and word[0] in _FAMILIES and after[0][0].isupper())


def _above(line: _Line, start: int, mention: _Mention) -> tuple[set[str], int] | None:
    """Read the bare name of a district or province that a mention lies in, as in "Quang Trung (Hà Đông)"."""
    spans, keys = _words(line.text, start)
    for number in range(len(keys), 0, -1):
        key = " ".join(keys[:number])
        codes = {
            above.code
            for unit in mention.units
            for chain in chains(unit, line.day)
            for above in chain.values()
            if above.level != mention.level and _key(above.name) == key
        }
        if codes:
            return codes, spans[number - 1][1]
    return None


_THING = re.compile(
    r"(?<!\w)(?:đường|phố|cầu|vượt|chợ|trường|thcs|thpt|học|non|hồ|sông|núi|chùa|đình|đền|miếu|viện|viên|khu|làng|thôn|tổ|ga|bến"
    r"|bay|ty|ngõ|lộ|giao|hầm|trang|nghiệp|thị|cư|án|quán|xe|tâm|hiệu|trại|xóm|bản|đảo|biển|bãi|thác|suối|đồi|đèo|hang|động|cảng|đạo|đồng|tháp|thành|xã|ông|bà|anh"
    r"|chị|em|cháu|chí|sĩ|báo|sư|họ|cúp|clb|đội|bưởi|cam|gạo|rượu|gốm|phủ|lăng|vịnh|đầm|kênh|đập)\W*$",
    re.IGNORECASE,
)
"""What makes a bare name that of a street, a bridge, a school, a person or a product."""


def _bare(title: str, base: Chain, day: str) -> set[str]:
    """Give the wards of the portal's area whose names stand in a title without a word that says what they name."""
    scope = _code(base)
    bare: set[str] = set()
    if not scope or title.isupper():
        return bare
    last, own = 0, _key(base["province"].name) if "province" in base else ""
    thing = False
    for start, end in _runs(title):
        key, between = _key(title[start:end]), title[last:start]
        thing = bool(_THING.search(between)) or (thing and between.strip() in ("-", "–"))
        units = _wards().get(key, ()) if key != own else ()
        if units and not thing:
            near = [unit for unit in units if unit.holds_on(day) and _may_lie_in(unit, scope)]
            bare.update(unit.code for unit in near if any(scope in _codes(chain) for chain in chains(unit, day)))
        last = end
    return bare


def _runs(title: str) -> Iterator[tuple[int, int]]:
    """Find the runs of capital words in a title."""
    start = end = 0
    for word in _WORD.finditer(title):
        if start < end and title[end : word.start()] == " " and _capital(title, word.start()):
            end = word.end()
            continue
        if start < end:
            yield start, end
        start, end = word.span() if title[word.start()].isupper() else (0, 0)
    if start < end:
        yield start, end


def _may_lie_in(unit: Unit, scope: str) -> bool:
    """Tell whether a unit ever lay in another: faster than its chains."""
    return scope in ("", unit.code, unit.parent) or any(up.parent == scope for up in table().get(unit.parent, ()))


# --- today ---------------------------------------------------------------------------------------------------


def today_lines(lines: Iterable[str]) -> Iterator[str]:
    """Give the JSON lines of records with their places as of today; see `as_of_today`."""
    return (json.dumps(as_of_today(json.loads(line)), ensure_ascii=False) for line in lines)


def as_of_today(record: dict[str, Any]) -> dict[str, Any]:
    """Give a record with its places as the units of today; `district` is null, for there are none.

    Where the most precise place became one ward, that is `ward`. Where it became many, `ward` is null and a flag tells
    their codes: `place_split:00118+00145`. Where the table does not know what it became, a flag says `place_ended`.

    >>> long_bien = {"name": "Long Biên", "code": "00145"}
    >>> record = {"ward": long_bien, "district": {"name": "Long Biên", "code": "004"}, "province": {"code": "01"}}
    >>> as_of_today(record | {"published": "2022-02-27", "flags": []})["flags"]
    ['place_split:00118+00145']
    """
    named = [record[level] for level in _LEVELS if record[level]]
    if not named:
        return record
    past = bool(record["district"]) or (record["published"] or "9") < DISTRICTS_END
    heirs = _heirs(named[0]["code"], named[0]["name"], past=past)
    flags = list(record["flags"])
    if not heirs:
        flags.append("place_ended")
        heirs = _heirs(named[-1]["code"], named[-1]["name"], past=past)
    elif len(heirs) > 1:
        flags.append(f"place_split:{'+'.join(unit.code for unit in heirs)}")
    above = agreed([chain_on(unit.code, _OPEN) for unit in heirs])
    today = {level: {"name": unit.name, "code": unit.code} for level, unit in above.items()}
    return record | {level: today.get(level) for level in _LEVELS} | {"flags": flags}


@lru_cache(maxsize=1 << 12)
def _heirs(code: str, name: str, *, past: bool) -> list[Unit]:
    """Give the units of today that a unit became, itself where it stands; nothing where that is not known."""
    units = [unit for unit in table().get(code, ()) if unit.name == name]
    if past:
        units = [unit for unit in units if unit.valid_from < DISTRICTS_END]
    if not units or not units[-1].valid_to:
        return units[-1:]
    return [unit for heir in units[-1].successors.split() for unit in table()[heir] if not unit.valid_to]


_OPEN = "9999-12-31"


# --- spelling ------------------------------------------------------------------------------------------------

_TONES = "\u0300\u0301\u0303\u0309\u0323"


@lru_cache(maxsize=1 << 16)
def _plain(word: str) -> str:
    """Spell a word one way: small letters, the tone at its end, `i` for a single `y`, no leading zeros.

    >>> _plain("Thuỵ") == _plain("THỤY"), _plain("Hoà") == _plain("Hòa"), _plain("05"), _plain("Qui") == _plain("Quy")
    (True, True, '5', True)
    """
    letters = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    plain = unicodedata.normalize("NFC", "".join(letter for letter in letters if letter not in _TONES))
    tone = "".join(letter for letter in letters if letter in _TONES)
    if plain.endswith("y") and not any(vowel in plain[:-1].removeprefix("qu") for vowel in "aeouâêôơưă"):
        plain = plain[:-1] + "i"
    return (plain.lstrip("0") or plain) + tone


@lru_cache(maxsize=1 << 12)
def _key(name: str) -> str:
    return " ".join(map(_plain, _WORD.findall(name)))


@cache
def _names() -> dict[str, dict[str, list[Unit]]]:
    """Give all units by kind and spelling."""
    names: dict[str, dict[str, list[Unit]]] = {}
    for units in table().values():
        for unit in units:
            names.setdefault(unit.kind, {}).setdefault(_key(unit.name), []).append(unit)
    names["thành phố"]["hcm"] = names["thành phố"][_key("Hồ Chí Minh")]
    return names


@cache
def _wards() -> dict[str, list[Unit]]:
    """Give the wards of all kinds by spelling."""
    wards: dict[str, list[Unit]] = {}
    for kind in WARDS:
        for key, units in _names()[kind].items():
            wards.setdefault(key, []).extend(units)
    return wards


@cache
def _level(kind: str) -> str:
    if kind in WARDS:
        return "ward"
    return "province" if kind == "tỉnh" else "district"
