"""`stacker report` on a real series: what it reads, where it writes, what it leaves alone."""

from __future__ import annotations

import json
import re

import pytest
import world as kit

from stacker.report import versions

LINES = kit.numbered()
CHECK = """
[[checks]]
name = "look"
run = [["{python}", "-c", "print('looked <b>')"]]
"""


@pytest.fixture
def lived(history, run_stacker, tmp_path):
    """A series of two stages that was rebased once and edited once; its upstream went on."""
    upstream = history.draw(tmp_path / "upstream", {
        "main": [("start", {"a.py": LINES, "b.c": LINES})],
        "port": [
            "start", ("First thing", {"a.py": kit.numbered((20, "first = 1"))}),
            ("Second thing", {"b.c": kit.numbered((10, "int second;"))}),
        ],
    })  # fmt: skip
    one = kit.begin(
        run_stacker, tmp_path, upstream,
        (f"{upstream['start']}..{upstream['Second thing']}",
         "--from", str(upstream.path), "--stage-per-commit"),
    )  # fmt: skip
    upstream.add("main", ("drift", {"a.py": kit.numbered((2, "drift = 1"))}))
    one.stacker("rebase")
    one.change_by_hand("second-thing", b"+int second;", b"+int second_thing;")
    one.stacker("rebase")
    return one


def embedded(text):
    [raw] = re.findall(r'<script type="application/json" id="versions">(.*?)</script>', text)
    return json.loads(raw)


def test_a_series_becomes_one_file_and_nothing_else_changes(lived, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secretsecret")
    plan = lived.home / "series.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + CHECK, encoding="utf-8", newline="\n")
    lived.stacker("verify", "--trust")
    lived.upstream.add("main", ("breaks", {"a.py": kit.numbered((20, "upstream = 1"))}))
    lived.stacker("forecast")  # fetches
    before, head = lived.files(), lived.git("rev-parse", "refs/stacker/head")
    document = lived.stacker("report")
    file = lived.home / ".stacker" / "report.html"
    assert document == {
        "file": str(file), "bytes": file.stat().st_size, "stages": 2, "left_out": None,
    }  # fmt: skip
    assert (lived.files(), lived.git("rev-parse", "refs/stacker/head")) == (before, head)
    text = file.read_text(encoding="utf-8")
    assert "ghp_secretsecret" not in text
    assert str(lived.home) not in text
    assert "looked &lt;b&gt;" in text  # the log
    assert "0 of 2 stages fit" in text  # the forecast
    assert "first broken by" in text
    assert '<b class="n">1</b>' in text  # the own change, coloured
    assert "changed: second-thing" in text  # the history
    data = embedded(text)
    assert [one["n"] for one in data["versions"]] == [3, 2, 1]
    # One patch only moved, the other was edited once.
    assert len(data["texts"]) == len(set(data["texts"])) == 3
    assert data["versions"][1]["stages"].keys() == {"second-thing"}


def test_a_renamed_stage_is_compared_with_what_it_was(lived):
    plan = lived.home / "series.toml"
    text = plan.read_text(encoding="utf-8")
    named = text.replace('id = "second-thing"', 'id = "second"\nwas = "second-thing"')
    plan.write_text(named, encoding="utf-8", newline="\n")
    lived.stacker("rebase")
    lived.stacker("report")
    page = (lived.home / ".stacker" / "report.html").read_text(encoding="utf-8")
    told = [one["stages"].keys() for one in embedded(page)["versions"]]
    assert told[0] == {"first-thing", "second"}
    assert {"second"} in told  # the version before the edit
    assert "second-thing" not in {stage for some in told for stage in some}


def test_what_is_too_much_is_left_out_and_said(lived, monkeypatch):
    monkeypatch.setattr(versions, "_MOST", 2)
    document = lived.stacker("report", "-o", "page.html")
    assert document["left_out"].startswith("v1 is left out for size;")
    text = (lived.home / "page.html").read_text(encoding="utf-8")
    assert "v1 is left out for size; <code>stacker log --diff vA vB</code>" in text
    assert [one["n"] for one in embedded(text)["versions"]] == [3, 2]
    for limit, left in (("_MOST_TEXT", "2 versions, v1 to v2, are"), ("_NEWEST", "3 versions, v1")):
        monkeypatch.setattr(versions, limit, 0)
        monkeypatch.setattr(versions, "_MOST", 9)
        assert lived.stacker("report")["left_out"].startswith(left)


def test_a_clone_without_objects_has_a_page_too(lived, run_stacker):
    lived.git("init", "-q", ".", where=lived.home)
    lived.git("add", "-A", where=lived.home)
    lived.git("commit", "-q", "-m", "v3", where=lived.home)
    clone = lived.home.parent / "clone"
    lived.git("clone", "-q", str(lived.home), str(clone), where=lived.home)
    ran = run_stacker("report", cwd=clone)
    assert ran.code == 0, ran.err
    text = (clone / ".stacker" / "report.html").read_text(encoding="utf-8")
    assert "This clone has no objects yet; what follows is from plan and lock alone." in text
    assert embedded(text) == {"texts": [], "versions": []}


def test_a_place_that_is_none_is_refused(lived, run_stacker):
    ran = run_stacker("report", "-o", "no/such/page.html", cwd=lived.home)
    assert ran.code == 2
    assert "is in no folder that there is" in ran.err
    ran = run_stacker("report", "-o", ".", cwd=lived.home)
    assert (ran.code, "is a folder" in ran.err) == (2, True)
