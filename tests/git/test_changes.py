"""What commits change, read from a real repository."""

from __future__ import annotations

from stacker.git.changes import changes_between, changes_of
from stacker.git.process import Git
from stacker.git.store import ObjectStore


def test_what_differs_in_the_end(tmp_path, history):
    drawn = history.draw(tmp_path / "repository", {"master": [
        ("start", {"a b": "1\n", "gone": "1\n", "x\ny": "1\n"}),
        ("edit", {"a b": "2\n", "x\ny": "2\n"}),
        ("back", {"a b": "1\n", "gone": None, "é/come": "1\n"}),
    ]})  # fmt: skip
    with ObjectStore(Git(drawn.path)) as store:
        found = {c.path: c for c in changes_between(store.git, drawn["start"], drawn["back"])}
        by_commit = changes_of(store, [drawn["start"], drawn["edit"]])
    assert set(found) == {b"gone", b"x\ny", "é/come".encode()}
    assert found[b"gone"].after is None
    assert found["é/come".encode()].before is None
    assert {c.path for c in by_commit[drawn["start"]]} == {b"a b", b"gone", b"x\ny"}
    assert {c.path for c in by_commit[drawn["edit"]]} == {b"a b", b"x\ny"}
