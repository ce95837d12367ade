"""The demo's forge: its upstreams, its people, and that it can be opened again and again."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from stacker.demo import forge
from stacker.demo.upstreams import build_bin_deps
from stacker.errors import UsageError
from stacker.git.process import Git


def ask(served, path):
    request = urllib.request.Request(f"{served.url}/api/v3{path}")
    request.add_header("Authorization", f"token {served.token}")
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def test_the_upstreams_their_forks_and_who_may_what(tmp_path):
    with forge.serve(tmp_path, None) as served:
        assert ask(served, "/user")["login"] == forge.PORTER
        for name in (forge.CPYTHON, forge.BIN_DEPS):
            facts = ask(served, f"/repos/{name}")
            assert facts["permissions"]["push"] is False
            fork = ask(served, f"/repos/{forge.PORTER}/{name.partition('/')[2]}")
            assert fork["parent"]["full_name"] == name
            assert fork["default_branch"] == facts["default_branch"]
        assert ask(served, f"/repos/{forge.CPYTHON}/branches/master")["protected"] is True
    with forge.serve(tmp_path, forge.COORDINATOR) as served:
        assert ask(served, "/user")["login"] == forge.COORDINATOR
        assert ask(served, f"/repos/{forge.CPYTHON}")["permissions"]["push"] is True


def test_opened_again_it_is_as_it_was_left(tmp_path):
    with forge.serve(tmp_path, None):
        pass
    bare = Git(tmp_path / "hub" / f"{forge.PORTER}/cpython.git")
    bare.run("update-ref", "refs/heads/mine", "refs/heads/master")
    upstream = Git(tmp_path / "hub" / f"{forge.CPYTHON}.git")
    before = upstream.text("for-each-ref")
    with forge.serve(tmp_path, None):
        assert bare.text("rev-parse", "mine") == bare.text("rev-parse", "master")
        assert upstream.text("for-each-ref") == before


@pytest.mark.parametrize("left", ["half built", "built, not seeded"])
def test_killed_while_it_was_filled_it_is_filled_again(tmp_path, left):
    with forge.serve(tmp_path / "whole", None):
        pass
    name = f"{forge.BIN_DEPS}.git"
    hub = tmp_path / "cut" / "hub"
    if left == "half built":
        half = (hub / name).with_suffix(".half")
        half.parent.mkdir(parents=True)
        Git(half.parent).run("init", "-q", "--bare", str(half))
        build_bin_deps(Git(half))
    with forge.serve(tmp_path / "cut", None) as served:
        (hub / "seeded").unlink()
        assert ask(served, f"/repos/{forge.PORTER}/cpython-bin-deps")["fork"] is True
    with forge.serve(tmp_path / "cut", None):
        for one in (name, f"{forge.PORTER}/cpython-bin-deps.git"):
            said = [Git(root / one).text("for-each-ref", "refs/heads")
                    for root in (hub, tmp_path / "whole" / "hub")]  # fmt: skip
            assert said[0] == said[1] != ""
    assert (hub / "seeded").exists()


def test_only_its_people_come_in(tmp_path):
    with pytest.raises(UsageError) as caught, forge.serve(tmp_path, "mallory"):
        pass
    assert "mallory" in caught.value.message
    assert forge.PORTER in caught.value.hint
    with forge.serve(tmp_path, None) as served:
        with pytest.raises(urllib.error.HTTPError) as refused:
            ask(forge.Served(served.url, "another token"), "/user")
        refused.value.close()
        assert refused.value.code == 401
