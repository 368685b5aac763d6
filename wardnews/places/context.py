"""What stands before or after a place in a line and says that the article is not of it: the sea, plans, honours."""

import re

from wardnews.places.spelling import WORD

REFERENCE, PLANNED, HONOUR, PART, VISITED, ORIGIN, CREDIT, BEFORE = (
    "a point of reference", "a plan", "an honour", "a part of another name", "a place that is visited",
    "where somebody is from", "a credit", "what the place was before",
)  # fmt: skip
_SIDE = "(?:đông|tây|nam|bắc)"
_ISLAND = r"(?:(?:quần )?đảo\s+)?$"
_FAR = re.compile(r"\bcách\s+(?:(?:bờ biển|ven biển|bờ|đất liền|mũi|(?:quần )?đảo|vùng biển)\s+)*$")
_SO_FAR = re.compile(r"[^.;]{0,40}?\d[\d.,]*(?:\s*[-–]\s*\d+)?\s*(?:km|ki-?l[oô]-?m[eé]t|cây số|hải lý|mét|m)\b")
_BESIDE = re.compile(rf"\bphía\s+{_SIDE}(?:[\s-]+{_SIDE}){{0,2}}\s+(?:của\s+|so với\s+)?{_ISLAND}")
_AT_SEA = re.compile(
    r"(?:\b(?:(?:vùng|khu vực|mặt)\s+biển|ngoài khơi|hải phận|ngư trường)"
    r"(?:\s+(?:ngoài khơi|xung quanh|quanh|giữa|thuộc|ven bờ|gần|của|từ|tỉnh|và))*"
    rf"|\bvùng biển[^.;,]{{1,60}}\s(?:đến|tới|và|[-–]))\s+{_ISLAND}"
)
"""The sea around an island is not the island; "bãi biển" and "bờ biển" are the land."""
_NEAR = re.compile(r"\b(?:giáp(?: ranh| giới)?|liền kề|gần|đối diện)(?:\s+(?:với|địa phận|địa bàn|khu vực))*\s+$")
_HOME = re.compile(r"(?<!về )(?<!thăm )\b(?:quê(?: quán| gốc)?|nguyên quán)(?::| ở| tại)?\s+$")
_ROLE = "(?:tin|bài|ảnh|viết)"
_BYLINE = re.compile(
    rf"(?:[.!?…”)]\s+{_ROLE}|(?:^|[.!?…”)]\s+)(?:{_ROLE}(?:(?:,| và| -|/)?\s*{_ROLE})+|nguồn|tác giả|thực hiện))"
    r"\s*:[^.;:]*$"
)
"""The line or sentence that names who wrote; a title such as "Ảnh: …" is of a series of pictures."""
_PLAN = r"\b(?:dự kiến|phương án|đề án|dự thảo|đề xuất|kế hoạch|chủ trương|lấy ý kiến)"
_NEW = (
    r"(?:thành lập|lập|hình thành|(?:sắp xếp|sáp nhập|hợp nhất|nhập|chia(?: tách)?|tách|đổi(?: tên)?|lấy tên|nâng) "
    r"(?:lại )?(?:thành|là)|lấy tên|mang tên|tên gọi|gọi)(?: là)?"
)
_TO_BE = re.compile(
    rf"{_PLAN}[^.;]*\b{_NEW}\s+(?:(?:các|một|hai|ba|bốn|năm|\d+)\s+)?$"
    rf"|{_PLAN}[^.;]*\bthành\s+(?:\d+|một|hai|ba|bốn|năm)\s+(?:phường|xã|đơn vị|đặc khu)\b[^.;]*$"
    rf"|{_PLAN}\s+(?:\w+\s+){{0,3}}(?:có|gồm|còn|là)\s+$|\bphương án\s+$"
)
"""What is planned only: the object of founding or renaming, or one of those into which an area is to be divided."""
_TITLES = re.compile(
    r"nông thôn mới|ntm|văn (?:hóa|hoá)|văn minh|anh hùng|an toàn(?: khu)?|atk|kiểu mẫu|thông minh|đặc biệt|trọng điểm"
    r"|đạt chuẩn|phù hợp|không \w+|khu vực|bãi ngang|biên giới|vùng (?:cao|sâu|xa)|miền núi|điểm|tiên tiến|xuất sắc"
    r"|học tập|hạnh phúc|điện tử|du lịch|an ninh|xã hội|mạnh|nghèo|đô thị"
)
_VISIT = re.compile(r"\b(?:thăm|viếng|chúc mừng|chúc tết|giao lưu với|làm việc với)\s+$")
_THING = re.compile(
    r"(?<!\w)(?:đường|phố|cầu|chợ|trường|hồ|sông|núi|chùa|đình|đền|miếu|làng|thôn|ngõ|xóm|bản|họ|ga|bến|giống|cam|bưởi|gạo"
    r"|rượu|gốm|chè|vải|nhãn|quýt|đội|hiệu|thương hiệu)\s+$"
)
"""What a name with "Xã" in it is of: the oranges of Xã Đoài, the street of Xã Đàn."""


def aside(low: str, start: int, end: int) -> str:
    """Return why the place named from `start` to `end` of a line in small letters is not the article's, else "".

    >>> line = "tâm bão cách đặc khu cồn cỏ 150 km"
    >>> aside(line, line.index("đặc"), line.index(" 150"))
    'a point of reference'
    """
    before = low[max(0, start - _LOOKED_BACK) : start]
    if not _MAY_BE_ASIDE.search(before):
        return ""
    if any(pattern.search(before) for pattern in (_BESIDE, _AT_SEA, _NEAR)):
        return REFERENCE
    if _FAR.search(before) and _SO_FAR.match(low, end):
        return REFERENCE
    return next((why for why, pattern in _WHY.items() if pattern.search(before)), "")


_WHY = {PLANNED: _TO_BE, VISITED: _VISIT, ORIGIN: _HOME, CREDIT: _BYLINE}
_LOOKED_BACK = 120
_MAY_BE_ASIDE = re.compile(
    "cách|phía|biển|khơi|hải phận|ngư trường|dự kiến|phương án|đề án|dự thảo|đề xuất|kế hoạch|chủ trương|lấy ý kiến"
    "|thăm|viếng|chúc|giao lưu|làm việc|giáp|liền kề|gần|đối diện|quê|nguyên quán"
    "|(?:tin|bài|ảnh|viết|nguồn|giả|hiện) ?:"
)
"""The words of which one has to be there; looked for first, for few lines have any."""


def honour_end(text: str, low: str, start: int, *, loud: bool) -> int:
    """Return where the honour ends that follows a word of kind, "xã Nông thôn mới" or "phường Văn minh"; 0 for none.

    A name has a capital in every word; among words in capitals all (`loud`) nothing tells the two apart but the list.
    """
    found = _TITLES.match(low, start)
    if not found or text[found.end() :][:1].isalnum():
        return 0
    end = found.end()
    words = WORD.findall(text[start:end])
    return end if loud or len(words) == 1 or not all(word[0].isupper() for word in words) else 0


def is_part_of_name(text: str, low: str, start: int) -> bool:
    """Whether a word of kind with a capital is a part of the name of a thing: "cam Xã Đoài", "phố Xã Đàn"."""
    return text[start].isupper() and bool(_THING.search(low[max(0, start - 20) : start]))
