"""What a hostile web may not do: reach into our own network, fill our memory, hold us up, lead us off the portals."""

from __future__ import annotations

import datetime as dt
import gzip
import ssl
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socket import socket
from typing import Any

import brotli
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.resolver import dnscache
from scrapy.settings import Settings
from scrapy.utils.spider import DefaultSpider
from scrapy.utils.test import get_crawler
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

from tests.conftest import Run
from tests.helpers.drills import NO_ROBOTS, Asked, RawServer, crawl, reply
from wardnews import settings as project
from wardnews.demo import PracticePortal, Reply
from wardnews.demo import Request as PracticeRequest
from wardnews.middlewares.addresses import PrivateAddress, literal, private_part
from wardnews.middlewares.hosts import ProxiedHosts, PublicHosts, host_of
from wardnews.middlewares.resolver import GuardedResolver
from wardnews.sites import Site
from wardnews.spiders.page import PageSpider
from wardnews.spiders.probe import ProbeSpider

MEBIBYTE = 1 << 20
ONCE = {"RETRY_ENABLED": False}


# --- private addresses: asserted where nothing connects --------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    """0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.168.1.1 198.18.0.1 224.0.0.1 240.0.0.1
    255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::10.0.0.1
    64:ff9b::10.0.0.1 64:ff9b:1::1 2002:a00:1:: 2001:0:a00:1:: 2001:0:808:808::f5ff:fffe""".split(),
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert private_part(address)


@pytest.mark.parametrize(
    "address", "8.8.8.8 203.113.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::".split()
)
def test_addresses_that_are_public(address: str) -> None:
    assert private_part(address) is None


@pytest.mark.parametrize(
    "host",
    """127.0.0.1 127.1 127.0.1 2130706433 0x7f.0.0.1 0x7f000001 017700000001 0177.0.0.1 127.0.0.1. localhost LOCALHOST
    localhost. a.localhost ::ffff:127.0.0.1 ::ffff:7f00:1""".split(),
)
def test_every_form_of_loopback_is_read(host: str) -> None:
    address = literal(host)
    assert address
    assert str(private_part(address)) == "127.0.0.1"


@pytest.mark.parametrize("host", ["phucloi.hanoi.gov.vn", "127.0.0.1.example", "1.2.3.4.5", "0x7g.1", "", "a:b"])
def test_names_are_no_addresses(host: str) -> None:
    assert literal(host) is None


def guard(*sites: str, typed: tuple[str, ...] = (), hosts: tuple[str, ...] = ()) -> Callable[..., None]:
    """Make the guard of a crawl of portals, or of addresses that a person typed."""
    crawler = get_crawler(Spider)
    spider = Spider("drill")
    spider.sites = {url: Site(url, url, url, hosts=hosts) for url in sites}  # type: ignore[attr-defined]
    spider.typed = typed  # type: ignore[attr-defined]
    crawler.spider = spider
    return checking(crawler)


def checking(crawler: Crawler) -> Callable[..., None]:
    middleware = PublicHosts.from_crawler(crawler)

    def check(url: str, *before: str) -> None:
        middleware.process_request(Request(url, meta={"redirect_urls": list(before)} if before else {}))

    return check


FORMS = """http://127.0.0.1/ http://127.1/ http://2130706433/ http://0x7f.0.0.1/ http://017700000001/ http://localhost/
http://localhost./ http://127.0.0.1./ http://[::1]/ http://[::ffff:127.0.0.1]/ http://0.0.0.0/ http://0/ http://[::]/
http://10.0.0.1/ http://192.168.1.1/admin https://169.254.169.254/latest/meta-data/ http://[64:ff9b::a00:1]/
http://[2002:a00:1::]/ http://LocalHost/ http://①②⑦.0.0.1/ http://127。0。0。1/""".split()


