"""Hand-written articles of the older generation; between them they hold what editors do to their HTML."""

from unicodedata import normalize

from wardnews.demo.articles import PracticeArticle, at, blocks

# Word's markup as it comes through the clipboard.
MONTHLY = PracticeArticle(
    generation="liferay",
    id=3159471,
    slug="ban-chap-hanh-ang-bo-phuong-hoa-sua-giao-ban-thang-4-2021",
    section_path="cong-tac-dang1",
    section="CÔNG TÁC ĐẢNG",
    title="Ban Chấp hành Đảng bộ phường Hoa Sữa giao ban tháng 4/2021",
    published=at("2021-05-04 17:15"),
    views=81,
    author="Văn phòng Đảng ủy",
    lead="Sáng ngày 04/5, Ban Chấp hành Đảng bộ phường Hoa Sữa khóa XII giao ban thường kỳ nhằm kiểm điểm nhiệm vụ"
    " tháng 4 và triển khai công tác trọng tâm tháng 5 năm 2021.",
    lead_html="Sáng ngày 04/5, Ban Chấp hành Đảng bộ phường Hoa Sữa khóa XII giao ban thường kỳ nhằm kiểm điểm nhiệm vụ"
    " tháng 4 và triển khai công tác trọng tâm tháng 5 năm 2021.",
    body_html="""
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml><![endif]-->
<!--[if gte mso 10]><style>/* Style Definitions */ table.MsoNormalTable {mso-style-name:"Table
Normal";}</style><![endif]-->
<p class="MsoNormal" style="text-align:justify;text-indent:36.0pt"><span style="font-size:14.0pt;
font-family:&quot;Times New Roman&quot;,serif">Chủ trì hội nghị có đồng chí Trần Thu Khuê
- Bí thư Đảng ủy; cùng dự có các đồng chí trong B<strong>an Chấp</strong> hành Đảng bộ,<span>&nbsp; </span>đại diện
lãnh đạo các ban, ngành, đoàn thể.<o:p></o:p></span></p>
<p class="MsoNormal"><o:p>&nbsp;</o:p></p>
<p class="MsoNormal" style="margin-left:18.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1"><![if !supportLists]><span
style="mso-list:Ignore">-<span style="font:7.0pt &quot;Times New Roman&quot;">&nbsp;&nbsp;</span></span><![endif]><span
style="font-size:14.0pt">Thu ngân sách 4 tháng đạt 6.412.305.000 đồng, bằng <b>4</b><b>1,2%</b> dự toán
năm;<o:p></o:p></span></p>
<p class="MsoNormal"><span style="font-size:14.0pt"><span style="mso-spacerun:yes"><st1:place w:st="on">Kết
nạp</st1:place>
</span>03 đảng viên mới, chuyển Đảng chính thức cho <em>05 đồng chí</em>.</span></p>
<p>&nbsp;</p>
<p class="MsoNormal" align="center" style="text-align:center"><img alt="Quang cảnh hội nghị giao ban" height="420"
src="/documents/10197/0/giao-ban-t4.jpg/7c1d0f3e-22aa-4b54-9a1e-0d5f3c1b2a90?t=1620123456789" width="640" /></p>
<p class="MsoNormal" align="center"><i>Quang cảnh hội nghị</i></p>
<p class="MsoNormal"><span lang="VI">Kết luận hội nghị, đồng chí Bí thư Đảng ủy yêu cầu các chi bộ tập trung chỉ đạo
công tác bầu cử, phòng, chống dịch Covid-19 và giải phóng mặt bằng dự án mở rộng đường Bến Trăng.</span></p>
""",
    blocks=blocks("""
Chủ trì hội nghị có đồng chí Trần Thu Khuê - Bí thư Đảng ủy; cùng dự có các đồng chí trong Ban Chấp hành Đảng bộ,\u00a0
đại diện lãnh đạo các ban, ngành, đoàn thể.

-\u00a0\u00a0Thu ngân sách 4 tháng đạt 6.412.305.000 đồng, bằng 41,2% dự toán năm;

Kết nạp 03 đảng viên mới, chuyển Đảng chính thức cho 05 đồng chí.

Quang cảnh hội nghị

Kết luận hội nghị, đồng chí Bí thư Đảng ủy yêu cầu các chi bộ tập trung chỉ đạo công tác bầu cử, phòng, chống dịch
Covid-19 và giải phóng mặt bằng dự án mở rộng đường Bến Trăng.
"""),
    images=(
        (
            "/documents/10197/0/giao-ban-t4.jpg/7c1d0f3e-22aa-4b54-9a1e-0d5f3c1b2a90?t=1620123456789",
            None,
            "Quang cảnh hội nghị giao ban",
        ),
    ),
)

