"""No `Referer`: portals need not know from which page we come."""

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.referer import RefererMiddleware


class NoReferer(RefererMiddleware):
    """Send no `Referer`, whatever policy a page asks for. Without such a middleware Scrapy warns in every log.

    What a page gives does not pass it: there is nothing to add.
    """

    process_spider_output = process_spider_output_async = None  # type: ignore[assignment]

    def get_processed_request(self, request: Request, response: Response | None) -> Request:  # noqa: ARG002
        """Return a request as it is; one that follows a redirect has lost its header by then."""
        return request
