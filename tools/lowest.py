"""Print pip constraints that pin each dependency to the lowest version that pyproject.toml allows.

python tools/lowest.py > lowest.txt && pip install -e '.[dev]' -c lowest.txt
"""

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
EXTRAS = ("dev",)
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(\[[\w,]+\])?>=(?P<lowest>[\w.]+)[^;]*(?P<marker>;.*)?")


def constraints() -> list[str]:
    """Return a line `name==version` for each dependency; raise ValueError for one without a lower bound."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    lines = {}
    for requirement in (
        *project["dependencies"],
        *(one for name in EXTRAS for one in project["optional-dependencies"][name]),
    ):
        parts = _REQUIREMENT.fullmatch(requirement)
        if parts is None:
            raise ValueError(f"{requirement}: expected a lower bound, as in name>=1.2")
        lines[parts["name"]] = f"{parts['name']}=={parts['lowest']}{parts['marker'] or ''}"
    return sorted(lines.values())


if __name__ == "__main__":
    print("\n".join(constraints()))