# Paragraphs that close without having opened, text outside of any element, an empty sapo, files to download.
STRAY_ENDS = PracticeArticle(
    generation="liferay",
    id=3159402,
    slug="ang-uy-phuong-hoa-sua-trien-khai-ke-hoach-kiem-tra-giam-sat",
    section_path="cong-tac-dang1",
    section="CÔNG TÁC ĐẢNG",
    title="Đảng ủy phường Hoa Sữa triển khai kế hoạch kiểm tra, giám sát năm 2021",
    published=at("2021-04-05 08:09"),
    views=124,
    author="admin hoasua",
    lead_html="",
    body_html="""
        Ủy ban Kiểm tra Đảng ủy phường Hoa Sữa ban hành kế hoạch kiểm tra, giám sát năm 2021.</p>
   Nội dung trọng tâm:</p>
<p style="text-align: justify;">Kiểm tra 02 chi bộ về công tác thu, nộp đảng phí;<br />
giám sát 03 chi bộ về thực hiện quy chế làm việc.<br /><br />
Thời gian thực hiện: từ ngày 10/4/2021.</p>
Tài liệu kèm theo <strong>gồm có</strong>:
<p><strong>- </strong><a href="/documents/10197/0/Ke hoach kiem tra 2021.doc" style="color: #3e81b5;">Kế hoạch
kiểm tra</a><strong><br /> </strong></p>
<p>- <a target="_blank"
href="/documents/10197/0/ke-hoach.pdf/b0b5f1de-91a0-4d63-8a51-2f0f3d9a77c1?t=1617584940000">Kế hoạch giám sát (bản
ký)</a></p>
Mọi thông tin trao đổi, đề nghị liên hệ: <a href="mailto:vanphong@hoasua.example">vanphong@hoasua.example</a>.</p>
<br /> </p>
""",
    blocks=blocks("""
Ủy ban Kiểm tra Đảng ủy phường Hoa Sữa ban hành kế hoạch kiểm tra, giám sát năm 2021.

Nội dung trọng tâm:

Kiểm tra 02 chi bộ về công tác thu, nộp đảng phí;

giám sát 03 chi bộ về thực hiện quy chế làm việc.

Thời gian thực hiện: từ ngày 10/4/2021.

Tài liệu kèm theo gồm có:

- Kế hoạch kiểm tra

- Kế hoạch giám sát (bản ký)

Mọi thông tin trao đổi, đề nghị liên hệ: vanphong@hoasua.example.
"""),
    attachments=(
        ("/documents/10197/0/Ke%20hoach%20kiem%20tra%202021.doc", "Kế hoạch kiểm tra"),
        (
            "/documents/10197/0/ke-hoach.pdf/b0b5f1de-91a0-4d63-8a51-2f0f3d9a77c1?t=1617584940000",
            "Kế hoạch giám sát (bản ký)",
        ),
    ),
)

