"""The wiring, in the order of flow; each departure from Scrapy's default says why.

The sites files are what `sites/` and the setting WARDNEWS_SITES (a list of paths) name.
WARDNEWS_CONTACT, from the environment, is whom the people behind a portal can ask: an e-mail or web address.
"""

import os

from scrapy.settings import default_settings

from wardnews import __version__
from wardnews.exporters.endings import names_of_feeds
from wardnews.middlewares.contact import user_agent
from wardnews.pipelines import STAGES

BOT_NAME = "wardnews"
SPIDER_MODULES = ["wardnews.spiders"]
WARDNEWS_SITES: list[str] = []
WARDNEWS_STORE = os.environ.get("WARDNEWS_STORE", "sqlite:///output/wardnews.db")  # SQLite or PostgreSQL
WARDNEWS_OUTPUT = os.environ.get("WARDNEWS_OUTPUT", "output")  # where feeds, reports, logs and raw pages go, or a URL
WARDNEWS_RAW = os.environ.get("WARDNEWS_RAW")  # 1 or 0: keep raw pages; unset: those of a backfill over the network
WARDNEWS_KEEP_FILES = os.environ.get("WARDNEWS_KEEP_FILES")  # images, attachments, all, none; unset: by the command
WARDNEWS_FILES = os.environ.get("WARDNEWS_FILES")  # a folder or s3://bucket/files; unset: output/files
WARDNEWS_WAYBACK = os.environ.get("WARDNEWS_WAYBACK", "https://web.archive.org")
WARDNEWS_COMMONCRAWL_INDEX = os.environ.get("WARDNEWS_COMMONCRAWL_INDEX", "https://index.commoncrawl.org")
WARDNEWS_COMMONCRAWL_DATA = os.environ.get("WARDNEWS_COMMONCRAWL_DATA", "https://data.commoncrawl.org")
WARDNEWS_ARCHIVE_DELAY = float(os.environ.get("WARDNEWS_ARCHIVE_DELAY", "1.0"))  # seconds between two captures
# Seconds between two searches: the Wayback Machine allows 24 a minute.
WARDNEWS_ARCHIVE_SEARCH_DELAY = float(os.environ.get("WARDNEWS_ARCHIVE_SEARCH_DELAY", "2.5"))
WARDNEWS_WAYBACK_ROWS = 50_000  # captures that one search of the Wayback Machine gives at most

# --- how we behave -------------------------------------------------------------------------------------------

WARDNEWS_CONTACT = os.environ.get("WARDNEWS_CONTACT", "").strip()
USER_AGENT = user_agent(__version__, WARDNEWS_CONTACT)  # default Scrapy/VERSION: say who asks
ROBOTSTXT_USER_AGENT = "wardnews"  # default USER_AGENT: a robots.txt that names `archive` does not mean us
ROBOTSTXT_OBEY = True  # default False
CONCURRENT_REQUESTS = 400  # default 16: the spider has one request under way in each politeness group
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # default 8; the spider's politeness groups are download slots
DOWNLOAD_DELAY = 1.0  # default 0; seconds between two requests of one politeness group
DOWNLOAD_DELAY_JITTER = 0.0  # default 0.5: the delay is a floor, not a mean
WARDNEWS_BACKOFF_FIRST = 10.0  # seconds of pause after a first 429 or 503 that does not say how long
WARDNEWS_BACKOFF_MOST = 600.0  # seconds; a portal that asks for a longer pause is left alone for the rest of the run
REDIRECT_MAX_TIMES = 5  # default 20: each is a request to the portal, and none of them needs more
COOKIES_ENABLED = False  # default True; the old Hanoi portals keep a visitor's language in the session
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "vi"}  # default en

# --- guards --------------------------------------------------------------------------------------------------

