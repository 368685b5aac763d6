"""How compressed pages are unpacked: within bounds."""

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from wardnews.locale import Phrase, gettext_noop
from wardnews.middlewares.hosts import SPOOL

_MOST_LAYERS = 3


class Decompression(HttpCompressionMiddleware):
    """Unpack what came compressed, up to DOWNLOAD_MAXSIZE and three layers; say in a few words why not."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Unpack a response; raise IgnoreRequest where it is too large or broken."""
        encodings = b",".join(response.headers.getlist("Content-Encoding"))
        if not encodings or SPOOL in request.meta:
            return response
        if "archive" in request.meta:  # whose labels are often wrong: its client unpacks what it gave
            return response
        if encodings.count(b",") >= _MOST_LAYERS:
            raise IgnoreRequest(str(Phrase("page compressed more than {count} times", count=_MOST_LAYERS)))
        try:
            return super().process_response(request, response)
        except IgnoreRequest as error:
            raise IgnoreRequest(gettext_noop("page too large")) from error
        except Exception as error:  # each codec has its own
            raise IgnoreRequest(gettext_noop("compressed page broken")) from error
