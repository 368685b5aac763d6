"""What stands in place of an article, of each kind several that differ, and articles that speak of the same."""

from __future__ import annotations

import pytest

from wardnews.items import Article
from wardnews.reading.notices import Notice, doubt, is_cut, notice_in

NEWS = [
    "Sáng 12/10, phường Hoa Sữa tổ chức ra quân dọn vệ sinh tuyến mương Cầu Gạo với hơn 150 người tham gia.",
    "Bà Lê Thị Mận, cán bộ môi trường, cho biết đợt này thu gom được gần hai tấn rác và khơi thông ba điểm nghẽn.",
    "Các tổ dân phố thống nhất duy trì việc dọn dẹp vào sáng thứ bảy hằng tuần đến hết năm.",
]
PLACES = {
    Notice.ERROR: [
        "Warning: mysqli_query(): MySQL server has gone away in /var/www/html/includes/db.php on line 42",
        "Fatal error: Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /home/web/core/db.php:17",
        "Notice: Undefined variable: row in D:\\web\\tin\\chitiet.php on line 88",
        "Deprecated: Function create_function() is deprecated in /srv/www/plugins/tin.php on line 204",
        "Parse error: syntax error, unexpected '}' in /var/www/html/index.php on line 9",
        "Fatal error: Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes)",
        "Fatal error: Maximum execution time of 30 seconds exceeded",
        "Error establishing a database connection",
        "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version",
        "Incorrect key file for table './portal/tin_tuc.MYI'; try to repair it",
        "Table './portal/nv4_vi_news' is marked as crashed and should be repaired",
        "Lỗi kết nối CSDL",
        "Không thể kết nối đến cơ sở dữ liệu. Vui lòng liên hệ quản trị viên.",
        "ORA-12541: TNS:no listener",
        "Server Error in '/' Application. Runtime Error Description: An application error occurred on the server.",
        "System.Data.SqlClient.SqlException: Timeout expired. The timeout period elapsed prior to completion.",
        "System.NullReferenceException: Object reference not set to an instance of an object. at Tin.ChiTiet.Page_Load",
        "Object reference not set to an instance of an object.",
        "Login failed for user 'portal'.",
        "A network-related or instance-specific error occurred while establishing a connection to SQL Server.",
        "Microsoft OLE DB Provider for SQL Server error '80004005'",
        "ADODB.Connection error '800a0e78' Operation is not allowed when the object is closed.",
        "java.lang.NullPointerException at com.portal.web.NewsPortlet.doView(NewsPortlet.java:112)",
        "org.hibernate.exception.JDBCConnectionException: Cannot open connection",
        "HTTP Status 500 - Internal Server Error. Type: Exception Report",
        "502 Bad Gateway nginx/1.18.0 (Ubuntu)",
        "504 Gateway Time-out nginx",
        "503 Service Temporarily Unavailable",
        "HTTP Error 500.19 - Internal Server Error. The requested page cannot be accessed",
        "Service Unavailable HTTP Error 503. The service is unavailable.",
        'Traceback (most recent call last): File "/srv/app/views.py", line 10, in detail',
        "The website encountered an unexpected error. Please try again later.",
        "There has been a critical error on this website.",
        "The portlet is temporarily unavailable. Dịch vụ tạm thời không khả dụng.",
        "Đã có lỗi xảy ra trong quá trình xử lý. Vui lòng thử lại sau.",
        "Có lỗi xảy ra, xin quý vị vui lòng quay lại sau ít phút.",
        "Hệ thống gặp sự cố, mời bạn thử lại sau.",
    ],
    Notice.NOT_THERE: [
        "Bài viết không tồn tại hoặc đã bị xóa.",
        "Bài viết này đã bị gỡ bỏ.",
        "Không tìm thấy bài viết.",
        "Tin bạn yêu cầu không tồn tại.",
        "Nội dung bạn tìm kiếm không còn nữa hoặc đường dẫn đã thay đổi.",
        "Trang bạn yêu cầu không tồn tại hoặc đã bị gỡ bỏ. Vui lòng quay lại trang chủ.",
        "Lỗi 404: đường dẫn không hợp lệ",
        "404 Not Found",
        "Xin lỗi, chúng tôi không tìm thấy nội dung bạn cần.",
        "Dữ liệu không tồn tại",
        "Bản tin đã hết hạn hoặc chưa được duyệt.",
        "Tin này chưa được xuất bản hoặc đã bị ẩn.",
        "The requested resource was not found.",
    ],
    Notice.PLACEHOLDER: [
        "Nội dung đang được cập nhật...",
        "Đang cập nhật",
        "Thông tin đang được biên tập, mời quý vị quay lại sau.",
        "Chuyên mục đang xây dựng.",
        "Nội dung đang cập nhật. Mong quý độc giả thông cảm!",
        "Bài viết đang chờ duyệt",
    ],
    Notice.MAINTENANCE: [
        "Hệ thống đang bảo trì. Xin quý vị vui lòng quay lại sau.",
        "Website tạm ngừng hoạt động để nâng cấp từ 22 giờ ngày 28/11/2026.",
        "Cổng thông tin đang được nâng cấp, mong quý vị thông cảm.",
        "Hệ thống đang quá tải, vui lòng thử lại sau ít phút.",
        "Trang web đang trong quá trình bảo dưỡng định kỳ.",
        "Site under maintenance. We will be back soon.",
    ],
    Notice.LOG_IN: [
        "Vui lòng đăng nhập để xem nội dung này.",
        "Bạn không có quyền truy cập trang này.",
        "Phiên làm việc đã hết hạn, hãy đăng nhập lại.",
        "Bạn cần đăng nhập để tiếp tục.",
        "Đăng nhập hệ thống Tên đăng nhập Mật khẩu Quên mật khẩu?",
        "Tên đăng nhập: Mật khẩu: Ghi nhớ đăng nhập",
        "You must be logged in to view this page.",
    ],
    Notice.CHALLENGE: [
        "Vui lòng xác minh bạn không phải là robot.",
        "Nhập mã captcha để tiếp tục",
        "Please enable JavaScript and cookies to continue",
        "Checking your browser before accessing the site. DDoS protection by Cloudflare Ray ID: 7d1f0a",
        "Verify you are human by completing the action below.",
        "Trình duyệt của bạn chưa bật JavaScript.",
        "Yêu cầu của bạn đã bị chặn bởi tường lửa. Mã sự cố: 1839203",
        "Access Denied. You don't have permission to access this page on this server. Reference #18.2f",
        "Web Page Blocked! The page cannot be displayed. Please contact the administrator. Attack ID: 20000008",
        "The requested URL was rejected. Please consult with your administrator. Your support ID is: 1145",
    ],
}
QUOTES = [
    (
        "Từ 22 giờ ngày 28/11, trang dịch vụ công của phường tạm ngừng phục vụ để bảo trì trong sáu giờ. Người dân có hồ sơ "
        "gấp có thể đến bộ phận một cửa ở số 12 đường Hoa Sữa, nơi cán bộ trực đến 19 giờ và nhận hồ sơ giấy như thường lệ. "
        "Sau khi nâng cấp, biểu mẫu khai sinh, kết hôn sẽ được điền sẵn thông tin từ cơ sở dữ liệu dân cư, theo anh Đỗ Văn "
        "Khế, phụ trách công nghệ thông tin của phường. Đường dây hỗ trợ hoạt động suốt thời gian này."
    ),
    (
        "Công an phường cảnh báo trang giả mạo hiện dòng chữ “Vui lòng đăng nhập để xem nội dung này” rồi lấy mật khẩu của "
        "người dân. Trong tuần qua đã có bốn hộ ở tổ 5 bị mất tài khoản vì nhập mật khẩu vào trang ấy. Thượng úy Trần Văn "
        "Bưởi khuyên bà con chỉ dùng địa chỉ có đuôi gov.vn, không bấm đường dẫn lạ và gọi số trực ban khi nghi ngờ. Buổi "
        "tuyên truyền kế tiếp diễn ra tối thứ năm tại nhà văn hóa tổ 7, có phát tờ rơi cho người cao tuổi."
    ),
    (
        "Nhiều người hỏi vì sao trang của phường có lúc báo “Bài viết không tồn tại hoặc đã bị xóa”. Theo tổ công nghệ số, "
        "đó là các bài của cổng cũ chưa được chuyển sang; tổ đang nhập lại khoảng 300 bài và sẽ xong trước Tết. Ai cần bài "
        "nào gấp có thể gửi thư cho văn phòng, cán bộ sẽ gửi bản in trong hai ngày làm việc. Việc chuyển dữ liệu không làm "
        "thay đổi địa chỉ của các bài mới, vì vậy những đường dẫn đã lưu từ tháng bảy vẫn dùng được bình thường."
    ),
    (
        "Tối 3/9, lớp tin học của phường hướng dẫn đọc lỗi “404 Not Found” và “502 Bad Gateway” cho 40 học viên. Chị Lê "
        "Thị Mận giải thích rằng lỗi thứ nhất do gõ sai địa chỉ, lỗi thứ hai do máy chủ ở sau chưa trả lời. Học viên thực "
        "hành trên máy tính của thư viện, mỗi người tự sửa một trang hỏng. Lớp kế tiếp về mật khẩu mạnh mở vào tháng mười, "
        "đăng ký tại tổ dân phố hoặc gọi số máy của thư viện. Mọi lứa tuổi đều có thể tham gia, không mất phí."
    ),
]