# A table of figures; the time in the American way.
FIGURES = PracticeArticle(
    generation="liferay",
    id=3159388,
    slug="phuong-hoa-sua-so-ket-cong-tac-tiem-chung-quy-i-2021",
    section_path="tin-noi-bat",
    section="Tin nổi bật",
    title="Phường Hoa Sữa sơ kết công tác tiêm chủng quý I/2021",
    published=at("2021-04-07 17:05"),
    show_time="12h",
    views=246,
    author="Trạm Y tế",
    lead="Trạm Y tế phường Hoa Sữa vừa tổ chức sơ kết công tác tiêm chủng mở rộng quý I năm 2021.",
    lead_html="Trạm Y tế phường Hoa Sữa vừa tổ chức sơ kết công tác\n\t\ttiêm chủng mở rộng quý I năm 2021.",
    body_html="""
<p style="text-align: justify;">Trong quý I, Trạm Y tế đã tổ chức 06 buổi tiêm chủng thường xuyên và 01 buổi tiêm vét,
không để xảy ra tai biến. Kết quả cụ thể như sau:</p>
<table align="center" border="1" cellpadding="0" cellspacing="0" class="MsoTableGrid" style="width:100%">
<thead><tr><th>TT</th><th>Tổ dân phố</th><th>Số trẻ<br />được tiêm</th></tr></thead>
<tbody>
<tr><td>1</td><td><p>Tổ 1 - Bến Trăng</p></td><td style="text-align:right">42</td></tr>
<tr><td>2</td><td><p><span>Tổ 2 - Gò</span> Mây</p></td><td>37</td></tr>
<tr><td colspan="2"><strong>Cộng</strong></td><td><strong>79</strong></td></tr>
</tbody></table>
<p style="text-align: justify;">&nbsp; &nbsp; Bác sĩ Phạm Bích Nhạn - Trưởng Trạm Y tế đề nghị các tổ dân phố tiếp tục
rà soát, lập danh sách trẻ trong độ tuổi để không bỏ sót đối tượng.</p>
""",
    blocks=blocks("""
Trong quý I, Trạm Y tế đã tổ chức 06 buổi tiêm chủng thường xuyên và 01 buổi tiêm vét, không để xảy ra tai biến. Kết quả
cụ thể như sau:

TT | Tổ dân phố | Số trẻ được tiêm

1 | Tổ 1 - Bến Trăng | 42

2 | Tổ 2 - Gò Mây | 37

Cộng | 79

\u00a0 \u00a0 Bác sĩ Phạm Bích Nhạn - Trưởng Trạm Y tế đề nghị các tổ dân phố tiếp tục rà soát, lập danh sách trẻ
trong độ
tuổi để không bỏ sót đối tượng.
"""),
)

# Nothing but pictures.
PICTURES = PracticeArticle(
    generation="liferay",
    id=3159370,
    slug="hinh-anh-le-hoi-hoa-ang-nam-2021",
    section_path="tin-noi-bat",
    section="Tin nổi bật",
    title="Hình ảnh lễ hội hoa đăng năm 2021",
    published=at("2021-04-06 20:30"),
    views=512,
    lead_html="&nbsp;",
    body_html="""
<p style="text-align: center;"><img alt="Đoàn rước hoa đăng" src="/documents/10197/0/hoadang1.jpg" /></p>
<p style="text-align: center;">&nbsp;<img alt="" src="/documents/10197/0/hoa dang 2.jpg" /><br />&nbsp;</p>
<div><img src="/documents/10197/0/hoadang3.jpg?t=1617715800000" style="width: 640px;" /></div>
""",
    blocks=(),
    images=(
        ("/documents/10197/0/hoadang1.jpg", None, "Đoàn rước hoa đăng"),
        ("/documents/10197/0/hoa%20dang%202.jpg", None, None),
        ("/documents/10197/0/hoadang3.jpg?t=1617715800000", None, None),
    ),
)

# Taken over from an older portal: no label, no counter, midnight.
TAKEN_OVER = PracticeArticle(
    generation="liferay",
    id=708168,
    slug="huong-dan-dang-ky-ho-tich-tai-bo-phan-mot-cua",
    section_path="tin-noi-bat",
    section="Tin nổi bật",
    title="Hướng dẫn đăng ký hộ tịch tại bộ phận một cửa",
    published=at("2012-12-08 00:00"),
    show_time="12h",
    label="",
    author="admin admin",
    lead_html="",
    body_html="""<div style="text-align: justify;"><font face="Times New Roman" size="3">Kể từ ngày
10/12/2012, bộ phận một cửa UBND phường Hoa Sữa tiếp nhận hồ sơ đăng ký hộ tịch vào tất cả các ngày làm
việc trong tuần.</font></div>
<div><font face="Times New Roman" size="3">Công dân mang theo giấy tờ tùy thân và sổ hộ khẩu bản chính.</font></div>
""",
    blocks=blocks("""
Kể từ ngày 10/12/2012, bộ phận một cửa UBND phường Hoa Sữa tiếp nhận hồ sơ đăng ký hộ tịch vào tất cả các ngày làm việc
trong tuần.

Công dân mang theo giấy tờ tùy thân và sổ hộ khẩu bản chính.
"""),
)

