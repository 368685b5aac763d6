"""Hand-written articles of the newer generation, in each of the frames that its pages have."""

from wardnews.demo.articles import PracticeArticle, at, blocks

# The newest, so that lists give its age instead of its date; the one with structured data.
NEWEST = PracticeArticle(
    generation="newszone",
    id="2790260828151207318",
    slug="phuong-ben-trang-khai-truong-diem-phuc-vu-hanh-chinh-cong",
    section_path="tin-tuc-su-kien-noi-bat",
    section="Tin tức - Sự kiện nổi bật",
    title="Phường Bến Trăng khai trương điểm phục vụ hành chính công",
    published=at("2026-08-28 15:28"),
    label="",
    show_time="clock first",
    author="Trần Thu Khuê",
    structured_data=True,
    lead="Chiều 28/8, UBND phường Bến Trăng khai trương điểm phục vụ hành chính công số 2 tại khu dân cư Gò Mây.",
    lead_html="Chiều 28/8, UBND phường Bến Trăng khai trương điểm phục vụ hành chính công số 2 tại khu dân cư Gò Mây.",
    body_html="""
<p>Điểm phục vụ có 06 quầy tiếp nhận, giải quyết 214 thủ tục thuộc thẩm quyền của UBND phường, góp phần rút ngắn
quãng đường đi lại cho hơn 9.000 người dân.</p>
<figure class="VCSortableInPreviewMode" type="Photo" style=""><div><img alt="Phường Bến Trăng khai trương điểm phục vụ"
src="/media/2790/2026/8/28/khai-truong-17879.jpg" width="1024" height="683" id="img_879" w="1024" h="683" /></div>
<figcaption class="PhotoCMS_Caption"><p class="" data-placeholder="Nhập chú thích ảnh">Các đại biểu cắt băng khai
trương</p></figcaption></figure>
<p>Ông <b>Lê Đình Vọng</b>, Chủ tịch UBND phường cho biết:&nbsp;“Người dân không phải nộp lại giấy tờ đã được số
hóa”.</p>
""",
    blocks=blocks("""
Điểm phục vụ có 06 quầy tiếp nhận, giải quyết 214 thủ tục thuộc thẩm quyền của UBND phường, góp phần rút ngắn quãng
đường
đi lại cho hơn 9.000 người dân.

Các đại biểu cắt băng khai trương

Ông Lê Đình Vọng, Chủ tịch UBND phường cho biết:\u00a0“Người dân không phải nộp lại giấy tờ đã được số hóa”.
"""),
    captions=("Các đại biểu cắt băng khai trương",),
    images=(
        (
            "/media/2790/2026/8/28/khai-truong-17879.jpg",
            "Các đại biểu cắt băng khai trương",
            "Phường Bến Trăng khai trương điểm phục vụ",
        ),
    ),
)

# A table in the editor's own box, related news between paragraphs.
BOXES = PracticeArticle(
    generation="newszone",
    id="2790260812094455120",
    slug="thu-ngan-sach-7-thang-dat-63-du-toan",
    section_path="tin-tuc-su-kien-noi-bat",
    section="Tin tức - Sự kiện nổi bật",
    title="Thu ngân sách 7 tháng của phường Bến Trăng đạt 63% dự toán",
    published=at("2026-08-12 10:45"),
    label="",
    show_time="clock first",
    author="Phòng Kinh tế",
    lead="Tổng thu ngân sách trên địa bàn 7 tháng đầu năm đạt 48,2 tỷ đồng.",
    lead_html="Tổng thu ngân sách trên địa bàn 7 tháng đầu năm đạt 48,2 tỷ đồng.",
    body_html="""
<p>Theo báo cáo của Phòng Kinh tế, Hạ tầng và Đô thị phường, một số khoản thu vượt tiến độ.</p>
<div class="VCSortableInPreviewMode" type="RelatedNewsBox" data-style="align-right"><div class="kbwscwl-relatedbox
type-2">
<ul class="kbwscwlr-list"><li class="kbwscwlrl"><a
href="/dang-doan-the/doi-thoai-voi-thanh-nien-2790260807153001447.htm"
title="Đối thoại với thanh niên" class="kbwscwlrl-thumb"><img src="/media/2790/doi-thoai.jpg" /></a>
<h4 class="kbwscwlrl-title"><a href="/dang-doan-the/doi-thoai-voi-thanh-nien-2790260807153001447.htm">Đối thoại với
thanh
niên</a></h4></li></ul></div></div>
<div class="VCSortableInPreviewMode" type="BoxTable"><table class="table-content" border="1"><tbody>
<tr><td>Khoản thu</td><td>Số thu (triệu đồng)</td><td>So dự toán</td></tr>
<tr><td><p>Thuế sử dụng đất phi nông nghiệp</p></td><td>6.120</td><td>71%</td></tr>
<tr><td><p>Phí, lệ phí</p></td><td>1.048</td><td>58%</td></tr>
</tbody></table></div>
<p>Phường phấn đấu hoàn thành 100% dự toán trước ngày 30/11.</p>
""",
    blocks=blocks("""
Theo báo cáo của Phòng Kinh tế, Hạ tầng và Đô thị phường, một số khoản thu vượt tiến độ.

Khoản thu | Số thu (triệu đồng) | So dự toán

Thuế sử dụng đất phi nông nghiệp | 6.120 | 71%

Phí, lệ phí | 1.048 | 58%

Phường phấn đấu hoàn thành 100% dự toán trước ngày 30/11.
"""),
)