DOWNLOAD_HANDLERS = {
    **dict.fromkeys(("http", "https"), "wardnews.middlewares.transport.BoundedHandler"),  # default: headers unbounded
    **dict.fromkeys(("data", "file", "ftp", "s3")),  # a page must not name local files
}
TWISTED_DNS_RESOLVER = "wardnews.middlewares.resolver.GuardedResolver"  # default: a name may lead into our own network
DNS_TIMEOUT = 20  # default 60 seconds: portals that are gone must not hold up those that are there
REACTOR_THREADPOOL_MAXSIZE = 30  # default 10: each name that does not resolve occupies a thread that long
TELNETCONSOLE_ENABLED = False  # default True: runs Python sent to a port
REMOTE_CONTROL_ENABLED = False  # default True: the same over HTTP
DOWNLOAD_TIMEOUT = 60  # default 180 seconds, for a whole page from connecting on: none is worth more of a slot's time
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024  # default 1 GiB: a page that large would cost gigabytes to parse
DOWNLOAD_WARNSIZE = 0  # default 32 MiB, above the maximum
WARDNEWS_FILE_MAXSIZE = 50 * 1024 * 1024  # bytes of one file: larger ones are not kept
WARDNEWS_FILES_BUDGET = 10 * 1024**3  # bytes of files in one run; the next run goes on
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 256 * 1024 * 1024  # default 5 MB: one page that is being read would hold up all portals
WARDNEWS_PORTAL_PAGES = 20_000  # pages of one portal in one run; the next run goes on
WARDNEWS_PORTAL_PAGES_NO_ITEM = 1_000  # pages in a row without an article, such as those of an endless calendar
WARDNEWS_PORTAL_SECONDS = 12 * 3600  # for one portal in one run
MEMUSAGE_LIMIT_MB = 2048  # default none: ten times what a crawl needs; the run then stops in order and can be resumed
# Certificates are not verified: many portals let theirs expire or leave out the chain, and what they hide is public.
# For the same reason DOWNLOAD_TLS_MIN_VERSION stays unset: what OpenSSL's own policy allows is good enough.
DOWNLOAD_VERIFY_CERTIFICATES = False  # as by default
# Scrapy's base and ours: what a user puts into DOWNLOADER_MIDDLEWARES or another such setting comes on top.
DOWNLOADER_MIDDLEWARES_BASE = {
    **default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    "wardnews.middlewares.OwnHosts": 50,
    "wardnews.middlewares.PublicHosts": 60,
    "wardnews.middlewares.BackOff": 70,
    "wardnews.middlewares.Robots": 100,
    "wardnews.middlewares.Decompression": 590,
    "wardnews.middlewares.ProxiedHosts": 760,  # behind the middleware that gives a request its proxy
    "wardnews.middlewares.raw_pages.RawPages": 995,  # next to the network: pages as they came
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # lets requests pass while it waits
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # any number of layers
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # one list of hosts for all portals of a run
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # portals use it for clocks and logins
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
}

SPIDER_MIDDLEWARES_BASE = {
    **default_settings.SPIDER_MIDDLEWARES_BASE,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # an aid for debugging
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,  # a page may ask for it
    "wardnews.middlewares.referer.NoReferer": 700,  # in its place: portals need not know where we come from
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,  # nothing asks what was a start
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # the frontier knows depth; nothing is dropped in silence
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}

DOWNLOADER_STATS = False  # default True: the size and status of each page, which no report reads, at 2 % of a crawl

# --- what becomes of an article ------------------------------------------------------------------------------

ITEM_PIPELINES_BASE = {
    f"wardnews.pipelines.{stage.__name__}": 100 * place for place, stage in enumerate(STAGES, start=3)
}
ITEM_PROCESSOR = "wardnews.pipelines.Pipelines"  # default Scrapy's own, which waits for each pipeline
CONCURRENT_ITEMS = 1  # default 100: a third of the throughput goes into worker tasks that have nothing to wait for
WARN_ON_GENERATOR_RETURN_VALUE = False  # default True: parses a callback's source again for every page
_EXPORTERS = {"csv": "CsvExporter", "jsonl": "JsonLinesExporter", "text": "TextExporter"}
FEED_EXPORTERS_BASE = {
    **{name: f"wardnews.exporters.{_EXPORTERS[form]}" for name, form in names_of_feeds().items()},
    **dict.fromkeys(("json", "marshal", "pickle", "xml")),  # they would write parts as Python shows them
}
FEED_STORAGES_BASE = {
    **default_settings.FEED_STORAGES_BASE,
    **dict.fromkeys(("gs", "s3"), "wardnews.runs.feed_storage.BucketFeedStorage"),
}
FEED_EXPORT_ENCODING = "utf-8"  # default None: \\u escapes
FEED_STORE_EMPTY = True  # as by default: a run without news is a run
EXTENSIONS_BASE = {**default_settings.EXTENSIONS_BASE, "wardnews.reports.run_report.RunReport": 500}
LOG_LEVEL = "INFO"  # default DEBUG: one line a page

# --- what is pushed ------------------------------------------------------------------------------------------

WARDNEWS_PUSH_SECRET = os.environ.get("WARDNEWS_PUSH_SECRET", "")  # signs what is posted: base64, as in whsec_...
WARDNEWS_PUSH_TIMEOUT = 60.0  # seconds for one post, from connecting to its answer
WARDNEWS_PUSH_TRIES = 8  # posts of one batch in one push: about two minutes
WARDNEWS_PUSH_FIRST = 1.0  # seconds of pause after a first failure, then twice as long each time
WARDNEWS_PUSH_MOST = 60.0  # seconds of pause at most; where the server asks for up to ten times this, it gets them

# --- what no run starts without ------------------------------------------------------------------------------

WARDNEWS_REQUIRED = {
    name: {path: place for path, place in base.items() if "wardnews." in f"{path} {place}"}
    for name, base in (
        ("DOWNLOADER_MIDDLEWARES", DOWNLOADER_MIDDLEWARES_BASE),
        ("ITEM_PIPELINES", ITEM_PIPELINES_BASE),
        ("EXTENSIONS", EXTENSIONS_BASE),
        ("DOWNLOAD_HANDLERS", DOWNLOAD_HANDLERS),
    )
}