# Photographs laid out with a table, pictures that load late, one picture written into the page itself.
LAID_OUT = PracticeArticle(
    generation="liferay",
    id=3159365,
    slug="phuong-ben-trang-ra-quan-tong-ve-sinh-moi-truong",
    section_path="hoat-dong-cac-phuong",
    section="Hoạt động các phường",
    title="Phường Bến Trăng ra quân tổng vệ sinh môi trường hưởng ứng Ngày Trái đất",
    published=at("2021-04-10 09:41"),
    views=97,
    author="Lê Đình Vọng",
    lead="Sáng 10/4, phường Bến Trăng đồng loạt ra quân tổng vệ sinh môi trường tại 14 tổ dân phố.",
    lead_html="Sáng 10/4, phường Bến Trăng đồng loạt ra quân tổng vệ sinh môi trường tại 14 tổ dân phố.",
    body_html="""
<p>Tham gia buổi ra quân có hơn 300 đoàn viên, hội viên và nhân dân. Các lực lượng đã thu gom 4,5 tấn rác thải, bóc xóa
gần 200 biển quảng cáo rao vặt, trồng bổ sung 60 m<sup>2</sup> bồn hoa dọc bờ sông.</p>
<table border="0" style="width: 100%;"><tbody>
<tr><td><img alt="" src="/image/journal/article?img_id=3159366&amp;t=1618022460000" /></td><td><img alt="Trồng hoa"
src="/image/journal/article?img_id=3159367&amp;t=1618022460000" /></td></tr>
<tr><td style="text-align:center"><em>Đoàn viên thanh niên thu gom rác</em></td>
<td style="text-align:center"><em>Hội Phụ nữ trồng hoa ven sông</em></td></tr>
</tbody></table>
<p style="text-align:center"><img alt="" data-src="/documents/10197/0/ra-quan.jpg"
src="data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7" class="lazy" /></p>
<p class="caption">Lãnh đạo phường phát động buổi ra quân</p>
<table style="width: 640px;"><tbody><tr><td><img src="data:image/png;base64,iVBORw0KGgo=" alt="" /></td></tr>
<tr><td><p>Khu vực chân cầu được trả lại vẻ sạch đẹp.</p><p>Người dân cam kết giữ gìn vệ sinh
chung.</p></td></tr></tbody></table>
<p>Hoạt động sẽ được duy trì vào sáng thứ bảy hằng tuần.</p>
""",
    blocks=blocks("""
Tham gia buổi ra quân có hơn 300 đoàn viên, hội viên và nhân dân. Các lực lượng đã thu gom 4,5 tấn rác thải, bóc xóa gần
200 biển quảng cáo rao vặt, trồng bổ sung 60 m2 bồn hoa dọc bờ sông.

Đoàn viên thanh niên thu gom rác | Hội Phụ nữ trồng hoa ven sông

Lãnh đạo phường phát động buổi ra quân

Khu vực chân cầu được trả lại vẻ sạch đẹp.

Người dân cam kết giữ gìn vệ sinh chung.

Hoạt động sẽ được duy trì vào sáng thứ bảy hằng tuần.
"""),
    captions=(
        "Đoàn viên thanh niên thu gom rác | Hội Phụ nữ trồng hoa ven sông",
        "Lãnh đạo phường phát động buổi ra quân",
    ),
    images=(
        ("/image/journal/article?img_id=3159366&t=1618022460000", "Đoàn viên thanh niên thu gom rác", None),
        ("/image/journal/article?img_id=3159367&t=1618022460000", "Hội Phụ nữ trồng hoa ven sông", "Trồng hoa"),
        ("/documents/10197/0/ra-quan.jpg", "Lãnh đạo phường phát động buổi ra quân", None),
    ),
)

