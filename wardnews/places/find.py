"""Where an article belongs on its day, by its portal and by what its section, title and first lines name.

A place is named by a word of kind and a name ("phường Phúc Lợi", "P.5", "HUYỆN GIA LÂM"); it counts where exactly one
unit of that kind and name stood within the portal's unit on the day. What is not sure is left out, and flagged.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from wardnews.items import Place
from wardnews.places.bare_names import bare_wards
from wardnews.places.context import BEFORE, CREDIT, HONOUR, ORIGIN, PART, REFERENCE, VISITED
from wardnews.places.mentions import Mention, mentions_in
from wardnews.places.spelling import key_of
from wardnews.places.units import (
    KNOWN_SINCE,
    LEVELS,
    Chain,
    Unit,
    agreed,
    chain_on,
    chains,
    code_of,
    codes_of,
    may_lie_in,
    table,
)
from wardnews.text.strings import nfc

UNSURE = "place_unsure"
"""The flag of an article whose title or first lines name a place of which it is not sure which it is."""
_LINES = 2
_LOOKED_AT = 400
_ASIDE = frozenset((HONOUR, PART, REFERENCE, VISITED, ORIGIN, CREDIT, BEFORE))


@dataclass(slots=True)
class Where:
    """Where an article belongs; `basis` is the part that names the most precise place, `unsure`: more was named.

    `read`: what each part says that was read.
    """

    ward: Place | None = None
    district: Place | None = None
    province: Place | None = None
    basis: str | None = None
    unsure: bool = False
    read: list["Reading"] = field(default_factory=list, repr=False, compare=False)

    def and_on(self, other: "Where") -> "Where":
        """Return what holds on both of two days, for an article that may be of either."""
        return Where(
            ward := self.ward if self.ward == other.ward else None,
            district := self.district if self.district == other.district else None,
            province := self.province if self.province == other.province else None,
            self.basis if self.basis == other.basis else "site",
            self.unsure or other.unsure or (ward, district, province) != (self.ward, self.district, self.province),
            self.read,
        )


def where(unit: str | None, day: str, section: str | None, title: str, lines: Iterable[str]) -> Where:
    """Return where an article belongs; `unit` is its portal's code, `day` an ISO date, `lines` its lead and paragraphs.

    >>> where("004", "2021-04-05", None, "Hội nghị phường Thượng Thanh", []).ward
    Place(name='Thượng Thanh', code='00115')
    >>> where("004", "2021-04-05", None, "Phường Giang Biên và phường Việt Hưng giao lưu", [])
    Where(ward=None, district=Place(name='Long Biên', code='004'), province=Place(name='Hà Nội', code='01'), \
basis='site', unsure=True)
    """
    base = chain_on(unit, day) if unit else {}
    if unit and (not base or table()[unit][0].level == "ward"):
        found = _Found(base, "site" if base else None)
    else:
        found = _read_parts(base, day, section, nfc(title), lines)
    ward, district, province = (
        Place(found.chain[level].name, found.chain[level].code) if level in found.chain else None for level in LEVELS
    )
    return Where(ward, district, province, found.basis, found.unsure, found.read)


@dataclass(slots=True)
class _Found:
    """What the parts of an article say that were read: first the portal's own unit, then a place in it."""

    chain: Chain
    basis: str | None
    unsure: bool = False
    read: list["Reading"] = field(default_factory=list)

    def take(self, reading: "Reading") -> None:
        """Take the place of a part, where it names one."""
        if len(reading.chain) > len(self.chain):
            self.basis = reading.part
        self.chain, self.unsure = reading.chain or self.chain, reading.doubt


def _read_parts(base: Chain, day: str, section: str | None, title: str, lines: Iterable[str]) -> _Found:
    """Return what the parts say in their order, down to the first that names a place."""
    found = _Found(base, "site" if base else None)
    found.read.append(read := read_line("section", section or "", base, day))
    if len(read.chain) > len(base) and not read.doubt:
        found.take(read)
        return found
    found.read.append(read := read_line("title", title, base, day))
    if read.names and not read.own:
        found.take(read)
        found.unsure |= bool(base and not read.chain)
        return found
    own, bare = read.own, bare_wards(title, base, day)
    for line in islice(filter(None, lines), _LINES):
        found.read.append(read := read_line("body", _head(line), base, day, by_owner=own))
        if bare and "ward" in read.chain and not _agrees(read.chain, bare):
            break
        if read.chain or read.doubt:
            found.take(read)
            return found
    found.unsure = bool(bare)
    return found


def _agrees(chain: Chain, bare: dict[str, str]) -> bool:
    """Whether a ward is what a title names, or lies in the district that it may name: most had a town so called."""
    return chain["ward"].code in bare or ("district" in chain and key_of(chain["district"].name) in bare.values())


def _head(line: str) -> str:
    """Return the first part of a line, up to where no name is cut."""
    if len(line) <= _LOOKED_AT:
        return line
    return line[: max(0, *(line.rfind(mark, 0, _LOOKED_AT) for mark in ".,;"))]


