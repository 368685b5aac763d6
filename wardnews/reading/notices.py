"""What a page says in place of an article: an error of its server, a notice, a log-in form, another text altogether."""

import hashlib
import re
from enum import StrEnum

from wardnews.items import Article
from wardnews.locale import gettext_noop
from wardnews.text.strings import fold

_SHORT = 400
"""The characters up to which a text is nothing but a notice: an article about maintenance is longer."""
_LONGEST_ERROR = 1_500
_FEWEST_WORDS = 25
"""The different words that a text has at least, for another to be unlike it."""
_KEPT = 0.1
"""The share of its runs of three words that a text keeps at least through an edit: single words any two news share."""
_MOSTLY = 0.6
"""The share of its words from which on a text was kept, so that what is said beside it is no notice in its place."""
_QUOTED = re.compile(r"“[^”]{1,300}”|\"[^\"]{1,300}\"|«[^»]{1,300}»")
_PROGRAM = (
    r"(?:Warning|Notice|Deprecated|Strict Standards|(?:Fatal|Parse|Catchable fatal) error) ?: .{0,400}?"
    r"(?:\bon line \d+|\.php[:(]\d+|\bbytes exhausted|execution time of \d+)"
    r"|(?:PHP )?(?:Fatal error: +)?Uncaught \w*(?:Exception|Error)\b|SQLSTATE\[|ORA-\d{5}\b"
    r"|You have an error in your SQL syntax|MySQL server has gone away|Error establishing a database connection"
    r"|Table '[^']*' is marked as crashed|Incorrect key file for table"
    r"|Server Error in '.*?' Application|\w*Exception \(0x|System\.\w+(?:\.\w+)*Exception\b|Microsoft OLE DB Provider"
    r"|ADODB\.\w+ error|(?:java|javax|org|com)\.\w+\.(?:\w+\.)*\w*(?:Exception|Error)\b|Exception in thread"
    r"|Traceback \(most recent call last\)"
)
"""Messages of PHP, ASP.NET, Java, Python and of databases, as they print them."""
_PRINTED = re.compile(rf"(?:^|(?<=[.!?…])\s)[\s*#|>\[(-]{{0,3}}(?:{_PROGRAM})", re.MULTILINE | re.DOTALL)
"""They begin a line, or follow a whole sentence; what is said of them stands within one."""
_SERVER = re.compile(
    rf"{_PROGRAM}"
    r"|\bin (?:/|[A-Z]:\\)\S+\.(?:php|inc|asp|aspx|cs)\b.{0,80}\bline\b|\b(?:mysqli?|pg|mssql|odbc|oci)_\w+\(\)"
    r"|Too many connections|Access denied for user|Login failed for user|Runtime Error|Stack ?[Tt]race:"
    r"|Object reference not set|error occurred while establishing a connection|The wait operation timed out"
    r"|(?:Internal Server Error|Service (?:Temporarily )?Unavailable|Bad Gateway|Gateway Time-?out)\b"
    r"|encountered an unexpected error|critical error on this website|is temporarily unavailable",
    re.DOTALL,
)
"""The same and vaguer ones, where they are all there is."""
_WHAT = r"(?:bai viet|tin bai|ban tin|tin|noi dung|trang(?: web| tin)?|duong dan|lien ket|du lieu|thong tin|chuyen muc)"
_SITE = (
    r"(?:website|trang(?: web| tin| thong tin)?|cong(?: thong tin| dich vu)?|may chu|server|ung dung|phan mem"
    r"|he thong(?! (?:cap|thoat|nuoc|dien|den|chieu|loa|truyen|giao|kenh|camera|cong trinh)))"
)
_OTHER = {
    "error": re.compile(
        r"(?:loi|khong the) ket noi (?:den |toi |voi )?(?:co so du lieu|csdl|database)"
        r"|\bco loi (?:da )?xay ra|\bxay ra loi\b|he thong (?:dang )?(?:gap|co) (?:su co|loi)"
    ),
    "not_there": re.compile(
        rf"\b{_WHAT}\b[^.]{{0,60}}\b(?:khong ton tai|khong tim thay|khong con\b(?! rac)|khong co san|da het han"
        rf"|chua duoc (?:xuat ban|duyet|kich hoat)|(?:da|duoc|bi) (?:bi |duoc )?(?:xoa|go|huy|an)\b)"
        rf"|khong (?:tim thay|ton tai)\b[^.]{{0,20}}\b{_WHAT}\b|\b(?:loi|error) 404\b"
        r"|\b404 not found|(?:page|resource|article)(?: you \w+)? (?:was |is )?(?:not found|cannot be found)"
    ),
    "placeholder": re.compile(
        rf"^\W*(?:{_WHAT}\b[^.]{{0,30}})?\bdang (?:duoc )?(?:cap nhat|xay dung|bien tap|hoan thien|cho duyet)"
        rf"|\b{_WHAT} (?:nay )?dang (?:duoc )?(?:cap nhat|xay dung|bien tap|hoan thien|cho duyet)"
    ),
    "maintenance": re.compile(
        rf"\b{_SITE}\b[^.]{{0,80}}\b(?:bao tri|bao duong|nang cap|tam (?:ngung|dung)|qua tai|dang ban\b)"
        rf"|\b(?:bao tri|nang cap) {_SITE}|under maintenance|undergoing maintenance"
    ),
    "log_in": re.compile(
        r"\bdang nhap (?:he thong|de|vao)\b|\b(?:vui long|can|phai|hay) dang nhap|\bten dang nhap\b|\bghi nho dang nhap"
        r"|(?:khong|chua) (?:co|du) quyen (?:truy cap|xem)|phien\b.{0,30}\bhet han|must be logged in"
        r"|please (?:log|sign) in"
    ),
    "challenge": re.compile(
        r"\bcaptcha\b|\bxac (?:minh|thuc)\b.{0,40}\b(?:nguoi|robot|trinh duyet)|\b(?:bat|enable|kich hoat) javascript"
        r"|checking your browser|verify (?:that )?you are (?:a )?human|\bray id\b|(?:attack|support|incident) id\b"
        r"|bi chan boi (?:tuong lua|he thong)|ma su co|access denied|page blocked"
        r"|request(?:ed url)? was (?:rejected|blocked)"
    ),
}