@pytest.mark.parametrize("url", FORMS)
def test_no_form_of_a_private_address_is_asked(url: str) -> None:
    with pytest.raises(PrivateAddress, match="is the private address"):
        guard("http://phucloi.hanoi.gov.vn/")(url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://ward@127.0.0.1/", "user name"),
        ("http://phucloi.hanoi.gov.vn@127.0.0.1/", "user name"),
        ("http://ward:secret@phucloi.hanoi.gov.vn/", "user name"),
        ("http://phucloi.hanoi.gov.vn:22/", "port 22"),
        ("http://phucloi.hanoi.gov.vn:0/", "port 0"),
        ("http://phucloi.hanoi.gov.vn:8080/", "port 8080"),
        ("file:///etc/hostname", "neither http nor https: file:"),
        ("file://phucloi.hanoi.gov.vn/etc/hostname", "neither http nor https: file:"),
        ("ftp://phucloi.hanoi.gov.vn/", "neither http nor https: ftp:"),
        ("data:text/html,a", "neither http nor https: data:"),
        ("gopher://phucloi.hanoi.gov.vn/", "neither http nor https: gopher:"),
        ("s3://phucloi.hanoi.gov.vn/a", "neither http nor https: s3:"),
    ],
)
def test_other_addresses_that_are_not_asked(url: str, reason: str) -> None:
    with pytest.raises(IgnoreRequest, match=reason):
        guard("http://phucloi.hanoi.gov.vn/")(url)


@pytest.mark.parametrize(
    "url", ["http://a.example:99999/", "http://a.example:b/", "http://[::1/", "mailto:a@b.vn", "/a"]
)
def test_what_is_no_address_is_not_asked(url: str) -> None:
    with pytest.raises(IgnoreRequest, match="no address of the web"):
        host_of(url)


def test_a_portal_may_name_its_own_private_address_and_port() -> None:
    check = guard("http://127.0.0.1:8000/", "http://cong.example:8080/", hosts=("10.0.0.1", "10.0.0.2:81"))
    for url in (
        "http://127.0.0.1:8000/a",
        "http://www.cong.example:8080/",
        "https://cong.example/",
        "http://10.0.0.1/a",
    ):
        check(url)
    for url in ("https://10.0.0.1/", "http://10.0.0.2:81/", "http://hoasua.gov.vn/", "https://hoasua.gov.vn:443/"):
        check(url)
    for url in (
        "http://127.0.0.1/",
        "http://127.0.0.1:8001/",
        "http://127.1:8000/",
        "http://10.0.0.2/",
        "http://10.0.0.3/",
    ):
        with pytest.raises(PrivateAddress):
            check(url)
    with pytest.raises(IgnoreRequest, match="port 8081"):
        check("http://cong.example:8081/")


def test_a_person_may_type_a_private_address_and_no_redirect_profits() -> None:
    check = guard(typed=("http://127.0.0.1:8000/", "http://a.example/"))
    check("http://127.0.0.1:8000/x")
    check("http://127.0.0.1/x", "http://127.0.0.1:8000/")
    for url in ("http://10.0.0.1/", "http://127.0.0.1:8001/"):
        with pytest.raises(PrivateAddress):
            check(url)
    with pytest.raises(PrivateAddress):
        check("http://127.0.0.1:8000/", "http://a.example/")


def test_what_a_person_typed_is_what_page_and_probe_say() -> None:
    typed = "http://127.0.0.1:8000/ http://a.example/"
    options = Settings()
    options.setmodule(project, priority="project")
    assert PageSpider.from_crawler(Crawler(PageSpider, options), url=typed).typed == typed.split()
    assert ProbeSpider.from_crawler(Crawler(ProbeSpider, options), url="http://10.0.0.1/").typed == (
        "http://10.0.0.1/",
    )


def test_in_the_shell_a_person_types_each_address() -> None:
    crawler = get_crawler(DefaultSpider)
    crawler.spider = DefaultSpider()
    checking(crawler)("http://127.0.0.1:8000/")
    with pytest.raises(PrivateAddress):
        checking(crawler)("http://127.0.0.1:8000/", "http://a.example/")


def looked_up(address: str, *trusted: str, name: str = "Cong.example") -> Any:
    """Ask a resolver whose look-up has an answer ready; give what it says."""
    dnscache[name] = address
    resolver = GuardedResolver(None, 100, 1.0)  # type: ignore[arg-type]
    resolver.trusted.update(trusted)
    said: list[Any] = []
    resolver.getHostByName(name).addBoth(said.append)
    del dnscache[name]
    return said[0]