# Related news inside the body, a paragraph that reads like the header line, things that no reader sees.
INTERLEAVED = PracticeArticle(
    generation="liferay",
    id=3159350,
    slug="phuong-hoa-sua-giai-phong-mat-bang-du-an-duong-ben-trang",
    section_path="hoat-dong-cac-phuong",
    section="Hoạt động các phường",
    title="Phường Hoa Sữa đẩy nhanh giải phóng mặt bằng dự án đường Bến Trăng",
    published=at("2021-04-09 16:07"),
    views=425,
    author="Ban biên tập",
    lead="UBND phường Hoa Sữa tổ chức hội nghị đối thoại với các hộ dân có đất thu hồi thuộc dự án đường Bến Trăng.",
    lead_html="UBND phường Hoa Sữa tổ chức hội nghị đối thoại với các hộ dân có đất thu hồi thuộc dự án đường Bến&#32;"
    "Trăng.",
    body_html="""
<p>Dự án có tổng diện tích thu hồi 12.480 m2 liên quan đến 86 hộ. Đến nay, 71 hộ đã nhận tiền và bàn giao mặt bằng.</p>
<div class="Relatednew"><div class="related_asset_title">Tin liên quan</div><ul class="related_asset_list">
<li><a href="/hoat-dong-cac-phuong/-/view_content/3159365-phuong-ben-trang-ra-quan-tong-ve-sinh-moi-truong.html"><img
src="/image/journal/article?img_id=3159366" alt="" />Phường Bến Trăng ra quân tổng vệ sinh môi
trường</a></li></ul></div>
<script type="text/javascript">var practice = "<p>Đoạn này không phải nội dung</p>";</script>
<style>.journal-content-article p { margin: 6pt; }</style>
<p>Thông báo thu hồi đất được đăng trên cổng thông tin với dòng ghi chú:</p>
<p>Ngày đăng 05/02/2021 | 08:00 &nbsp;|&nbsp;Lượt xem: 12</p>
<div style="display:none">Bản nháp ngày 01/4, chưa duyệt.</div>
<!-- <p>Đoạn đã bỏ</p> -->
<p>Phát biểu tại hội nghị, đồng chí Hoàng Gia Tựu - Chủ tịch UBND phường khẳng định mọi kiến nghị chính đáng của nhân
dân
đều được trả lời bằng văn bản trong thời hạn 07 ngày.</p>
""",
    blocks=blocks("""
Dự án có tổng diện tích thu hồi 12.480 m2 liên quan đến 86 hộ. Đến nay, 71 hộ đã nhận tiền và bàn giao mặt bằng.

Thông báo thu hồi đất được đăng trên cổng thông tin với dòng ghi chú:

Ngày đăng 05/02/2021 | 08:00 \u00a0|\u00a0Lượt xem: 12

Phát biểu tại hội nghị, đồng chí Hoàng Gia Tựu - Chủ tịch UBND phường khẳng định mọi kiến nghị chính đáng của nhân
dân đều
được trả lời bằng văn bản trong thời hạn 07 ngày.
"""),
)

# Typed on a system that writes tone marks as characters of their own; the truth is composed, as records are.
DECOMPOSED = PracticeArticle(
    generation="liferay",
    id=3159333,
    slug="cau-lac-bo-ca-tru-phuong-go-may-ra-mat",
    section_path="van-hoa-xa-hoi",
    section="Văn hóa - xã hội",
    title="Câu lạc bộ ca trù phường Gò Mây ra mắt",
    title_html=normalize("NFD", "Câu lạc bộ ca trù phường Gò Mây ra mắt"),
    published=at("2021-03-12 21:10"),
    views=68,
    lead="Tối 12/3, câu lạc bộ ca trù phường Gò Mây chính thức ra mắt với 18 thành viên.",
    lead_html=normalize("NFD", "Tối 12/3, câu lạc bộ ca trù phường Gò Mây chính thức ra mắt với 18 thành viên."),
    body_html=normalize(
        "NFD",
        """
<p>Câu lạc bộ sinh hoạt định kỳ vào tối thứ sáu hằng tuần tại đình làng Gò Mây, do nghệ nhân Vũ Thị Thoan truyền
dạy.</p>
<p>Dịp này, phường trao tặng câu lạc bộ 02 bộ đàn đáy và phách.</p>
""",
    ),
    blocks=blocks("""
Câu lạc bộ sinh hoạt định kỳ vào tối thứ sáu hằng tuần tại đình làng Gò Mây, do nghệ nhân Vũ Thị Thoan truyền dạy.

Dịp này, phường trao tặng câu lạc bộ 02 bộ đàn đáy và phách.
"""),
)

