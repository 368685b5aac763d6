"""The wards that a title names without a word of kind: "Bồ Đề: Xuân về trên bãi giữa"."""

import re
from collections.abc import Iterator

from wardnews.places.mentions import is_capital
from wardnews.places.spelling import WORD, key_of, wards_by_name
from wardnews.places.units import Chain, chains, code_of, codes_of, may_lie_in

_THING = re.compile(
    r"(?<!\w)(?:quận|huyện|tỉnh|phường|trấn|ủy|uỷ|đoàn|đường|phố|cầu|vượt|chợ|trường|thcs|thpt|học|non|hồ|sông|núi|chùa|đình|đền|miếu|viện|viên|khoa|khu|làng|thôn|tổ|ga|bến"
    r"|bay|ty|ngõ|lộ|giao|hầm|trang|nghiệp|thị|cư|án|quán|xe|tâm|hiệu|trại|xóm|bản|đảo|biển|bãi|thác|suối|đồi|đèo|hang|động|cảng|đạo|đồng|tháp|thành|xã|ông|bà|anh"
    r"|chị|em|cháu|chí|sĩ|báo|sư|họ|cúp|clb|đội|bưởi|cam|gạo|rượu|gốm|phủ|lăng|vịnh|đầm|kênh|đập)\W*$",
    re.IGNORECASE,
)
"""What makes a bare name that of a street, a bridge, a school, a person or a product."""
_LOOKED_BACK = 16


def bare_wards(title: str, base: Chain, day: str) -> dict[str, str]:
    """Return the wards of the portal's area that a title names without a word of kind: the spelling by the code."""
    scope = code_of(base)
    bare: dict[str, str] = {}
    if not scope or title.isupper():
        return bare
    last, own = 0, key_of(base["province"].name) if "province" in base else ""
    thing = False
    for start, end in _runs(title):
        key, between = key_of(title[start:end]), title[last:start]
        thing = bool(_THING.search(between, len(between) - _LOOKED_BACK)) or (thing and between.strip() in ("-", "–"))
        units = wards_by_name().get(key, ()) if key != own else ()
        if units and not thing:
            near = [unit for unit in units if unit.holds_on(day) and may_lie_in(unit, scope)]
            ours = (unit for unit in near if any(scope in codes_of(chain) for chain in chains(unit, day)))
            bare.update(dict.fromkeys((unit.code for unit in ours), key))
        last = end
    return bare


def _runs(title: str) -> Iterator[tuple[int, int]]:
    """Return the runs of capital words in a title."""
    start = end = 0
    for word in WORD.finditer(title):
        if start < end and title[end : word.start()] == " " and is_capital(title, word.start()):
            end = word.end()
            continue
        if start < end:
            yield start, end
        start, end = word.span() if title[word.start()].isupper() else (0, 0)
    if start < end:
        yield start, end
