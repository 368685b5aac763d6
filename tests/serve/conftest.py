"""The application of `serve` over the copy of a made-up town."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import datasette_imported  # noqa: F401 - before all else that imports it
from tests.serve.town import built, share_a_story, town, write
from wardnews import serve
from wardnews.serve.copy import copy_of
from wardnews.store.database import Store


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give the application over the town's copy."""
    folder = tmp_path_factory.mktemp("serve")
    store = Store.open(f"sqlite:///{folder}/wardnews.db")
    write(store, *town())
    share_a_story(store)
    datasette = serve.application(built(store, copy_of(store, Path())))
    store.close()
    yield datasette
    datasette.executor.shutdown()
    for database in datasette.databases.values():
        database.close()
    gc.collect()


@pytest.fixture
def get(shown: Any) -> Callable[..., Any]:
    def answered(path: str, method: str = "GET") -> Any:
        return asyncio.run(shown.client.request(method, path))

    return answered
