"""What the lines of a portal's page say by themselves: tools, ends of articles, home pages, offices; by words alone."""

import re
from functools import lru_cache

from wardnews.text.strings import nfc, tidy

SENTENCE = 60
"""So many characters outside of links make a line a sentence of a body."""
LONGEST_HEADER = 200
SHORTEST_TITLE, LONGEST_TITLE = 6, 400
EDGES = " .:;,-–—|/\\\"'“”‘’«»‹›>→•…[]()★☆⭐\u200b\u200c\u200d\ufeff"


@lru_cache(maxsize=4096)
def fold(words: str) -> str:
    """Make words comparable: composed, lower case, single blanks, no marks at the ends."""
    return tidy(nfc(words)).casefold().strip(EDGES)


_NEWS = (
    r"(?:các )?(?:tin|bài|bài viết|tin tức|tin bài|thông tin|nội dung|chuyên đề|văn bản|sự kiện)(?: tức| bài| viết)?"
)
_RELATED = re.compile(
    rf"{_NEWS} (?:khác|liên quan|cùng (?:chuyên mục|chủ đề|thể loại|loại|mục|danh mục)|mới(?: hơn| nhất| cập nhật"
    rf"| đăng)?"
    r"|cũ(?: hơn)?|đã (?:đưa|đăng)|trước|sau|tiếp theo|tiếp|(?:đọc|xem) nhiều(?: nhất)?|nổi bật|tham khảo"
    r"|gần đây)(?: .{0,12}| (?:cùng|trong|của) .{0,24})?"
    r"|(?:hiển thị|xem)(?: các)? tin liên quan"
    r"|những tin (?:mới|cũ) hơn|có thể bạn quan tâm.*|(?:xem|đọc) thêm|bạn nên xem|tin nóng|cùng chuyên mục|liên quan"
    r"|(?:other|related|more|latest|older|newer|recent) (?:news|articles?|posts?|stories)|mời (?:bạn )?xem thêm"
)
_ENDS = re.compile(
    r"(?:bình luận|thảo luận|nhận xét|phản hồi|comments?)(?: ?[(:].*)?|(?:các )?ý kiến(?: (?:của )?(?:bạn đọc"
    r"|độc giả|người dân|phản hồi|đóng góp))?(?: ?\(\d+\)?)?"
    r"|(?:gửi|viết|đăng|thêm|để lại|mời bạn) (?:một )?(?:bình luận|ý kiến|phản hồi|nhận xét|câu hỏi).{0,30}"
    r"|(?:tags?|từ khóa|từ khoá|thẻ|keywords?)(?: ?:.*)?|(?:leave a|post a|add) (?:comment|reply).*"
    r"|thống kê(?: truy cập)?"
    r"|(?:lượt|số lượt|đang|tổng (?:số )?(?:lượt )?)(?: người)? ?(?:truy cập|online|trực tuyến).*|liên kết (?:website"
    r"|web).*"
    r"|(?:©|\(c\)|bản quyền|copyright).*|cơ quan (?:chủ quản|thường trực).*|(?:phát triển|thiết kế|xây dựng"
    r"|vận hành) bởi.*|thiết kế ?:.*"
    r"|(?:người )?chịu trách nhiệm (?:chính|nội dung|xuất bản).*|giấy phép (?:số|thiết lập|hoạt động|xuất bản).*"
    r"|(?:trưởng ban biên tập|tổng biên tập) ?:.*|ghi rõ nguồn.*"
)
_IMPRINT = re.compile(r"giữ bản quyền|giấy phép[^.]{0,20}\d+/|địa chỉ ?:")
_TOOLS = re.compile(
    r"(?:chia sẻ|share|thích|like|tweet|facebook|zalo|twitter|x|google\+?|linkedin|messenger|email|e-mail|pinterest"
    r"|youtube)"
    r"(?: (?:bài viết|bài|tin|lên|qua|trên|này|facebook|zalo|twitter|email|link))*(?: ?:)?(?: ?\d+)?"
    r"|in|in (?:trang|bài|tin|ấn|ra|bài viết|nội dung).{0,12}|bản in|print.{0,12}|gửi (?:email|mail|cho bạn|bài"
    r"|tin).{0,20}"
    r"|(?:xem )?(?:cỡ|kích (?:cỡ|thước)) chữ.{0,30}|a ?[-+]|a|a- ?a ?a?\+?|[-+]|cỡ chữ:?|(?:nghe|đọc) (?:đọc )?(?:bài"
    r"|bài viết|tin|nội dung)(?: viết)?"
    r"|(?:quay|trở) (?:lại|về).{0,20}|về (?:đầu )?trang.{0,12}|lên đầu trang|back.{0,10}|top|lưu (?:bài|tin"
    r"|trang).{0,12}|sao chép.{0,20}|copy link"
    r"|đánh giá.{0,60}|xếp hạng.{0,60}|\d(?:[.,]\d)?/5.{0,40}|bình chọn.{0,30}|font.{0,10}|tăng|giảm|mặc định"
    r"|tương phản.{0,30}|dark mode"
    r"|theo dõi (?:chúng tôi|trên).{0,40}|follow.{0,30}|tải (?:về|xuống)|download|xem (?:tiếp|chi tiết|ảnh lớn)|save"
    r"|\d{1,2}:\d\d ?/ ?\d{1,2}:\d\d|quảng cáo|báo lỗi|phóng to|thu nhỏ"
    r"|\d+ (?:nhận x\w*|(?:lời )?bình(?: luận)?|phản hồi|ý kiến|comments?)"
)
TOOL, RELATED, END = "tool", "related", "end"


