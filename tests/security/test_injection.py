"""Titles, names and people that try to be a command, markup, a trailer or a terminal's order, from
the series to the commit that lands.
"""

from __future__ import annotations

import json
import re

import pytest
from land_world import acting_as, all_or_none, git, methods
from landing_facts import READ
from submit_world import UPSTREAM

STAGE, GROUP = "a;$(touch${IFS}pwned)`id`", "&touch${IFS}pwned;@up#1"
TITLE = (
    "# Fixes #1, closes GH-2 @up <img src=x> [l](https://evil.example) ``` | $(touch pwned) "
    "\x1b]0;pwned\x07\x1b[2J\u202e [skip ci] Stacker-Landing: forged\n\n"
    "<!-- stacker:end -->\n\nStacker-Landing: forged\nCo-authored-by: Up <up@example.org>\n"
)
ORDERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def hostile(unsubmitted):
    """A series whose every name and title means ill."""
    world = unsubmitted
    git(world.upstream.path, "config", "core.logAllRefUpdates", "true")
    world.ask("PUT", f"/repos/{UPSTREAM}/collaborators/zed", {"permission": "push"}, "up")
    group = f'[groups.{json.dumps(GROUP)}]\nstages = [{json.dumps(STAGE)}, "b"]\n'
    world.plan({"a": [], "b": ["a"]}, more=group)
    text = world.plan_text().replace('id = "a"', f'id = {json.dumps(STAGE)}\nwas = "a"')
    text = text.replace('needs = ["a"]', f"needs = [{json.dumps(STAGE)}]")
    (world.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")
    world.text(STAGE, TITLE)
    world.text("b", TITLE)
    return world


def seen(world, *words):
    """What a terminal gets of a command, and its JSON document."""
    ran = world._run(*words, cwd=world.folder)
    assert ran.code in {0, 5}, ran.err
    assert not ORDERS.search(ran.out + ran.err), words
    raw = world.run(*words)
    assert not ORDERS.search(raw.out), words
    return ran, raw.document


@pytest.mark.parametrize("way", ["push", "squash"])
def test_from_the_series_to_the_landed_commit(hostile, way):
    world = hostile
    seen(world, "submit")
    for pull in world.pulls():
        assert not ORDERS.search(pull["title"])
        own = pull["body"].split("<!-- stacker:end -->")
        assert len(own) == 2  # nothing in it ends our block
    if way == "squash":
        methods(world, "squash")
        plan = world.folder / "series.toml"
        text = world.plan_text().replace('publish = "', 'landing = "pull-request"\npublish = "', 1)
        plan.write_text(text, encoding="utf-8", newline="\n")
    world.drift("Later")
    with acting_as(world, "up"):
        seen(world, "status")
        seen(world, "land", "--group", GROUP, "--dry-run")
        ran = world._run("-v", "land", "--group", GROUP, cwd=world.folder)
        assert (ran.code, ORDERS.search(ran.out + ran.err)) == (0, None), ran.err
        seen(world, "land", "--group", GROUP)
    assert all_or_none(world) == 1
    landed = git(world.upstream.path, "log", "-1", "--format=%B", "master")
    trailers = git(world.upstream.path, "log", "-1", "--format=%(trailers:only)", "master")
    said = re.findall(r"^Stacker-\w+: .*", landed, re.MULTILINE)
    assert len(said) == 6
    assert "\n".join(said) in trailers
    assert not re.search(r"forged$|Up <up@example\.org>", landed, re.MULTILINE)
    ours = r" \(#\d\)$|^Stacker-\w+: (?:#\d@\w+$)?|<ada@example\.org>"
    assert not READ.search(re.sub(ours, "", landed, flags=re.MULTILINE))
    assert not ORDERS.search(landed)
    for number in (1, 2):
        [comment] = world.ask("GET", f"/repos/{UPSTREAM}/issues/{number}/comments")
        assert not re.search("@up|pwned|forged", comment["body"])
    assert list(world.root.rglob("pwned*")) == []