# Everything inside one element: title, time, text.
BARE = PracticeArticle(
    generation="newszone",
    id="279026080611070231",
    slug="lich-cat-dien-bao-duong-luoi-dien",
    section_path="tin-tuc-su-kien-noi-bat",
    section="Tin tức - Sự kiện nổi bật",
    title="Lịch cắt điện bảo dưỡng lưới điện từ ngày 07/8",
    published=at("2026-08-06 11:05"),
    label="",
    show_time="dashes",
    frame="bare",
    body_html="""
<p>Đội quản lý điện thông báo lịch tạm ngừng cấp điện để bảo dưỡng:</p>
<p>- Ngày 07/8: từ 5 giờ đến 9 giờ, khu vực tổ 3, tổ 4;</p>
<p>- Ngày 08/8: từ 13 giờ đến 15 giờ, khu vực chợ Gò Mây.</p>
""",
    blocks=blocks("""
Đội quản lý điện thông báo lịch tạm ngừng cấp điện để bảo dưỡng:

- Ngày 07/8: từ 5 giờ đến 9 giờ, khu vực tổ 3, tổ 4;

- Ngày 08/8: từ 13 giờ đến 15 giờ, khu vực chợ Gò Mây.
"""),
)

# A box of text, which belongs to the article, in the plainer frame.
TEXT_BOX = PracticeArticle(
    generation="newszone",
    id="2790260807153001447",
    slug="doi-thoai-voi-thanh-nien",
    section_path="dang-doan-the",
    section="Đảng - Đoàn thể",
    title="Đối thoại với thanh niên phường Bến Trăng năm 2026",
    published=at("2026-08-07 14:09"),
    label="",
    show_time="clock first",
    frame="plain",
    author="Đỗ Quang Nghị",
    lead="Hơn 120 đoàn viên, thanh niên đã trực tiếp đối thoại với lãnh đạo Đảng ủy, UBND phường.",
    lead_html="Hơn 120 đoàn viên, thanh niên đã trực tiếp đối thoại với lãnh đạo Đảng ủy, UBND phường.",
    body_html="""
<p>Nội dung tập trung vào việc làm, không gian sinh hoạt văn hóa và chuyển đổi số.</p>
<div class="VCSortableInPreviewMode" type="content" id="ObjectBoxContent_1"><div data-back="#FFFBF1">
<p>Sau đối thoại, phường giao Đoàn Thanh niên tổng hợp <i>17 kiến nghị</i>, trả lời xong trước ngày
05/9.</p></div></div>
<p style="text-align: right;">Các ý kiến đều được ghi nhận.</p>
""",
    blocks=blocks("""
Nội dung tập trung vào việc làm, không gian sinh hoạt văn hóa và chuyển đổi số.

Sau đối thoại, phường giao Đoàn Thanh niên tổng hợp 17 kiến nghị, trả lời xong trước ngày 05/9.

Các ý kiến đều được ghi nhận.
"""),
)