def test_names_that_resolve_to_private_addresses_are_refused() -> None:
    refused = looked_up("10.0.0.1")
    assert isinstance(refused, Failure)
    assert isinstance(refused.value, DNSLookupError)
    assert str(refused.value) == "DNS lookup failed: cong.example resolves to the private address 10.0.0.1."
    assert looked_up("203.113.0.1") == "203.113.0.1"
    assert looked_up("10.0.0.1", "cong.example") == "10.0.0.1"
    assert looked_up("127.0.0.1", name="127.0.0.1") == "127.0.0.1"


def test_the_resolver_stands_in_every_way_to_connect() -> None:
    """Names, trusted and not, all of loopback: nothing else is ever connected to."""
    names = {"mot.example": "127.0.0.1", "hai.example": "127.0.0.1"}
    with RawServer(lambda _, client: client.sendall(reply("<p>a"))) as server:
        one, two = (f"http://{name}:{server.port}/" for name in names)
        done = crawl(one, two, names=names, typed=[one], others=[two])
    assert done.pages == {one: 4, two: "hai.example resolves to the private address 127.0.0.1"}
    assert server.paths() == ["/robots.txt", "/"]


def test_the_guard_stands_in_every_way_to_connect() -> None:
    """Forms of loopback alone: nothing else is ever connected to."""

    def answer(asked: Asked, client: socket) -> None:
        moved = asked.path.startswith("/to/")
        client.sendall(reply(status=302, Location=f"http://{asked.path[4:]}:{server.port}/") if moved else NO_ROBOTS)

    with RawServer(answer) as server:
        hosts = ["127.1", "2130706433", "0x7f.0.0.1", "017700000001", "127.0.0.1.", "0.0.0.0"]
        urls = [f"http://{host}:{server.port}/" for host in hosts]
        redirects = [f"{server.url}/to/{host}" for host in hosts]
        done = crawl(*urls, *redirects, typed=[server.url], delay=0.01)
    assert {cause for cause in done.pages.values() if "is the private address" not in str(cause)} == set()
    assert sorted(server.paths()[1:]) == sorted(f"/to/{host}" for host in hosts)


def test_a_redirect_to_a_name_of_our_own_network_ends_there() -> None:
    def answer(asked: Asked, client: socket) -> None:
        client.sendall(NO_ROBOTS if asked.path == "/robots.txt" else reply(status=302, Location=away))

    with RawServer(answer) as server:
        away = f"http://trong.example:{server.port}/a"
        done = crawl(server.url, typed=[server.url], others=[away], names={"trong.example": "127.0.0.1"})
    assert done.pages == {server.url: "trong.example resolves to the private address 127.0.0.1"}
    assert server.paths() == ["/robots.txt", "/"]