class Notice(StrEnum):
    """What stands in place of an article, as a report says it."""

    ERROR = gettext_noop("an error message of the server in place of an article")
    NOT_THERE = gettext_noop("a message that there is no such article")
    PLACEHOLDER = gettext_noop("a message that the article is being written")
    MAINTENANCE = gettext_noop("a maintenance message in place of an article")
    LOG_IN = gettext_noop("a log-in form in place of an article")
    CHALLENGE = gettext_noop("a challenge in place of an article")
    CUT_SHORT = gettext_noop("page cut short")
    UNLIKE = gettext_noop("a text unlike the one before")


def notice_in(text: str) -> Notice | None:
    """Return what a text is in place of an article's.

    >>> notice_in("Bài viết không tồn tại hoặc đã bị xóa.").name, notice_in("Nội dung đang được cập nhật...").name
    ('NOT_THERE', 'PLACEHOLDER')
    >>> notice_in("Warning: mysqli_query(): MySQL server has gone away in /var/www/db.php on line 42").name
    'ERROR'
    >>> notice_in("Phường Hoa Sữa họp giao ban tháng 4.")
    """
    said = _QUOTED.sub(" ", text)
    if _PRINTED.search(said) or (len(text) <= _SHORT and _SERVER.search(said)):
        return Notice.ERROR
    if len(text) > _SHORT:
        return None
    folded = fold(said)
    return next((Notice[name.upper()] for name, pattern in _OTHER.items() if pattern.search(folded)), None)


def doubt(article: Article, before: Article | None) -> Notice | None:
    """Return why what was read of an article is none, by its text and the one that is known; None where it may be.

    Of a new article there is less to go by: news of maintenance, or of log-ins, is short too.
    """
    text = _lines(article)
    notice = notice_in(text)
    if before is None:
        certain = notice is Notice.NOT_THERE or (notice is Notice.ERROR and len(text) <= _LONGEST_ERROR)
        return notice if certain else None
    known = _lines(before)
    kept = _kept(known, text)
    printed = notice is Notice.ERROR and _PRINTED.search(_QUOTED.sub(" ", text))
    if notice and notice_in(known) is not notice and (printed or kept < _MOSTLY):
        return notice
    return Notice.UNLIKE if _is_unlike(known, text) else None


def is_cut(article: Article, before: Article) -> bool:
    """Whether a text is the beginning of the one that is known."""
    text, known = body_of(article).rstrip("…. "), body_of(before).rstrip("…. ")
    return len(text) < len(known) and known.startswith(text)


def body_of(article: Article) -> str:
    """Return lead and body as one text."""
    return " ".join(filter(None, (article.lead, *article.paragraphs))).strip()


def digest(article: Article) -> str:
    """Return a short hash of lead and body."""
    return hashlib.sha256(body_of(article).encode()).hexdigest()[:16]


def _lines(article: Article) -> str:
    return "\n".join(filter(None, (article.lead, *article.paragraphs))).strip()


def _is_unlike(known: str, text: str) -> bool:
    words = fold(known).split()
    before, now = _runs(words), _runs(fold(text).split())
    return len(set(words)) >= _FEWEST_WORDS and len(before & now) < _KEPT * len(before)


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(words, words[1:], words[2:], strict=False))


def _kept(known: str, text: str) -> float:
    """Return the share of the different words of a text that another has too."""
    words = set(fold(known).split())
    return len(words & set(fold(text).split())) / len(words) if words else 0.0
