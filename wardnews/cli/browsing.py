"""The command that shows the store in a browser: `serve`."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wardnews.cli.files import files_folder
from wardnews.cli.options import SitesFiles, StoreUrl
from wardnews.cli.output import say
from wardnews.cli.stores import opened
from wardnews.errors import ExitStatus, UsageError
from wardnews.locale import Phrase, _

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wardnews.sites import Site
    from wardnews.store.database import Store


def serve(
    *,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to be reached.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0: any free one.")] = 8001,
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="HOST", help="A host name that visitors ask by, such as a web server's before it."
        ),
    ] = None,
    sites: SitesFiles = None,
    store: StoreUrl = None,
) -> None:
    """Show the store in a browser: search, articles with their versions and views, tables. Ctrl-C ends it.

    What it shows is a copy, brought up to date when it starts and every ten minutes; it cannot change the store.

    Example: wardnews serve
    """
    from wardnews.settings import WARDNEWS_OUTPUT
    from wardnews.sites import load_sites
    from wardnews.storage import Output

    need_server()
    portals = load_sites(sites or ())
    with opened(store) as kept:
        show(kept, Output.at(WARDNEWS_OUTPUT).folder, portals, (host, port), name or ())


def need_server() -> None:
    """Raise UsageError where the libraries are missing that show a store."""
    try:
        import wardnews.serve  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError(
            "serve needs {library}: pip install 'wardnews[serve]' brings it", library=error.name
        ) from error


def show(
    kept: "Store",
    folder: Path,
    portals: "Mapping[str, Site]",
    at: tuple[str, int],
    names: "Collection[str]" = (),
    *,
    browse: bool = False,
) -> None:
    """Show a store, whose copy is put into a folder, at a host and port until somebody ends it.

    `browse`: open the first page in the user's browser. Raises UsageError for a port that is not to be had, and Exit.
    """
    from wardnews import serve as served
    from wardnews.archives.warc.write import raw_folder

    host, port = at
    try:
        own = served.listening(host, port)
    except OSError as error:
        cause = Phrase(str(error.strerror).partition(" (")[0])
        raise UsageError(
            "{host} port {port}: {cause}; --host and --port name another", host=host, port=port, cause=cause
        ) from error
    file = served.copy_of(kept, folder)
    try:
        with own, served.current_copy(kept, file, portals, raw_folder(folder), say) as is_own, ExitStack() as stack:
            if is_own:
                address = kept.engine.url.render_as_string(hide_password=False)
                stack.enter_context(served.refreshed(address, file, portals, raw_folder(folder)))
            kept.close()
            url = f"http://{f'[{host}]' if ':' in host else host}:{own.getsockname()[1]}/"
            served.end_in_order()  # from here on, whoever reads the next line may end it
            say(_("{url} shows {file}; Ctrl-C ends it").format(url=url, file=file))
            if browse:
                import webbrowser

                webbrowser.open(url)
            served.serve(file, own, served.names_of(host, names), files_folder(folder))
    except KeyboardInterrupt as error:
        say(_("stopped; the next start goes on with the reading copy"))
        raise typer.Exit(ExitStatus.STOPPED) from error
