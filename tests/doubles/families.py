"""The practice portals of all CMS families but the two that `PracticePortal` plays, each on a port of its own."""

from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self, get_args

from tests.doubles.cms import Cms, FamilyArticle
from tests.doubles.dotnetnuke import DotNetNuke
from tests.doubles.ecoit import EcoIT
from tests.doubles.homemade import Homemade
from tests.doubles.joomla import Joomla
from tests.doubles.liferay7 import Liferay7
from tests.doubles.nukeviet import NukeViet, NukeVietEgov
from tests.doubles.sharepoint import SharePoint
from tests.doubles.vnpt import Vnpt
from tests.doubles.wordpress import WordPress
from wardnews.demo.server import Server
from wardnews.demo.web import Reply, Request

Family = Literal[
    "nukeviet",
    "nukeviet-egov",
    "ecoit",
    "vnpt",
    "liferay7",
    "sharepoint",
    "dotnetnuke",
    "wordpress",
    "joomla",
    "unknown",
]
FAMILIES: tuple[Family, ...] = get_args(Family)
PORTALS: dict[Family, type[Cms]] = {
    "nukeviet": NukeViet,
    "nukeviet-egov": NukeVietEgov,
    "ecoit": EcoIT,
    "vnpt": Vnpt,
    "liferay7": Liferay7,
    "sharepoint": SharePoint,
    "dotnetnuke": DotNetNuke,
    "wordpress": WordPress,
    "joomla": Joomla,
    "unknown": Homemade,
}


class PracticeFamilies:
    """Serve a portal of each family on loopback, for as long as the `with` block lasts.

    `families` are those to serve; none named means all. `requests` holds what each was asked, in order. `intercept`,
    when set, may answer in a portal's place, for failure drills: it returns a reply, or None to let the portal answer,
    or raises ConnectionError to hang up on the client.
    """

    def __init__(self, *families: Family) -> None:
        self.families = families or FAMILIES
        self.requests: dict[Family, list[Request]] = {family: [] for family in self.families}
        self.intercept: Callable[[Family, Request], Reply | None] | None = None
        self._portals = {family: PORTALS[family]() for family in self.families}
        self._servers: dict[Family, Server] = {}

    def __enter__(self) -> Self:
        """Start a server a family."""
        try:
            for family in self.families:
                self._servers[family] = Server(0, self._answering(family))
        except OSError:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all servers."""
        self.close()

    def close(self) -> None:
        """Stop all servers and hang up on every client."""
        while self._servers:
            self._servers.popitem()[1].close()

    def url(self, family: Family) -> str:
        """Return the address of a portal's home page."""
        return f"http://127.0.0.1:{self._servers[family].server_port}/"

    def sections(self, family: Family) -> tuple[tuple[str, str], ...]:
        """Return the addresses and titles of a portal's sections, as its menu has them."""
        portal, home = self._portals[family], self.url(family)
        return tuple((home + portal.section_path(each).removeprefix("/"), each.title) for each in portal.sections)

    def articles(self, family: Family) -> tuple[FamilyArticle, ...]:
        """Return what must be read from a portal's articles, the newest first."""
        portal, home = self._portals[family], self.url(family)
        return tuple(portal.truth(story, home) for story in portal.stories)

    def toml(self) -> str:
        """Return a sites file that describes the portals."""
        return "\n".join(
            f'[practice-{family}]\nname = "{self._portals[family].name}"\nurl = "{self.url(family)}"\ndelay = 0.0\n'
            for family in self.families
        )

    def _answering(self, family: Family) -> Callable[[Request], Reply]:
        def answer(request: Request) -> Reply:
            self.requests[family].append(request)
            intercepted = self.intercept(family, request) if self.intercept else None
            return intercepted or self._portals[family].reply(request)

        return answer
