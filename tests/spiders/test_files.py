from __future__ import annotations

import hashlib
from pathlib import Path

from tests.doubles.files import LOG_IN, SVG, pdf, picture, sheet, word
from tests.helpers.commands import Folder
from tests.helpers.filed import Filed, endless, filed, zipped
from wardnews.demo import Reply

ELSEWHERE = (
    "http://10.0.0.1/a.jpg",
    "http://169.254.169.254/m.png",
    "http://anh.example/b.jpg",
    "file:///etc/hosts.jpg",
)
LARGE = 60 * 1024 * 1024


def test_what_is_kept_once_and_what_is_not(tmp_path: Path) -> None:
    kept = {
        "/a.jpg": picture("JPEG"), "/b.png": picture("PNG"), "/c.webp": picture("WEBP"), "/again.jpg": picture("JPEG"), "/d.svg": SVG,
        "/kh.pdf": pdf("Ke hoach"), "/scan.pdf": pdf(), "/bc.docx": word(), "/ds.xlsx": sheet(), "/..%2F..%2Fetc%2Fpasswd.pdf": pdf("x"),
        "/anh.pdf": picture("PNG"),
    }  # fmt: skip
    odd = {
        "/trang.pdf": Reply(200, LOG_IN, "application/pdf"), "/lon.pdf": Reply(200, bytes(LARGE), "application/pdf"),
        "/sai.jpg": Reply(200, pdf(), "image/jpeg"), "/rieng.pdf": Reply(302, b"", headers=(("Location", "/dang-nhap"),)),
        "/dang-nhap": Reply(200, LOG_IN), "/cu.pdf": Reply(301, b"moved", headers=(("Location", "/moi.pdf"),)), "/moi.pdf": Reply(200, pdf("moi")),
        "/rong.pdf": Reply(200, b""), "/nen.pdf": zipped(Reply(200, pdf("nen"))), "/ngoai.pdf": Reply(302, headers=(("Location", "http://10.0.0.1/x"),)),
        "/cut.pdf": Reply(200, pdf("cut"), torn=True),
    }  # fmt: skip
    with endless() as host, Filed(files={**kept, **odd}) as town:
        asked = [*kept, *(path for path in odd if path not in ("/dang-nhap", "/moi.pdf")), "/mat.pdf"]
        town.pieces = [filed(1, *asked, f"http://{host}/vo-tan.jpg", *ELSEWHERE), filed(2, "/kh.pdf", "/a.jpg")]
        folder = Folder(tmp_path, town.toml("hoasua", f'media_hosts = ["{host}"]'))
        done = folder.crawl("hoasua", "--files", "all")
        assert done.status == 0, done.stderr
        by_path = {
            path.removeprefix(town.url[:-1]): row
            for path, *row in folder.sql("SELECT url, media_type, bytes, sha256 FROM files")
        }
        assert set(by_path) == {*kept, "/cu.pdf", "/nen.pdf"}
        assert {path: row[2] for path, row in by_path.items()} == {
            **{path: hashlib.sha256(body).hexdigest() for path, body in kept.items()},
            "/cu.pdf": hashlib.sha256(pdf("moi")).hexdigest(), "/nen.pdf": hashlib.sha256(pdf("nen")).hexdigest(),
        }  # fmt: skip
        assert by_path["/anh.pdf"][0] == "image/png"
        on_disk = {
            path.parent.name + path.name: path.read_bytes()
            for path in (tmp_path / "output/files").rglob("*")
            if path.is_file()
        }
        assert set(on_disk) == {row[2] for row in by_path.values()}
        assert all(hashlib.sha256(body).hexdigest() == name for name, body in on_disk.items())
        assert {path: count for path, count in town.got.items() if count > 1} == {"/cut.pdf": 3}
        (report,) = folder.reports()
        assert report["portals"]["hoasua"]["files"] == {
            "kept": 13, "unchanged": 0, "left": 0,
            "causes": {
                "a web page in place of the file": 2, "file too large": 2, "no image: application/pdf": 1, "empty file": 1,
                "leads off the portal, to http://10.0.0.1/x": 1, "HTTP status 404": 1, "page cut short": 1,
            },
        }  # fmt: skip
        wanted = [url for (url,) in folder.sql("SELECT url FROM wanted_files")]
        assert [url for url in wanted if not url.startswith((town.url, f"http://{host}/"))] == []
    records = folder.feeds()[0]
    assert [(one["change"], one["version"]) for one in records] == [
        ("new", 1),
        ("new", 1),
        ("reread", 1),
        ("reread", 1),
    ]
    image, document = (records[-1][name][0] for name in ("images", "attachments"))
    assert [image[name] for name in ("media_type", "sha256", "bytes")] == by_path["/a.jpg"][:1] + by_path["/a.jpg"][
        :0:-1
    ]
    assert document["sha256"] == hashlib.sha256(pdf("Ke hoach")).hexdigest()
    (one,) = [one for one in records[2:] if one["id"] == "hoasua:10001"]
    known = {file["url"].rpartition("/")[2]: (file["media_type"], file["sha256"]) for file in one["attachments"]}
    assert known["trang.pdf"] == ("application/pdf", None)
    assert known["anh.pdf"] == ("image/png", hashlib.sha256(picture("PNG")).hexdigest())


