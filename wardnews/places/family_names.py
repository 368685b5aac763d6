"""The family names of Vietnam that tell a person's name from a place's.

They are those of two published lists: of Wikipedia's "Vietnamese name" and "Họ người Việt Nam", and of "Các họ ở Việt
Nam" (chanhtuoi.com), which has names of the Tày, Thái, H'Mông and Ê Đê too; fourteen of them are those of nine in ten
persons. Left out are the words that more than five units have inside their names, such as Minh or Phú, unless they are
frequent as family names. Of the Gia Rai and the Ê Đê there are four more, that public code makes up names with.
"""

FAMILY_NAMES = frozenset(
    "An Ánh Ao Ân Âu Ấu Bá Bạc Bạch Bàn Bành Bao Bế Bì Biện Bồ Bùi Ca Cà Cái Cam Cao Cáp Cát Cầm Cấn Chắng Châu "
    "Chế Chiêm Chriêng Chu Chung Chúng Chử Cồ Cổ Công Cống Cù Cung Củng Cự Cừu Dã Danh Dịch Diêm Diệp Doãn Dũ Duy "
    "Dư Dương Dữu Đái Đàm Đan Đào Đắc Đặng Đầu Đậu Đèo Điền Điêu Điều Đinh Đoái Đoàn Đoạn Đồ Đỗ Đống Đồng Đổng Đới "
    "Đương Đường Giả Giải Giản Giang Giàng Giảng Giáp Hà Hạ Hác Hàn Hán Hàng Hậ Hầu Hề Hi Hình Hoa Hoà Hoài Hoạn "
    "Hoàng Hoắc Hồ Hồng Huỳnh Hứa Hướng Hy Kha Khà Khâu Khiếu Khổng Khuất Khúc Khương Khưu Kiên Kiều Kiểu Kim Ksor "
    "Kỷ La Lã Lạc Lại Lam Lành Lăng Lâm Lận Lầu Lèng Lê Lều Liệp Liêu Liễu Lò Lô Lộc Lôi Lù Lục Luyện Lữ Lương "
    "Lường Lưu Ly Lý Lỳ Ma Mã Mạc Mạch Mai Man Mang Mạnh Mẫn Mâu Mầu Miêu Mlô Mông Mùa Mục Ngạc Ngân Nghê Nghị "
    "Nghiêm Ngọ Ngô Ngôn Ngụy Nguyễn Ngư Ngưu Nhạc Nhan Nhâm Nhiếp Nhiều Nhung Nhữ Niê Ninh Nông Ong Ô Ôn Ổn Ông "
    "Phạm Phan Phàng Phi Phí Phó Phòng Phù Phùng Phương Quách Quan Quản Quàng Rơ Sài Sái Sâm Sầm Siu Sơn Sùng Sử "
    "Sỳ Tạ Tán Tào Tăng Tấn Tần Tẩn Tất Tề Thạch Thai Thái Thang Thào Thảo Thẩm Thân Thập Thi Thích Thiềm Thiều "
    "Thiệu Thịnh Thoa Thóng Thôi Thục Thư Thường Tiếp Tiết Tiêu Tinh Tòng Tô Tôn Tông Tống Trà Trác Trại Trang "
    "Tráng Trầm Trần Trâu Triệu Trình Trịnh Trương Từ Tướng Tưởng Ty Uân Úc Ung Uông Ưng Ứng Vạn Vàng Văn Văng Vân "
    "Vâng Vi Viêm Viên Võ Vòng Vu Vũ Vừ Vương Vưu Xa Xà Xầm Xế Xung Y Yên".split()
)