def article(*paragraphs: str) -> Article:
    return Article(id="a:1", site="a", url="http://a.vn/1", title="Tin", paragraphs=list(paragraphs))


def cases() -> list[tuple[Notice, str]]:
    return [(notice, text) for notice, texts in PLACES.items() for text in texts]


@pytest.mark.parametrize(("notice", "text"), cases(), ids=[text[:40] for _, text in cases()])
def test_a_notice_is_no_edit_of_an_article(notice: Notice, text: str) -> None:
    assert notice_in(text) is notice
    assert doubt(article(text), article(*NEWS)) is notice


@pytest.mark.parametrize("text", QUOTES, ids=[text[:30] for text in QUOTES])
def test_an_article_that_speaks_of_a_notice_is_an_edit(text: str) -> None:
    half = len(text) // 2
    assert doubt(article(text, NEWS[2]), article(text[:half])) is None
    assert doubt(article(text), None) is None


@pytest.mark.parametrize(
    "text",
    [
        "Phường Hoa Sữa họp giao ban tháng 4.",
        "Lịch tiếp công dân tháng 10: thứ ba hằng tuần, từ 8 giờ đến 11 giờ, tại phòng 102.",
        "Thông báo: cắt điện khu vực tổ 5 để bảo dưỡng đường dây, từ 7 giờ đến 11 giờ ngày 3/10.",
        "Chúc mừng bạn đọc năm mới!",
        "Mời bà con xem tài liệu đính kèm.",
        "Đảng viên đăng ký tham gia lớp học trước ngày 15.",
        "Phường vận động bà con không xả rác; bài học từ tổ 3 không còn rác tồn đọng.",
    ],
)
def test_short_news_is_news(text: str) -> None:
    assert doubt(article(text), None) is None
    assert notice_in(text) is None


