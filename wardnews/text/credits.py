"""The signature lines that close an article: who wrote it, and where it was taken from."""

import re

from wardnews.text.strings import nfc

_SOURCE = re.compile(r"\(?\s*(?:theo\s+)?nguồn(?: tin| bài)?\s*:\s*(?P<name>[^():]+?)\s*\)?[.]?", re.IGNORECASE)
_AUTHOR = re.compile(
    r"\(?\s*(?:tác giả(?: bài viết)?|người (?:viết|đăng|gửi)|đăng bởi|bài viết|(?:tin|bài)(?:(?:,| và| -)? ?(?:bài"
    r"|ảnh|hình))+)\s*:\s*(?P<name>[^():]+?)\s*\)?[.]?",
    re.IGNORECASE,
)
_WRITTEN_BY = re.compile(
    r"(?:được |bài )?(?:viết|đăng|gửi|biên soạn) bởi:? (?P<name>[^\d().:;|]{2,50}?)(?: (?:vào|lúc|ngày) .*)?",
    re.IGNORECASE,
)
"""`Viết bởi Lê Thị Mây`, without a colon: a name, so that it begins with a capital letter."""
_TAKEN_FROM = re.compile(r"\(?\s*theo:? (?P<name>[^().:;]{2,50}?)\s*\)?[.]?", re.IGNORECASE)
"""`Theo Báo Sông Hồng`, as a line of its own: a name, so that it begins with a capital letter."""
_NAMING = (("source", _TAKEN_FROM), ("author", _AUTHOR), ("author", _WRITTEN_BY), ("source", _SOURCE))
_LONGEST_LINE = 100


def parse_credits(paragraphs: list[str]) -> tuple[str | None, str | None]:
    """Return (author, source) in the signature lines that close a body; the lines stay where they are.

    >>> parse_credits(["Hội nghị kết thúc.", "Tin, ảnh: Lê Thị Mây", "Nguồn: Báo Sông Hồng"])
    ('Lê Thị Mây', 'Báo Sông Hồng')
    >>> parse_credits(["Nguồn: nước sạch, đất và rừng là ba vấn đề chính.", "Hết.", "Hết.", "Hết."])
    (None, None)
    >>> parse_credits(["(Theo Báo Sông Hồng)"]), parse_credits(["Theo kế hoạch, lớp học mở trong ba tuần."])
    ((None, 'Báo Sông Hồng'), (None, None))
    >>> parse_credits(["Viết bởi Lê Thị Mây"]), parse_credits(["Bài viết bởi một nhóm học sinh lớp chín."])
    (('Lê Thị Mây', None), (None, None))
    """
    found: dict[str, str] = {}
    for line in map(nfc, paragraphs[-3:]):
        if len(line) > _LONGEST_LINE:
            continue
        for kind, pattern in _NAMING:
            match = pattern.fullmatch(line)
            if match and (":" in line or match["name"][0].isupper()):
                found[kind] = match["name"]
    return found.get("author"), found.get("source")
