from __future__ import annotations

from wardnews.store.database import Store
from wardnews.store.files.kept import KeptFile, is_kept, kept_file, kept_files, nearest, write_kept

OLD = KeptFile("aa" * 32, 10, "application/pdf", f"sha256/aa/{'aa' * 31}")
NEW = KeptFile("bb" * 32, 20, "image/png", f"sha256/bb/{'bb' * 31}")
ONE, OTHER = "http://hoasua.example/kh.pdf", "http://hoasua.example/anh.png"


def test_what_an_address_had_nearest_in_time(store_url: str) -> None:
    store = Store.open(store_url)
    with store.writing() as connection:
        write_kept(store, connection, ONE, OLD, "2020-01-01T00:00:00Z")
        write_kept(store, connection, ONE, NEW, "2021-01-01T00:00:00Z")
        write_kept(store, connection, ONE, OLD, "2020-06-01T00:00:00Z")
        write_kept(store, connection, OTHER, NEW, "2022-01-01T00:00:00Z")
        days = {"2019-01-01": OLD, "2020-03-01": OLD, "2020-08-01": OLD, "2020-12-01": NEW, "2030-01-01": NEW}
        assert {day: nearest(connection, ONE, f"{day}T00:00:00Z") for day in days} == days
        assert nearest(connection, "http://hoasua.example/", "2020-01-01T00:00:00Z") is None
        assert [is_kept(connection, name * 32) for name in ("aa", "bb", "cc")] == [True, True, False]
    assert list(kept_files(store)) == [OLD, NEW]
    assert (kept_file(store, "bb" * 32), kept_file(store, "cc" * 32)) == (NEW, None)
    store.close()