@pytest.mark.parametrize("text", [text for texts in PLACES.values() for text in texts[:3]])
def test_an_error_above_the_text_of_an_article_is_no_edit_where_it_is_printed_by_a_program(text: str) -> None:
    whole = doubt(article(text, *NEWS), article(*NEWS))
    assert whole is (Notice.ERROR if notice_in(text) is Notice.ERROR else None)


def test_what_always_said_so_says_nothing_new() -> None:
    known = "Nội dung đang được cập nhật."
    assert doubt(article(f"{known} Mời xem tệp đính kèm."), article(known)) is None
    assert doubt(article("Cảnh báo: Warning: fopen() in /var/a.php on line 3 là lỗi thường gặp", *NEWS, "Hết."),
                 article("Cảnh báo: Warning: fopen() in /var/a.php on line 3 là lỗi thường gặp", *NEWS)) is None  # fmt: skip


def test_another_text_altogether_is_a_doubt_and_an_edit_is_none() -> None:
    other = (
        "Chiều 20/10, hội phụ nữ khu phố Cầu Mây mở hội thi nấu ăn mừng ngày truyền thống, có mười đội dự thi.",
        "Giải nhất thuộc về đội ngõ 12 với món cá kho riềng; ban giám khảo khen cách trình bày giản dị mà ấm cúng.",
    )
    assert doubt(article(*other), article(*NEWS)) is Notice.UNLIKE
    assert doubt(article(*other, *(words for quote in QUOTES for words in quote.split(". "))), article(*NEWS)) is (
        Notice.UNLIKE
    ), "a long one that happens to have most of the words"
    assert doubt(article(*NEWS[:2], "Đợt tới diễn ra vào tháng mười một."), article(*NEWS)) is None
    assert doubt(article(NEWS[0]), article(*NEWS)) is None
    assert doubt(article(*NEWS, *other), article(*NEWS)) is None


@pytest.mark.parametrize(
    ("now", "before", "cut"),
    [
        ((NEWS[0], NEWS[1][:40]), NEWS, True),
        ((NEWS[0], f"{NEWS[1][:40]}…"), NEWS, True),
        ((*NEWS, "Thêm một câu."), NEWS, False),
        ((NEWS[0], NEWS[2]), NEWS, False),
        (NEWS, NEWS, False),
    ],
)
def test_the_beginning_of_a_text_is_a_text_cut_short(now: tuple[str, ...], before: list[str], cut: bool) -> None:
    assert is_cut(article(*now), article(*before)) is cut