# Quotation marks and an ampersand in the title; a list.
QUOTED = PracticeArticle(
    generation="newszone",
    id="2790260805080912004",
    slug="phong-trao-ngay-thu-bay-xanh-sach",
    section_path="dang-doan-the",
    section="Đảng - Đoàn thể",
    title='Phong trào "Ngày thứ bảy xanh & sạch" lan tỏa ở cơ sở',
    title_html="Phong trào &quot;Ngày thứ bảy xanh &amp; sạch&quot; lan tỏa ở cơ sở",
    published=at("2026-08-05 08:12"),
    label="",
    show_time="clock first",
    lead="Sau hai tháng phát động, phong trào đã có mặt ở 100% khu dân cư.",
    lead_html="<span>Sau hai tháng</span> phát động, phong trào đã có mặt ở 100% khu dân cư.",
    body_html="""
<p>Những cách làm hay được nhân rộng:</p>
<ul><li>Tuyến đường hoa tự quản;</li><li>Thùng rác phân loại tại nguồn;</li>
<li>Đổi pin cũ lấy <a href="https://cay-xanh.example/">cây xanh</a>.</li></ul>
<p>Hội Cựu chiến binh nhận chăm sóc 1,2 km đường đê.</p>
""",
    blocks=blocks("""
Những cách làm hay được nhân rộng:

Tuyến đường hoa tự quản;

Thùng rác phân loại tại nguồn;

Đổi pin cũ lấy cây xanh.

Hội Cựu chiến binh nhận chăm sóc 1,2 km đường đê.
"""),
)

# Lines kept apart by breaks, blocks made of div elements.
BROKEN_LINES = PracticeArticle(
    generation="newszone",
    id="2790260310071500662",
    slug="nhan-dan-phuong-ben-trang-huong-ve-ngay-bau-cu",
    section_path="dang-doan-the",
    section="Đảng - Đoàn thể",
    title="Nhân dân phường Bến Trăng hướng về ngày bầu cử",
    published=at("2026-03-10 07:15"),
    label="",
    show_time="clock first",
    author="Hoàng Gia Tựu",
    lead="Toàn phường có 12 khu vực bỏ phiếu với 15.608 cử tri.",
    lead_html="Toàn phường có 12 khu vực bỏ phiếu với 15.608 cử tri.",
    body_html="""
<div>Danh sách cử tri đã được niêm yết công khai tại:<br>Trụ sở UBND phường;<br>Nhà văn hóa các tổ dân phố.</div>
<div><br></div>
<div>Bà Vũ Thị Thoan, cử tri khu vực số 5 chia sẻ niềm tin vào những đại biểu <span>sẽ được</span> lựa chọn.</div>
Không khí phấn khởi lan tỏa khắp các ngõ phố.
""",
    blocks=blocks("""
Danh sách cử tri đã được niêm yết công khai tại:

Trụ sở UBND phường;

Nhà văn hóa các tổ dân phố.

Bà Vũ Thị Thoan, cử tri khu vực số 5 chia sẻ niềm tin vào những đại biểu sẽ được lựa chọn.

Không khí phấn khởi lan tỏa khắp các ngõ phố.
"""),
)

# Pictures with captions only, one of the captions left empty, one picture in the older element.
GALLERY = PracticeArticle(
    generation="newszone",
    id="2790260809200311777",
    slug="trung-thu-som-o-phuong-ben-trang",
    section_path="van-hoa-xa-hoi",
    section="Văn hóa - Xã hội",
    title="Trung thu sớm ở phường Bến Trăng",
    published=at("2026-08-09 20:03"),
    label="",
    show_time="clock first",
    author="Phạm Bích Nhạn",
    lead="Chùm ảnh đêm hội trăng rằm tại sân đình Gò Mây.",
    lead_html="Chùm ảnh đêm hội trăng rằm tại sân đình Gò Mây.",
    body_html="""
<figure class="VCSortableInPreviewMode" type="Photo"><div><img src="/media/2790/trung-thu-1.jpg" alt="" /></div>
<figcaption class="PhotoCMS_Caption"><p data-placeholder="Nhập chú thích ảnh">Múa lân mở màn đêm
hội</p></figcaption></figure>
<figure class="VCSortableInPreviewMode" type="Photo"><div><img src="/media/2790/trung-thu-2.jpg" alt="Rước đèn" /></div>
<figcaption class="PhotoCMS_Caption"><p data-placeholder="Nhập chú thích ảnh"></p></figcaption></figure>
<div class="VCSortableInPreviewMode" type="Photo"><div><img src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP//"
data-src="/media/2790/trung-thu-3.jpg" alt="" /></div>
<div class="PhotoCMS_Caption"><p>Các em nhỏ phá cỗ</p></div></div>
""",
    blocks=("Múa lân mở màn đêm hội", "Các em nhỏ phá cỗ"),
    captions=("Múa lân mở màn đêm hội", "Các em nhỏ phá cỗ"),
    images=(
        ("/media/2790/trung-thu-1.jpg", "Múa lân mở màn đêm hội", None),
        ("/media/2790/trung-thu-2.jpg", None, "Rước đèn"),
        ("/media/2790/trung-thu-3.jpg", "Các em nhỏ phá cỗ", None),
    ),
)

