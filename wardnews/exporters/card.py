"""The data set card of a folder of Parquet files, `README.md`, by which Hugging Face `datasets` reads it."""

import json
from collections.abc import Mapping
from typing import Any

CARD = "README.md"


def card(properties: Mapping[str, Any]) -> str:
    """Return the card of an export, whose portals, days and counts `Tally.properties` gives.

    The licence is left open: it is the portals' to give.
    """
    sources, own = properties["sources"], properties["wardnews"]
    period = " to ".join(sorted({day for day in own["period"].values() if day})) or "no day known"
    head = {
        "pretty_name": "News of ward, commune and district portals in Vietnam",
        "language": ["vi"],
        "tags": ["news", "vietnam", "local-government"],
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": "articles/**/*.parquet"}]},
        ],
    }
    said = f"{own['records']} articles of {len(sources)} portals, {period}, collected by wardnews."
    lines = [
        "---",
        *(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()),  # JSON is YAML
        "---",
        "",
        f"# {head['pretty_name']}",
        "",
        f"{said} `datapackage.json` says what each column is, and how many articles each portal and place has.",
        "",
        *(f"- {one['title']}" + (f": <{one['path']}>" if "path" in one else "") for one in sources),
    ]
    return "\n".join(lines) + "\n"
