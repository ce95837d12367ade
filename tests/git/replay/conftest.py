"""A store with a tree in it, for tests of the replay's parts."""

from __future__ import annotations

import pytest

from stacker.git.objects import Entry
from stacker.series.workspace import open_store


@pytest.fixture
def store_of(tmp_path):
    """Make a store whose tree has these files; gives both."""
    opened = []

    def make(files):
        store = open_store(tmp_path / "store.git")
        opened.append(store)
        entries = {p: Entry("100644", store.write("blob", c), b"") for p, c in files.items()}
        return store, store.write_tree(entries)

    yield make
    for store in opened:
        store.close()