def test_behind_a_proxy_names_are_judged_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is all that is ever connected to."""
    names = {"trong.example": "10.0.0.1", "ngoai.example": "203.113.0.1"}
    within, public = (f"http://{name}/" for name in names)
    with RawServer(lambda _, client: client.sendall(reply("<p>a"))) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        done = crawl(within, public, names=names, others=[within, public])
    assert done.pages == {within: "trong.example resolves to the private address 10.0.0.1", public: 4}
    assert proxy.paths() == [f"{public}robots.txt", public]


def test_a_run_behind_a_proxy_says_what_it_cannot_guard(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    crawler = get_crawler(Spider)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(NotConfigured):
        ProxiedHosts.from_crawler(crawler)
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    ProxiedHosts.from_crawler(crawler).opened(Spider("drill"))
    assert "it looks names up itself" in caplog.text


# --- headers that do not end ------------------------------------------------------------------------------------------

START = b"HTTP/1.1 200 OK\r\n"
FLOODS = {
    "headers": (START, b"X-A: " + b"a" * 1000 + b"\r\n", "response headers of more than 256 KiB"),
    "lines": (START, b"a:b\n", "response headers of more than 1000 lines"),
    "one header": (START, b"a" * 4096, "a response header of more than 16 KiB"),
    "continuations": (START + b"X-A: a\r\n", b" a\r\n", "response headers of more than 1000 lines"),
    "status line": (b"HTTP/1.1 200 ", b"a" * 4096, "a response header of more than 16 KiB"),
    "no line at all": (b"", b"\0" * 4096, "a response header of more than 16 KiB"),
    "1xx answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", "response headers of more than 1000 lines"),
    "trailers": (
        START + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n",
        b"X-A: " + b"a" * 1000 + b"\r\n",
        "page cut short",
    ),
}


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_of_headers_ends_at_once(name: str) -> None:
    start, piece, cause = FLOODS[name]

    def answer(asked: Asked, client: socket) -> None:
        client.sendall(NO_ROBOTS if asked.path == "/robots.txt" else start)
        if asked.path != "/robots.txt":
            server.flood(client, piece)

    with RawServer(answer) as server:
        done = crawl(f"{server.url}/p", site=server.url, settings={"RETRY_TIMES": int(name != "trailers")})
    assert list(done.pages.values()) == [cause]
    assert server.paths() == ["/robots.txt", "/p"], "a flood is not worth a second look"
    assert server.sent < MEBIBYTE
    assert done.peak_mb < 200


def test_chunk_extensions_count_too() -> None:
    chunk = b"1;" + b"a" * 1000 + b"\r\nx\r\n"

    def answer(asked: Asked, client: socket) -> None:
        client.sendall(NO_ROBOTS if asked.path == "/robots.txt" else START + b"Transfer-Encoding: chunked\r\n\r\n")
        if asked.path != "/robots.txt":
            server.flood(client, chunk)

    with RawServer(answer) as server:
        done = crawl(f"{server.url}/p", site=server.url, settings={"DOWNLOAD_MAXSIZE": MEBIBYTE})
    assert list(done.pages.values()) == ["page too large: far more bytes sent than it holds"]
    assert server.sent < 8 * MEBIBYTE


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Make an expired, self-signed certificate: what many portals have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hoasua.example")])
    then = dt.datetime(2021, 4, 5, tzinfo=dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, then, then + dt.timedelta(days=1))
    file = tmp_path_factory.mktemp("tls") / "pair.pem"
    plain = serialization.NoEncryption()
    pair = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(pair + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_flood_over_tls_ends_at_once_too(certificate: ssl.SSLContext) -> None:
    def answer(asked: Asked, client: socket) -> None:
        if asked.path == "/robots.txt":
            client.sendall(NO_ROBOTS)
        elif asked.path == "/p":
            server.flood(client, START + FLOODS["headers"][1] * 1000)
        else:
            client.sendall(reply("<p>a"))

    with RawServer(answer, certificate) as server:
        done = crawl(f"{server.url}/p", f"{server.url}/q", site=server.url)
    assert done.pages == {f"{server.url}/p": "response headers of more than 256 KiB", f"{server.url}/q": 4}
    assert server.sent < 4 * MEBIBYTE


@pytest.mark.parametrize("start", [START + b"X-A: ", START + b"Content-Length: 9999\r\n\r\n"], ids=["headers", "body"])
def test_a_drip_ends_with_the_timeout(start: bytes) -> None:
    def answer(asked: Asked, client: socket) -> None:
        client.sendall(NO_ROBOTS if asked.path == "/robots.txt" else start)
        while asked.path != "/robots.txt" and time.monotonic() < asked.at + 30:
            client.sendall(b"a")
            time.sleep(0.05)

    with RawServer(answer) as server:
        done = crawl(f"{server.url}/p", site=server.url, settings=ONCE | {"DOWNLOAD_TIMEOUT": 1.5})
    assert list(done.pages.values()) == ["timed out"]
    assert done.seconds < 15


# --- pages that are too large -------------------------------------------------------------------------------------------


def zstandard(data: bytes) -> bytes:
    try:
        from compression import zstd  # type: ignore[import-not-found]
    except ImportError:
        from backports import zstd
    packed: bytes = zstd.compress(data)
    return packed


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    """Pack 200 MB of nothing."""
    packer = zlib.compressobj(1, wbits=31)
    nothing = bytes(MEBIBYTE)
    packed = b"".join([*(packer.compress(nothing) for _ in range(200)), packer.flush()])
    squeezer = brotli.Compressor(quality=1)
    return {
        "gzip": packed,
        "gzip, gzip": gzip.compress(packed),
        "br": b"".join([*(squeezer.process(nothing) for _ in range(200)), squeezer.finish()]),
        "zstd": zstandard(bytes(200 * MEBIBYTE)),
    }


@pytest.mark.parametrize("kind", ["gzip", "gzip, gzip", "br", "zstd"])
@pytest.mark.parametrize("path", ["/robots.txt", "/p", "/sitemap.xml"])
def test_a_bomb_does_no_harm(bombs: dict[str, bytes], kind: str, path: str) -> None:
    bomb = reply(bombs[kind], Content_Encoding=kind, Content_Type="text/xml" if "xml" in path else "text/html")

    def answer(asked: Asked, client: socket) -> None:
        client.sendall(bomb if asked.path == path else NO_ROBOTS if asked.path == "/robots.txt" else reply("<p>a"))

    def kindly(asked: Asked, client: socket) -> None:
        client.sendall(NO_ROBOTS if asked.path == "/robots.txt" else reply("<p>a"))

    with RawServer(answer) as server, RawServer(kindly) as other:
        url = f"{server.url}{'/p' if path == '/robots.txt' else path}"
        rest = [f"{other.url}/{number}" for number in range(5)]
        done = crawl(url, *rest, site=server.url, others=[other.url])
    assert done.pages == {url: "page too large", **dict.fromkeys(rest, 4)}
    assert done.peak_mb < 300


def test_what_is_offered_is_understood() -> None:
    body = b"<p>" + b"a" * 1000
    packed = {
        "gzip": gzip.compress(body),
        "br": brotli.compress(body),
        "zstd": zstandard(body),
        "deflate": zlib.compress(body),
    }

    def answer(asked: Asked, client: socket) -> None:
        kind = asked.path.strip("/")
        client.sendall(reply(packed[kind], Content_Encoding=kind) if kind in packed else NO_ROBOTS)

    with RawServer(answer) as server:
        done = crawl(*(f"{server.url}/{kind}" for kind in packed), site=server.url)
    assert set(done.pages.values()) == {len(body)}
    (offered,) = {
        line.partition(": ")[2] for line in server.asked[-1].head.split("\r\n") if line.startswith("Accept-Enc")
    }
    assert {kind.strip() for kind in offered.split(",")} == set(packed)


@pytest.mark.parametrize(
    ("body", "encoding", "cause"),
    [
        (b"\x1f\x8bnonsense", "gzip", "compressed page broken"),
        (b"nonsense", "br", "compressed page broken"),
        (b"nonsense", "zstd", "compressed page broken"),
        (gzip.compress(b"<p>a", mtime=0), "gzip" + ", gzip" * 5000, "page compressed more than 3 times"),
    ],
)
def test_a_page_that_cannot_be_unpacked_is_an_error(body: bytes, encoding: str, cause: str) -> None:
    def answer(asked: Asked, client: socket) -> None:
        lines = "".join(
            f"Content-Encoding: {part}\r\n" for part in (encoding[i : i + 6000] for i in range(0, len(encoding), 6000))
        )
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode()
        client.sendall(NO_ROBOTS if asked.path == "/robots.txt" else head + body)

    with RawServer(answer) as server:
        done = crawl(f"{server.url}/p", site=server.url, settings=ONCE)
    assert list(done.pages.values()) == [cause]


@pytest.mark.parametrize("head", [b"", b"Content-Length: 73400320\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_page_of_70_mb_is_refused(head: bytes) -> None:
    def answer(asked: Asked, client: socket) -> None:
        client.sendall(NO_ROBOTS if asked.path == "/robots.txt" else START + head + b"\r\n")
        if asked.path != "/robots.txt":
            with suppress(OSError):
                server.flood(client, b"4000\r\n" + b"<p>a" * 4096 + b"\r\n", 70 << 20)

    with RawServer(answer) as server:
        done = crawl(f"{server.url}/p", site=server.url)
    assert list(done.pages.values()) == ["page too large"]
    assert server.paths() == ["/robots.txt", "/p"]
    assert server.sent < 24 * MEBIBYTE
    assert done.peak_mb < 300


def test_a_page_that_is_cut_short_is_an_error() -> None:
    cut = reply("<p>a", Content_Length="4000")
    with RawServer(lambda asked, client: client.sendall(NO_ROBOTS if "robots" in asked.path else cut)) as server:
        done = crawl(f"{server.url}/p", site=server.url, settings=ONCE)
    assert list(done.pages.values()) == ["page cut short"]


# --- off the portal, and out of the web ---------------------------------------------------------------------------------


def test_a_redirect_in_circles_is_followed_five_times() -> None:
    circle = reply(status=302, Location="/p")
    with RawServer(lambda asked, client: client.sendall(NO_ROBOTS if "robots" in asked.path else circle)) as server:
        done = crawl(f"{server.url}/p", site=server.url)
    assert list(done.pages.values()) == ["max redirections reached"]
    assert server.paths() == ["/robots.txt"] + ["/p"] * 6


SECRET = "khong ai duoc doc"


@pytest.mark.parametrize("scheme", ["file", "data", "ftp", "javascript", "gopher"])
def test_no_other_scheme_is_ever_followed(portal: PracticePortal, wardnews: Run, tmp_path: Path, scheme: str) -> None:
    """Lead out of the web in every way that a page has, and see that the portal's own pages are all that is read."""
    secret = tmp_path / "secret.html"
    secret.write_text(f"<h1>{SECRET}</h1>", encoding="utf-8")
    host = portal.liferay_url.removeprefix("http://").strip("/")
    out = {
        "file": f"file://{host}{secret}",
        "data": f"data:text/html,<h1>{SECRET}</h1>",
        "ftp": f"ftp://{host}/{SECRET}",
        "javascript": f"javascript:'{SECRET}'",
        "gopher": f"gopher://{host}/{SECRET}",
    }[scheme]
    home = (
        f"<html class='aui'><head><meta http-equiv='refresh' content='0; url={out}'><link rel='canonical' href=\"{out}\">"
        f"<base href='/'></head><body><div id='p_p_id_101_'></div><div class='dd_chuyenmuc'><a href=\"{out}\">a</a>"
        "<a href='/muc'>b</a><a href='/doi'>c</a></div>"
    )
    sitemap = f"<urlset><url><loc>{out}</loc></url></urlset>"
    pages = {
        "/": Reply(200, home.encode()),
        "/muc": Reply(200, home.encode()),
        "/doi": Reply(302, b"", headers=(("Location", out),)),
        "/sitemap.xml": Reply(200, sitemap.encode(), "text/xml"),
        "/robots.txt": Reply(200, f"Sitemap: {out}\nSitemap: {portal.liferay_url}sitemap.xml\n".encode(), "text/plain"),
    }

    def intercept(_generation: str, asked: PracticeRequest) -> Reply | None:
        return pages.get(asked.path, Reply(404, b""))

    portal.intercept = intercept
    file = tmp_path / "one.toml"
    lines = ["[hoasua]", 'name = "Phường Hoa Sữa"', f'url = "{portal.liferay_url}"', "delay = 0.0"]
    file.write_text("\n".join([*lines, 'sections = ["/", "/muc", "/doi"]']), encoding="utf-8")
    done = wardnews("crawl", "hoasua", "--sites", file)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    for written in filter(Path.is_file, (tmp_path / "output").rglob("*")):
        content = written.read_bytes()
        assert b"Traceback" not in content
        assert SECRET.encode() not in content or ".jsonl" not in written.name
    assert {request.path for request in portal.requests["liferay"]} <= {*pages, "/trang-chu"}
    assert {"/", "/muc", "/doi"} <= {request.path for request in portal.requests["liferay"]}


def test_spiders_lose_no_request_in_silence() -> None:
    """Scrapy drops long addresses and deep pages without telling the spider."""
    off = {name.rpartition(".")[2] for name, place in project.SPIDER_MIDDLEWARES_BASE.items() if place is None}
    assert {"UrlLengthMiddleware", "DepthMiddleware"} <= off
    with RawServer(
        lambda asked, client: client.sendall(NO_ROBOTS if "robots" in asked.path else reply("<p>a"))
    ) as server:
        first, long = f"{server.url}/p", f"{server.url}/{'a' * 5000}"
        done = crawl(first, site=server.url, later=[long])
    assert done.pages == {first: 4, long: 4}