# A character beyond the basic plane, no-break spaces, an empty sapo.
ASTRAL = PracticeArticle(
    generation="newszone",
    id="2790260804163009115",
    slug="ngay-hoi-the-thao-cong-dong",
    section_path="van-hoa-xa-hoi",
    section="Văn hóa - Xã hội",
    title="Ngày hội thể thao cộng đồng \U0001f3c3 thu hút 600 người",
    published=at("2026-08-04 16:40"),
    label="",
    show_time="clock first",
    lead_html="",
    body_html="""
<p>Giải chạy&nbsp;5&nbsp;km \U0001f3c5 có 212 vận động viên không chuyên tham gia.</p>
<p>&nbsp;</p>
<h3>Kết quả</h3>
<p>Giải nhất thuộc về tổ dân phố số&nbsp;7.&nbsp;</p>
""",
    blocks=(
        "Giải chạy\u00a05\u00a0km \U0001f3c5 có 212 vận động viên không chuyên tham gia.",
        "Kết quả",
        "Giải nhất thuộc về tổ dân phố số\u00a07.\u00a0",
    ),
)

# Headings, a quotation, a photograph of an album with a plain figure.
HEADINGS = PracticeArticle(
    generation="newszone",
    id="2790260802090500231",
    slug="lop-hoc-tieng-anh-mien-phi-mua-he",
    section_path="van-hoa-xa-hoi",
    section="Văn hóa - Xã hội",
    title="Lớp học tiếng Anh miễn phí mùa hè cho trẻ em có hoàn cảnh khó khăn",
    published=at("2026-08-02 09:04"),
    label="",
    show_time="clock first",
    author="Hội Khuyến học",
    lead="Lớp học do Hội Khuyến học phường tổ chức, duy trì ba buổi mỗi tuần.",
    lead_html="Lớp học do Hội Khuyến học phường tổ chức, duy trì ba buổi mỗi tuần.",
    body_html="""
<h2>Từ một ý tưởng nhỏ</h2>
<p>Khởi đầu chỉ có 8 học sinh, đến nay lớp đã đón 46 em.</p>
<blockquote><p>Chúng tôi mong các em tự tin hơn.</p><p>Bà Lê Hạ Mi, phụ trách lớp</p></blockquote>
<figure><img src="/media/2790/lop-hoc.jpg" alt="Lớp học" /><figcaption>Giờ học tại nhà văn hóa</figcaption></figure>
""",
    blocks=blocks("""
Từ một ý tưởng nhỏ

Khởi đầu chỉ có 8 học sinh, đến nay lớp đã đón 46 em.

Chúng tôi mong các em tự tin hơn.

Bà Lê Hạ Mi, phụ trách lớp

Giờ học tại nhà văn hóa
"""),
    captions=("Giờ học tại nhà văn hóa",),
    images=(("/media/2790/lop-hoc.jpg", "Giờ học tại nhà văn hóa", "Lớp học"),),
)