@lru_cache(maxsize=4096)
def kind(words: str) -> str:
    """Return what a folded line is for: a tool, the heading of related news, an end of the article, or text."""
    if len(words) > LONGEST_HEADER:
        return ""
    if _TOOLS.fullmatch(words):
        return TOOL
    if len(words) <= SENTENCE and _RELATED.fullmatch(words):
        return RELATED
    return END if _ENDS.fullmatch(words) or _IMPRINT.search(words) else ""


DOCUMENTS = re.compile(
    r"(?:các )?(?:tài liệu|tệp|tệp tin|tập tin|file|văn bản|phụ lục)(?: tin)? (?:đính|kèm|gửi) ?(?:kèm|theo)?"
)
GREETING = re.compile(
    r"(?:nhiệt liệt |trân trọng )?chào mừng (?:bạn|quý|các bạn|mọi người|bà con)\b.{0,40}(?:đến|tới|ghé)\b.*"
)
"""How portals greet whoever comes to them: no title and no text."""
NOT_NOW = re.compile(r"hôm nay|bây giờ|giờ hiện tại|hiện tại|today")
HOME = re.compile(r"(?:về )?trang (?:chủ|nhất|đầu|chính|nhà)|home|trangchu|homepage|trang thông tin")


def may_be_home(words: str) -> bool:
    """Whether, at little cost, words in small letters may be those of the home page."""
    return "trang" in words or "home" in words


GENERIC = re.compile(
    r"(?:tin tức|tin tức ?[-–,&] ?sự kiện|tin tức sự kiện|tin tức và sự kiện|tin bài|bài viết|news|nội dung"
    r"|chuyên mục|danh mục"
    r"|(?:xem )?chi tiết.{0,20}|(?:tin|nội dung|bài viết|thông tin|trang) chi tiết|tin|bài|đọc tin|detail.*|trang)"
)
PORTAL = re.compile(
    r"(?:cổng|trang|website|webs?).{0,12}(?:thông tin|giao tiếp|tin) ?.{0,4}điện tử|\bportal\b|^website"
    r"|^(?:cổng|trang) (?:thông tin|ttđt|giao tiếp) (?:của )?(?:ubnd |ủy ban nhân dân )?(?:phường|xã|thị|quận|huyện|tp"
    r"|thành phố|tỉnh)\b"
)
LABELLED_SECTION = re.compile(
    r"(?:chuyên mục|danh mục|thể loại|mục|nhóm tin|chủ đề|category|filed under) ?: ?(?P<name>.{2,80})", re.IGNORECASE
)
SEPARATOR = re.compile(r"\s*(?:[»›>→|/\\•·–—-]|::|&gt;)\s*")
LEADS = re.compile(
    r"sapo|(?:^|[\s_-])(?:lead|brief|teaser|standfirst)|summary|intro|desc(?:ription)?(?:$|[\s_-])|abstract|excerpt|trich-?yeu|hometext|chapeau|mo-?ta"
    r"|tom-?tat",
    re.IGNORECASE,
)
TITLES = re.compile(r"title|tieu-?de|headline|ten-?bai|tua-?de", re.IGNORECASE)
COUNTERS = re.compile(
    r"(?:^|[\s_-])(?:eye|view|views|viewed|viewcount|luot-?xem|hits?)(?:$|[\s_\d-])|visibility", re.IGNORECASE
)
DATED = re.compile(r"\d{4}|trước\b")


_NO_ARTICLE = (
    r"đăng (?:nhập|ký)(?: .{0,30})?|liên hệ|(?:thông tin )?liên hệ(?: .{0,30})?|góp ý(?: .{0,20})?"
    r"|(?:kết quả )?tìm kiếm(?: .*)?"
    r"|giới thiệu(?: chung)?(?: (?:về )?(?:phường|xã|thị trấn|đặc khu|quận|huyện|đơn vị|cơ quan)\b.{0,40})?"
    r"|sơ đồ (?:trang|cổng|website|web).{0,20}|hỏi đáp|thư viện (?:ảnh|video|hình ảnh)"
    r"|(?:cơ cấu|sơ đồ) tổ chức|tổ chức bộ máy"
    r"|bộ máy tổ chức|lịch (?:công tác|làm việc|tiếp (?:công )?dân)(?: tuần)?"
    r"|văn bản(?: pháp luật| chỉ đạo.{0,20}| pháp quy)?"
    r"|contact(?: us)?|login|search"
    r"|about(?: us)?|trang (?:chủ|không tồn tại).*|404.*|error.*"
)
NO_ARTICLE = re.compile(rf"(?:{_NO_ARTICLE})(?:(?: ?[-–,&/] ?| và )(?:{_NO_ARTICLE}))?")
CLOCK = re.compile(r"\b(?:thứ|chủ nhật|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|:\d\d:\d\d|\d+ ?: ?\d+ ?: ?\d+")


OFFICE = re.compile(r"(?:phường|xã|thị (?:trấn|xã)|quận|huyện|ubnd|ủy ban|thành phố|tỉnh|cổng|trang|sở|phòng|ban)\b")
NUMBER_ALONE = re.compile(r"\d{1,3}(?:[.,]\d{3})*|\d+")
