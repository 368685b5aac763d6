"""What other packages bring, by entry points: layouts, export formats, archives, portals; see `docs/python.md`."""

from functools import cache
from typing import TYPE_CHECKING, Any

from wardnews.errors import PluginError
from wardnews.locale import Phrase

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


@cache
def plugins(group: str) -> dict[str, "EntryPoint"]:
    """Return the plug-ins of a group, such as `layouts`, by name, without loading one."""
    from importlib.metadata import entry_points

    return {one.name: one for one in sorted(entry_points(group=f"wardnews.{group}"), key=str)}


@cache
def plugin(group: str, name: str) -> Any:
    """Return what a plug-in is; raise PluginError where it cannot be loaded."""
    try:
        return plugins(group)[name].load()
    except Exception as error:  # a stranger's code fails as it likes
        raise broken(group, name, " ".join(f"{type(error).__name__}: {error}".split())) from error


def broken(group: str, name: str, cause: Phrase | str) -> PluginError:
    """Return the error for a plug-in that is no good, with its package and the way out."""
    entry = plugins(group)[name]
    package = entry.dist.name if entry.dist else Phrase("its package")
    return PluginError(
        "plug-in {name} of {package} ({object}, wardnews.{group}): {cause}; update or mend it, or leave "
        "it out: pip uninstall {package}",
        name=name,
        package=package,
        object=entry.value,
        group=group,
        cause=cause,
    )
