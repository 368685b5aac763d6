"""The command that shows the store in a browser: `serve`."""

from typing import Annotated

import typer

from wardnews.cli.options import SitesFiles, StoreUrl
from wardnews.cli.output import say
from wardnews.cli.stores import opened
from wardnews.errors import ExitStatus, UsageError


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

    What it shows is a copy, brought up to date when it starts; it cannot change the store.

    Example: wardnews serve
    """
    from wardnews.settings import WARDNEWS_OUTPUT
    from wardnews.sites import load_sites
    from wardnews.storage import Output

    try:
        from wardnews import serve as served
    except ModuleNotFoundError as error:
        raise UsageError(f"serve needs {error.name}: pip install 'wardnews[serve]' brings it") from error
    portals = load_sites(sites or ())
    with opened(store) as kept:
        try:
            own = served.listening(host, port)
        except OSError as error:
            cause = str(error.strerror).partition(" (")[0]
            raise UsageError(f"{host} port {port}: {cause}; --host and --port name another") from error
        file = served.copy_of(kept, Output.at(WARDNEWS_OUTPUT).folder)
        try:
            with own, served.current_copy(kept, file, portals, say):
                kept.close()
                shown = f"[{host}]" if ":" in host else host
                say(f"http://{shown}:{own.getsockname()[1]}/ shows {file}; Ctrl-C ends it")
                served.serve(file, own, served.names_of(host, name or ()))
        except KeyboardInterrupt as error:
            say("stopped; the next start goes on with the reading copy")
            raise typer.Exit(ExitStatus.STOPPED) from error
