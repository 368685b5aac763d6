"""How a run is completed: its report beside its feed, both where they go, and in the store that they are there."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from wardnews.exporters.files import write_lines
from wardnews.storage import Output
from wardnews.store.database import Store
from wardnews.text.clock import timestamp


def complete(store: Store, output: Output, run: str, report: Mapping[str, Any], parts: Iterable[str] = ()) -> None:
    """Write the report of a run whose feed is written; `parts` are the runs whose records that has.

    Raises OSError where it cannot be written, or cannot go where it should: the next run does so then.
    """
    store.keep_report(run, report)
    write_lines([json.dumps(report, ensure_ascii=False, indent=2)], output.folder / f"{run}.report.json")
    output.send()
    for name in (*parts, run):
        store.end_run(name, now=timestamp(), reason=report["reason"], feed=report["feed"])
