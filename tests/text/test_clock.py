from __future__ import annotations

from datetime import datetime

import pytest

from wardnews.text.clock import is_future


@pytest.mark.parametrize(
    ("published", "now", "future"),
    [
        ("2026-08-30T23:59+07:00", "2026-08-29T00:00+07:00", False),
        ("2026-08-31", "2026-08-29T23:59+07:00", True),
        ("2026-08-31", "2026-08-29T16:59+00:00", True),
        ("2026-08-31", "2026-08-29T17:00+00:00", False),
    ],
)
def test_the_day_after_tomorrow_is_the_future(published: str, now: str, *, future: bool) -> None:
    assert is_future(published, datetime.fromisoformat(now)) is future
