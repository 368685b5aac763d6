"""What a page says in place of an article: an error of its server, a notice, a log-in form, another text altogether."""

import hashlib
import re
from enum import StrEnum

from wardnews.items import Article
from wardnews.text.strings import fold

_SHORT = 400
"""The characters up to which a text is nothing but a notice: an article about maintenance is longer."""
_FEWEST_WORDS = 25
"""The different words that a text has at least, for another to be unlike it."""
_KEPT = 0.3
"""The share of its words that a text keeps at least through an edit."""
_ERROR = re.compile(
    r"(?:Warning|Notice|Deprecated|(?:Fatal|Parse|Catchable fatal) error)\b.{0,400}?\bon line \d+"
    r"|\bin (?:/|[A-Z]:\\)\S+\.(?:php|inc|asp|aspx|cs)\b.{0,80}\bline\b|\b(?:mysqli?|pg|mssql|odbc|oci)_\w+\(\)"
    r"|MySQL server has gone away|SQLSTATE\[|You have an error in your SQL syntax|\bORA-\d{5}\b|Too many connections"
    r"|Error establishing a database connection|Access denied for user|Uncaught \w*(?:Exception|Error)\b"
    r"|Server Error in '.*?' Application|Runtime Error|System\.\w+(?:\.\w+)*Exception|Stack ?[Tt]race:"
    r"|Microsoft OLE DB Provider|ADODB\.\w+ error|java\.\w+\.\w+(?:\.\w+)*Exception|org\.\w+\.\w+\.\w*Exception"
    r"|Traceback \(most recent call last\)"
    r"|(?:Internal Server Error|Service Unavailable|Bad Gateway|Gateway Time-?out)\b"
    r"|(?:lỗi|không thể) kết nối (?:đến |tới |với )?(?:cơ sở dữ liệu|CSDL|database)",
    re.DOTALL,
)
"""Messages of PHP, ASP.NET, Java, Python and of databases, as they print them."""
_LONGEST_ERROR = 1_500
_WHAT = r"(?:bai viet|tin bai|ban tin|tin|noi dung|trang(?: web| tin)?|duong dan|lien ket|du lieu|thong tin|chuyen muc)"
_NOT_THERE = re.compile(
    rf"{_WHAT}\b[^.]{{0,60}}\b(?:khong ton tai|khong tim thay|khong con|khong co san"
    rf"|(?:da|duoc|bi) (?:bi |duoc )?(?:xoa|go|huy))"
    rf"|khong (?:tim thay|ton tai)\b[^.]{{0,20}}{_WHAT}|\b(?:loi|error) 404\b"
    r"|\b404 not found|page (?:not found|cannot be found)"
)
_OTHER = {
    "placeholder": re.compile(rf"(?:{_WHAT}\b[^.]{{0,30}})?\bdang (?:duoc )?(?:cap nhat|xay dung|bien tap|hoan thien)"),
    "maintenance": re.compile(
        r"\bbao tri\b|\bdang (?:duoc )?nang cap\b|\btam (?:ngung|dung) (?:hoat dong|phuc vu|truy cap)"
        r"|\bhe thong (?:dang )?(?:ban|qua tai)"
    ),
    "log_in": re.compile(
        r"\bdang nhap (?:he thong|de|vao)\b|\b(?:vui long|can|phai) dang nhap"
        r"|(?:khong|chua) (?:co|du) quyen|phien\b.{0,30}\bhet han"
    ),
    "challenge": re.compile(r"\bcaptcha\b|\bxac (?:minh|thuc)\b.{0,40}\b(?:nguoi|robot|trinh duyet)|javascript"),
}


class Notice(StrEnum):
    """What stands in place of an article, as a report says it."""

    ERROR = "an error message of the server in place of an article"
    NOT_THERE = "a message that there is no such article"
    PLACEHOLDER = "a message that the article is being written"
    MAINTENANCE = "a maintenance message in place of an article"
    LOG_IN = "a log-in form in place of an article"
    CHALLENGE = "a challenge in place of an article"
    CUT_SHORT = "page cut short"
    UNLIKE = "a text unlike the one before"


def notice_in(text: str) -> Notice | None:
    """Return what a text is in place of an article's.

    >>> notice_in("Bài viết không tồn tại hoặc đã bị xóa.").name, notice_in("Nội dung đang được cập nhật...").name
    ('NOT_THERE', 'PLACEHOLDER')
    >>> notice_in("Warning: mysqli_query(): MySQL server has gone away in /var/www/db.php on line 42").name
    'ERROR'
    >>> notice_in("Phường Hoa Sữa họp giao ban tháng 4.")
    """
    if _ERROR.search(text):
        return Notice.ERROR
    if len(text) > _SHORT:
        return None
    folded = fold(text)
    if _NOT_THERE.search(folded):
        return Notice.NOT_THERE
    return next((Notice[name.upper()] for name, pattern in _OTHER.items() if pattern.search(folded)), None)


def doubt(article: Article, before: Article | None) -> Notice | None:
    """Return why what was read of an article is none, by its text and the one that is known; None where it may be.

    Of a new article there is less to go by: news of maintenance, or of log-ins, is short too.
    """
    text = body_of(article)
    notice = notice_in(text)
    if before is None:
        certain = notice is Notice.NOT_THERE or (notice is Notice.ERROR and len(text) <= _LONGEST_ERROR)
        return notice if certain else None
    known = body_of(before)
    if notice and notice_in(known) is not notice:
        return notice
    return Notice.UNLIKE if _is_unlike(known, text) else None


def is_cut(article: Article, before: Article) -> bool:
    """Whether a text is the beginning of the one that is known."""
    text, known = body_of(article).rstrip("…. "), body_of(before)
    return len(text) < len(known) and known.startswith(text)


def body_of(article: Article) -> str:
    """Return lead and body as one text."""
    return " ".join(filter(None, (article.lead, *article.paragraphs))).strip()


def digest(article: Article) -> str:
    """Return a short hash of lead and body."""
    return hashlib.sha256(body_of(article).encode()).hexdigest()[:16]


def _is_unlike(known: str, text: str) -> bool:
    words = set(fold(known).split())
    return len(words) >= _FEWEST_WORDS and len(words & set(fold(text).split())) < _KEPT * len(words)