# Files to download; midnight.
FILES = PracticeArticle(
    generation="newszone",
    id="2790260801000000518",
    slug="cong-khai-du-toan-ngan-sach-quy-iii",
    section_path="chi-dao-dieu-hanh",
    section="Chỉ đạo điều hành",
    title="Công khai dự toán ngân sách quý III/2026",
    published=at("2026-08-01 00:00"),
    label="",
    show_time="clock first",
    lead_html="",
    body_html="""
<p>UBND phường Bến Trăng công khai dự toán ngân sách quý III/2026 theo các biểu sau:</p>
<p><a href="/media/2790/2026/Bieu so 01.xls" target="_blank">Biểu số 01</a>;
<a href="/media/2790/2026/quyet-dinh-118.pdf">Quyết định số 118/QĐ-UBND</a></p>
<p><a href="/media/2790/2026/thuyet-minh.docx?v=2"><strong>Thuyết minh</strong> kèm theo</a></p>
""",
    blocks=blocks("""
UBND phường Bến Trăng công khai dự toán ngân sách quý III/2026 theo các biểu sau:

Biểu số 01; Quyết định số 118/QĐ-UBND

Thuyết minh kèm theo
"""),
    attachments=(
        ("/media/2790/2026/Bieu%20so%2001.xls", "Biểu số 01"),
        ("/media/2790/2026/quyet-dinh-118.pdf", "Quyết định số 118/QĐ-UBND"),
        ("/media/2790/2026/thuyet-minh.docx?v=2", "Thuyết minh kèm theo"),
    ),
)

# Word's markup again, in the plainer frame.
WORD = PracticeArticle(
    generation="newszone",
    id="2790260706133811903",
    slug="kien-toan-ban-chi-dao-chuyen-doi-so",
    section_path="chi-dao-dieu-hanh",
    section="Chỉ đạo điều hành",
    title="Kiện toàn Ban Chỉ đạo chuyển đổi số phường Bến Trăng",
    published=at("2026-07-06 13:12"),
    label="",
    show_time="clock first",
    frame="plain",
    lead="Ban Chỉ đạo gồm 15 thành viên, do Bí thư Đảng ủy phường làm Trưởng ban.",
    lead_html="Ban Chỉ đạo gồm 15 thành viên, do Bí thư Đảng ủy phường làm Trưởng ban.",
    body_html="""
<p class="MsoNormal" style="mso-margin-top-alt:auto"><span style="font-size:14.0pt;line-height:120%">Ban Chỉ đạo có
trách nhiệm tham m<span>ưu</span>, đôn đốc việc thực hiện kế hoạch.<o:p></o:p></span></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal"><span lang="VI">Quyết định có hiệu lực kể từ ngày ký.</span><o:p></o:p></p>
""",
    blocks=blocks("""
Ban Chỉ đạo có trách nhiệm tham mưu, đôn đốc việc thực hiện kế hoạch.

Quyết định có hiệu lực kể từ ngày ký.
"""),
)

# Things that no reader sees, and a date inside the text.
UNSEEN = PracticeArticle(
    generation="newszone",
    id="2790260607101010246",
    slug="thong-bao-tam-dung-giao-thong-duong-de",
    section_path="chi-dao-dieu-hanh",
    section="Chỉ đạo điều hành",
    title="Thông báo tạm dừng giao thông một đoạn đường đê",
    published=at("2026-06-07 10:01"),
    label="",
    show_time="clock first",
    author="Lê Đình Vọng",
    lead="Việc tạm dừng phục vụ thi công cống qua đê.",
    lead_html="Việc tạm dừng phục vụ thi công cống qua đê.",
    body_html="""
<p>Thời gian: từ 22:00 08/06/2026 đến 05:00 09/06/2026.</p>
<p style="display: none;">Ghi chú nội bộ: chờ ký.</p>
<!-- <p>Đoạn đã bỏ</p> --><script>arfAsync.push("in-article");</script>
<p>Phương tiện đi theo hướng đường Bến Trăng - cầu Gò Mây.</p>
""",
    blocks=blocks("""
Thời gian: từ 22:00 08/06/2026 đến 05:00 09/06/2026.

Phương tiện đi theo hướng đường Bến Trăng - cầu Gò Mây.
"""),
)

NEWSZONE = (
    NEWEST,
    BOXES,
    BARE,
    TEXT_BOX,
    QUOTED,
    BROKEN_LINES,
    GALLERY,
    ASTRAL,
    HEADINGS,
    FILES,
    WORD,
    UNSEEN,
)
