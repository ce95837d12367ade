from __future__ import annotations

from stacker.verify.filtered import filtered_tree


def test_only_the_named_files_decide(lab):
    one = lab.stage("one", {"a.py": "1", "b.txt": "1"})
    two = lab.stage("two", {"a.py": "1", "b.txt": "2"})
    three = lab.stage("three", {"a.py": "3", "b.txt": "1"})
    found = [filtered_tree(lab.store, stage.tree, ["*.py"]) for stage in (one, two, three)]
    assert found[0] == found[1] != found[2]
