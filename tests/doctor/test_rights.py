"""What is said of a token, by what is known of it."""

from __future__ import annotations

import pytest

from stacker.doctor.reach import Reach
from stacker.doctor.rights import examine_token, examine_workflows
from stacker.forge.api import Identity
from stacker.git.objects import Oid
from stacker.series.lock import Lock

NOW = 1_796_000_000  # 2026-11-30
CLASSIC = frozenset({"public_repo"})


@pytest.mark.parametrize(
    ("scopes", "expires", "health", "hint"),
    [
        (CLASSIC, "", "ok", ""),
        (CLASSIC, "2027-06-01", "ok", ""),
        (CLASSIC, "2026-12-03", "warning", "settings/tokens"),
        (CLASSIC, "2026-11-30", "warning", "settings/tokens"),
        (CLASSIC, "some day", "ok", ""),
        (None, "", "ok", ""),
        (frozenset({"read:org"}), "", "problem", "scopes=public_repo"),
        (frozenset(), "", "problem", "scopes=public_repo"),
    ],
)
def test_kind_and_time(scopes, expires, health, hint):
    reach = Reach("https://forge.example", False, {}, None, NOW)
    said = examine_token(reach, Identity("me", scopes, expires))
    assert str(said.health) == health
    assert hint in said.hint
    assert expires in said.message


@pytest.mark.parametrize(
    ("scopes", "folder", "told"),
    [
        ({"repo"}, ".github/workflows", ["workflows"]),
        ({"repo", "workflow"}, ".github/workflows", []),
        (None, ".github/workflows", []),
        ({"repo"}, ".github", []),
    ],
)
def test_workflows_of_upstream_need_a_scope(tmp_path, history, scopes, folder, told):
    drawn = history.draw(
        tmp_path / "up.git", {"main": [("start", {f"{folder}/ci.yml": "on: push"})]}
    )
    lock = Lock(1, {"proj": Oid(drawn["start"])}, ())
    who = Identity("me", None if scopes is None else frozenset(scopes), "")
    reach = Reach("https://forge.example", False, {}, None, NOW)
    found = list(examine_workflows(reach, who, drawn.path, lock))
    assert [one.name for one in found] == told
    assert not list(examine_workflows(reach, who, tmp_path, lock))