# Entities of every kind, a character beyond the basic plane, a figure with its caption; words of two languages.
ENTITIES = PracticeArticle(
    generation="liferay",
    id=3159321,
    slug="-ngay-hoi-oc-sach-2021-",
    section_path="van-hoa-xa-hoi",
    section="Văn hóa - xã hội",
    title='"Ngày hội đọc sách 2021": Trao 500 cuốn sách & 50 tủ sách cho thiếu nhi',
    title_html="&#034;Ngày hội đọc sách 2021&#034;: Trao 500 cuốn sách &amp; 50 tủ sách cho thiếu nhi",
    published=at("2021-04-11 08:32"),
    show_time="12h padded",
    views=842,
    views_label="View count",
    author="Đoàn Thanh niên",
    lead="Ngày hội có chủ đề “Mỗi trang sách, một chân trời” thu hút hơn 400 em nhỏ.",
    lead_html="Ng&agrave;y h&#7897;i c&oacute; chủ đề &ldquo;Mỗi trang s&aacute;ch, một ch&acirc;n trời&rdquo;"
    " thu h&uacute;t hơn 400 em nhỏ.",
    body_html="""
<p>C&aacute;c em được nghe kể chuyện, vẽ tranh v&agrave; đổi s&aacute;ch cũ lấy c&acirc;y xanh \U0001f331; nhiều em lần
đầu c&oacute; thẻ thư viện. Kinh ph&iacute; &lt; 30 triệu đồng, ho&agrave;n to&agrave;n x&atilde; h&#x1ED9;i
h&oacute;a.</p>
<figure class="image"><img alt="Các em nhỏ chọn sách" src="/documents/10197/0/doc-sach.jpg" /><figcaption>C&aacute;c em
nhỏ chọn s&aacute;ch tại gian trưng b&agrave;y</figcaption></figure>
<p><strong>Đồng ch&iacute; Đỗ Quang Nghị</strong> &ndash; B&iacute; thư Đo&agrave;n phường cho biết: &ldquo;Ch&uacute;ng
t&ocirc;i sẽ duy tr&igrave; tủ s&aacute;ch tại 50 lớp học&hellip;&rdquo;</p>
""",
    blocks=blocks("""
Các em được nghe kể chuyện, vẽ tranh và đổi sách cũ lấy cây xanh \U0001f331; nhiều em lần đầu có thẻ thư viện. Kinh
phí < 30
triệu đồng, hoàn toàn xã hội hóa.

Các em nhỏ chọn sách tại gian trưng bày

Đồng chí Đỗ Quang Nghị \u2013 Bí thư Đoàn phường cho biết: “Chúng tôi sẽ duy trì tủ sách tại 50 lớp học…”
"""),
    captions=("Các em nhỏ chọn sách tại gian trưng bày",),
    images=(("/documents/10197/0/doc-sach.jpg", "Các em nhỏ chọn sách tại gian trưng bày", "Các em nhỏ chọn sách"),),
)