@dataclass(slots=True)
class Reading:
    """What a line says: `chain` is the place, at least the portal's own; `names`: it names any place at all.

    `doubt`: it names more of the portal's area than `chain`, or what may be there. `own`: all that it names is the
    portal's own unit. `part` is the part of the article that `line` is; each of its `mentions` is the unit of `chains`
    at its place, or none of the portal's area.
    """

    chain: Chain
    names: bool = False
    doubt: bool = False
    own: bool = False
    part: str = ""
    line: str = ""
    mentions: list[Mention] = field(default_factory=list)
    chains: list[Chain | None] = field(default_factory=list)


def read_line(part: str, line: str, base: Chain, day: str, *, by_owner: bool = False) -> Reading:
    """Return what a line says of the area of a portal; `by_owner`: of an article of which the portal's unit is one."""
    line = nfc(line)
    ignored = _ASIDE if by_owner else _ASIDE - {VISITED}
    further = {unit.code for unit in base.values()} - {code_of(base)}  # "thành phố Hà Nội" on a district's portal
    every = [one for one in mentions_in(line, day) if further.isdisjoint(unit.code for unit in one.units)]
    mentions = [one for one in every if one.aside not in ignored]
    reading = Reading({}, part=part, line=line, mentions=every)
    if not mentions:
        reading.chains = [None] * len(every)
        return reading
    found = _resolve_all(mentions, base, day)
    resolved = iter(found)
    reading.chains = [None if mention.aside in ignored else next(resolved)[0] for mention in every]
    reading.names = True
    ours = [chain for chain, _ in found if chain]
    doubtful = {mention.level for (chain, doubt), mention in zip(found, mentions, strict=True) if doubt and not chain}
    reading.doubt = bool(doubtful)
    if not ours:
        return reading
    deepest = max(ours, key=len)
    same = all(codes_of(chain) <= codes_of(deepest) for chain in ours)
    chain = deepest if same else agreed(ours)
    if doubtful:
        sure = LEVELS[1 + max(map(LEVELS.index, doubtful)) :]
        chain = {level: unit for level, unit in chain.items() if level in sure or level in base}
    reading.doubt = bool(doubtful) or not same
    reading.own = bool(base) and not reading.doubt and len(ours) == len(mentions) and len(chain) == len(base)
    reading.chain = _without_unknown_district(chain, base, mentions, day)
    return reading


def _resolve_all(mentions: list[Mention], base: Chain, day: str) -> list[tuple[Chain | None, bool]]:
    """Return the unit of each mention, and its doubt; a district that is named tells one ward from its namesakes."""
    found = [_resolve(mention, base, day) for mention in mentions]
    if any(mention.heirs for mention in mentions):
        found = _without_doubt_of_before(found, mentions)
    districts = {chain["district"].code for chain, _ in found if chain and chain.keys() >= {"district"}}
    if len(districts) != 1:
        return found
    return [  # "Huyện Gia Lâm: Xã Kim Sơn …"
        one if one[0] or not (nearer := _resolve(mention, base, day, districts))[0] else nearer
        for one, mention in zip(found, mentions, strict=True)
    ]


def _without_doubt_of_before(
    found: list[tuple[Chain | None, bool]], mentions: list[Mention]
) -> list[tuple[Chain | None, bool]]:
    """Return units and doubts without the doubt of a ward of before that went over to one that is named with it."""
    ours = {chain["ward"].code for chain, _ in found if chain and "ward" in chain}
    return [  # "xã Bát Tràng sửa nhà văn hóa xã Đa Tốn cũ"
        (None, False) if mention.level == "ward" and mention.heirs & ours else one
        for one, mention in zip(found, mentions, strict=True)
    ]


def _resolve(mention: Mention, base: Chain, day: str, districts: set[str] | None = None) -> tuple[Chain | None, bool]:
    """Return the one unit of the portal's area that a mention means; else whether it may be one of them."""
    scope = code_of(base)
    said = [*mention.within, districts] if districts else mention.within
    if mention.former or not (mention.units or mention.later) or not all(said):
        return None, bool(base or mention.units or mention.level == "ward")
    found = _among(mention.units, scope, day, said)
    if not found and (mention.level != "ward" or said or "district" in base):
        found = _among(mention.later, scope, day, said)
    if len(found) == 1 and (scope or said):
        return agreed(*found.values()), False
    ours = scope and any(scope in codes_of(chain_on(code, day)) for codes in said for code in codes)
    return None, bool(len(found) > 1 or ours or (not scope and mention.level == "ward"))


def _among(units: Iterable[Unit], scope: str, day: str, said: list[set[str]]) -> dict[str, list[Chain]]:
    """Return the chains on a day of those units, by code, that lie in a portal's area and in all that is said."""
    found: dict[str, list[Chain]] = {}
    for unit in units:
        for chain in chains(unit, day) if may_lie_in(unit, scope) else ():
            codes = codes_of(chain)
            if (not scope or scope in codes) and all(codes & places for places in said):
                found.setdefault(unit.code, []).append(chain)
    return found


def _without_unknown_district(chain: Chain, base: Chain, mentions: list[Mention], day: str) -> Chain:
    """Return a chain without a district that nobody names on a day of which the table does not know all units."""
    if day >= KNOWN_SINCE or "district" not in chain or "district" in base:
        return chain
    named = {unit.code for mention in mentions for unit in (*mention.units, *mention.later)}
    named.update(code for mention in mentions for codes in mention.within for code in codes)
    if chain["district"].code in named:
        return chain
    return {level: unit for level, unit in chain.items() if level != "district"}