def test_files_are_rechecked_with_their_articles(tmp_path: Path) -> None:
    before, after = pdf("truoc"), pdf("sau")
    files = {"/kh.pdf": before, "/a.jpg": picture("JPEG"), "/mat.pdf": pdf("mat")}
    with Filed(files=dict(files), pieces=[filed(1, *files), filed(2, "/kh.pdf"), filed(3, "/khac.pdf")]) as town:
        town.validators = True
        folder = Folder(tmp_path, town.toml("hoasua", 'files = "all"'))
        assert folder.crawl().status == 0
        assert town.got == dict.fromkeys(files, 1)
        assert folder.crawl().status == 0  # no article is due for a recheck
        assert town.got == dict.fromkeys(files, 1)
        del town.files["/mat.pdf"]
        town.files["/kh.pdf"] = after
        done = folder.crawl("hoasua", "--full")
        assert done.status == 0
        assert "2 edited, 1 known" in done.stderr
        assert "  files: 1 kept, 1 unchanged, 0 left to the next run" in done.stderr
        assert "  not kept, HTTP status 404: 1 file\n" in done.stderr
        assert town.conditions == {"/kh.pdf": 1, "/a.jpg": 1}
        edited = {one["id"]: one for one in folder.feeds()[-1]}
        assert {(one["change"], one["version"]) for one in edited.values()} == {("edited", 2)}
        hashes = {file["url"].rpartition("/")[2]: file["sha256"] for file in edited["hoasua:10001"]["attachments"]}
        assert hashes == {"kh.pdf": sha256(after), "mat.pdf": sha256(files["/mat.pdf"])}
        assert edited["hoasua:10001"]["images"][0]["sha256"] == sha256(files["/a.jpg"])
        town.change(10_001, body=town.pieces[0].body.replace("Sáng nay", "Chiều nay"))
        done = folder.crawl("hoasua", "--full", "--files", "none")
        assert "1 edited, 2 known" in done.stderr
        assert "not kept" not in done.stderr
        (record,) = folder.feeds()[-1]
        assert record["version"] == 3
        assert {file["sha256"] for file in record["attachments"]} == {sha256(after), sha256(files["/mat.pdf"])}
        done = folder.crawl("hoasua", "--full")
        assert folder.feeds()[-1] == []
        assert "not kept" not in done.stderr  # each failure is named once
    changes = folder.sql("SELECT first_seen < last_seen, url FROM files WHERE url LIKE '%a.jpg'")
    assert [bool(row[0]) for row in changes] == [True]


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