# Lists; no sapo at all.
LISTS = PracticeArticle(
    generation="liferay",
    id=3159310,
    slug="thong-bao-lich-tiep-cong-dan-thang-4-2021",
    section_path="chi-ao-ieu-hanh",
    section="Chỉ đạo điều hành",
    title="Thông báo lịch tiếp công dân tháng 4/2021",
    published=at("2021-04-01 07:58"),
    views=33,
    body_html="""
<h3>I. Thời gian, địa điểm</h3>
<p>Tại phòng tiếp công dân, trụ sở UBND phường Hoa Sữa:</p>
<ul>
	<li>Buổi sáng: từ 8 giờ đến 11 giờ 30 phút;</li>
	<li><p>Buổi chiều: từ 13 giờ 30 phút đến <strong>16 giờ 30</strong> phút.</p></li>
	<li>&nbsp;</li>
</ul>
<h3>II. Thành phần</h3>
<ol><li>Chủ tịch UBND phường;<li>Công chức tư pháp - hộ tịch;<li>Cán bộ địa chính.</ol>
<blockquote>Công dân đến làm việc thực hiện nghiêm quy định 5K.</blockquote>
""",
    blocks=blocks("""
I. Thời gian, địa điểm

Tại phòng tiếp công dân, trụ sở UBND phường Hoa Sữa:

Buổi sáng: từ 8 giờ đến 11 giờ 30 phút;

Buổi chiều: từ 13 giờ 30 phút đến 16 giờ 30 phút.

II. Thành phần

Chủ tịch UBND phường;

Công chức tư pháp - hộ tịch;

Cán bộ địa chính.

Công dân đến làm việc thực hiện nghiêm quy định 5K.
"""),
)

# A date line without its label.
NO_LABEL = PracticeArticle(
    generation="liferay",
    id=3159297,
    slug="chi-thi-ve-tang-cuong-phong-chong-chay-no",
    section_path="chi-ao-ieu-hanh",
    section="Chỉ đạo điều hành",
    title="Chỉ thị về tăng cường phòng, chống cháy nổ trên địa bàn phường",
    published=at("2018-09-11 08:39"),
    label="",
    views=3565,
    lead="Chủ tịch UBND phường Hoa Sữa ban hành Chỉ thị số 03/CT-UBND.",
    lead_html="Chủ tịch UBND phường Hoa Sữa ban hành Chỉ thị số 03/CT-UBND.",
    body_html="""<p><span><span><span>Chỉ thị yêu cầu các hộ kinh doanh, nhà cho thuê trọ</span></span></span> trang bị
bình chữa cháy, bố trí lối thoát nạn thứ hai.</p><p><a
href="/documents/10197/0/chi-thi-03.pdf">Tải về Chỉ thị số 03/CT-UBND</a></p>""",
    blocks=blocks("""
Chỉ thị yêu cầu các hộ kinh doanh, nhà cho thuê trọ trang bị bình chữa cháy, bố trí lối thoát nạn thứ hai.

Tải về Chỉ thị số 03/CT-UBND
"""),
    attachments=(("/documents/10197/0/chi-thi-03.pdf", "Tải về Chỉ thị số 03/CT-UBND"),),
)

# Midnight in the 24 hour form and no counter. The portal's own list does not reach it.
UNREACHED = PracticeArticle(
    generation="liferay",
    id=155546,
    slug="--9-7",
    section_path="chi-ao-ieu-hanh",
    section="Chỉ đạo điều hành",
    title="Công điện về chủ động ứng phó với bão số 2",
    published=at("2014-07-09 00:00"),
    author="admin hoasua",
    lead_html="",
    body_html="""<p>Ban Chỉ huy phòng chống thiên tai phường Hoa Sữa yêu cầu các tổ dân phố:</p>
<p>- Kiểm tra, cắt tỉa cây xanh có nguy cơ gãy đổ;<br>- Tổ chức trực ban 24/24 giờ;<br/>- Thông báo đến từng hộ dân ven
sông.</p><p><br></p>""",
    blocks=blocks("""
Ban Chỉ huy phòng chống thiên tai phường Hoa Sữa yêu cầu các tổ dân phố:

- Kiểm tra, cắt tỉa cây xanh có nguy cơ gãy đổ;

- Tổ chức trực ban 24/24 giờ;

- Thông báo đến từng hộ dân ven sông.
"""),
)

LIFERAY = (
    MONTHLY,
    STRAY_ENDS,
    FIGURES,
    PICTURES,
    LAID_OUT,
    INTERLEAVED,
    DECOMPOSED,
    ENTITIES,
    LISTS,
    NO_LABEL,
    UNREACHED,
    TAKEN_OVER,
)
