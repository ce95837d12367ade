"""What was landed here comes out in a release there."""

from __future__ import annotations

from land_world import git, land, locked, master


def test_the_tag_of_a_forge_is_shown_offline(ready):
    land(ready)
    tip = master(ready)
    git(ready.upstream.path, "tag", "v1.0rc1", tip)
    ready.good("rebase")
    assert set(locked(ready)) == {"a", "b"}
    assert [line.release for line in ready.lock.stages] == ["v1.0rc1", "v1.0rc1"]
    ready.close()  # nobody is there to be asked
    found = {one["id"]: one for one in ready.good("status")["stages"]}
    assert (found["b"]["status"], found["b"]["release"]) == ("landed", "v1.0rc1")
