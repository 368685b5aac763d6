"""The process that reads documents: one for many, bounded in time and memory, replaced when it ends."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.helpers import documents as made
from wardnews.documents import process, read
from wardnews.documents.process import DocumentReader
from wardnews.errors import UnreadableDocument, UsageError

GOOD = made.docx(made.paragraph("Kế hoạch tuần đọc sách"))


def zip_bomb() -> bytes:
    """Return a DOCX of less than a megabyte that unpacks to 120 MB."""
    out = io.BytesIO(made.docx(""))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open("word/footnotes.xml", "w") as part,
    ):
        part.write(b"<w>")
        for _ in range(120):
            part.write(b"<a>" + b" " * ((1 << 20) - 7) + b"</a>")
    return out.getvalue()


def tall_pdf() -> bytes:
    """Return a PDF whose page unpacks to 60 MB."""
    page = b"<< /Type /Page /Parent 2 0 R /Resources << /Font << >> >> /Contents 4 0 R >>"
    return made.pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page,
            made.stream(b"BT " * (20 << 20)),
        ]
    )


def loop_pdf() -> bytes:
    """Return a PDF whose pages are within each other, and whose list of objects goes back to itself."""
    data = made.pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"])
    start = data.rindex(b"xref\n0")
    return data.replace(b"/Root", b"/Prev %d /Root" % start)


def deep_pdf() -> bytes:
    return made.pdf(
        [b"<< /Type /Catalog /Pages 2 0 R /X %b >>" % (b"[" * 200_000), b"<< /Type /Pages /Kids [] /Count 0 >>"]
    )


def many_strings() -> bytes:
    """Return an XLSX that asks for the same long string again and again."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * 5000 + "</row>"
    return made.xlsx({"A": row * 20}, [f"<t>{'dài ' * 200_000}</t>"], ["Arial"])


BOMBS = {
    "a ZIP that unpacks to 120 MB": (zip_bomb, "unpacks to more than 100 MB"),
    "a page that unpacks to 60 MB": (tall_pdf, "as PDF"),
    "pages within each other": (loop_pdf, "as PDF"),
    "lists within lists": (deep_pdf, "without end|as PDF|ended"),
    "a string of a workbook, a hundred thousand times": (many_strings, None),
}


def test_many_documents_have_one_process_that_breaks_no_bound(tmp_path: Path) -> None:
    """Bombs and good documents by turns: each good one is read, each bomb's cause is said, memory is bounded."""
    good = tmp_path / "good"
    good.write_bytes(GOOD)
    peak = 0
    with DocumentReader(seconds=30) as reader:
        for name, (make, cause) in BOMBS.items():
            bomb = tmp_path / "bomb"
            bomb.write_bytes(make())
            assert bomb.stat().st_size < 2 << 20
            if cause:
                with pytest.raises(UnreadableDocument, match=cause):
                    reader.read(bomb)
            else:
                assert reader.read(bomb).flags == ("cut",)
            assert reader.read(good).pages == ("Kế hoạch tuần đọc sách",), name
            peak = max(peak, peak_memory(reader.pid))
    assert peak < 220 << 20


def peak_memory(pid: int | None) -> int:
    """Return the bytes that the process had in memory at once; 0 where no file says so."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) << 10


def test_what_ends_the_process_costs_one_document(tmp_path: Path) -> None:
    good, endless = tmp_path / "good", tmp_path / "endless"
    good.write_bytes(GOOD)
    os.mkfifo(endless)  # a file that never says anything
    with DocumentReader(seconds=0.3) as reader:
        assert reader.read(good).pages
        first = reader.pid
        assert reader.read(good).pages
        assert reader.pid == first, "one process for many"
        began = time.monotonic()
        with pytest.raises(UnreadableDocument, match=r"more than 0.3 seconds"):
            reader.read(endless)
        assert time.monotonic() - began < 5
        assert reader.read(good).pages
        assert reader.pid
        os.kill(reader.pid, signal.SIGKILL)
        with pytest.raises(UnreadableDocument, match="ended"):
            reader.read(good)
        assert reader.read(good).pages
        pid = reader.pid
        assert pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


TRIED = """
import os, socket, subprocess, sys
from wardnews.documents.process import _bound
_bound(1 << 28)
for attempt in (
    lambda: subprocess.Popen(["true"]), lambda: os.system("true"), lambda: os.fork(),
    lambda: socket.create_connection(("127.0.0.1", 9)), lambda: socket.getaddrinfo("localhost", 80),
    lambda: open(sys.argv[1], "w").write("x" * 10_000),
):
    try:
        attempt()
    except (PermissionError, OSError) as error:
        print(type(error).__name__)
    else:
        print("done")
"""


def test_the_process_begins_asks_and_writes_nothing(tmp_path: Path) -> None:
    import subprocess

    script = f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{TRIED}"
    command = [sys.executable, "-c", script, str(tmp_path / "written")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["PermissionError"] * 5 + ["OSError"]
    assert not (tmp_path / "written").stat().st_size


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(read.NEEDED, "nosuchlibrary", "nosuchpackage")
    with pytest.raises(UsageError, match=r"needs nosuchpackage: pip install 'wardnews\[documents\]'"):
        process.needed()
