"""What the page says, decided from values: gaps, what is missing, colours, sizes, addresses."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import report_samples as made
import status_samples as samples

from stacker.evidence.record import Verdict
from stacker.land.outcome import Who
from stacker.landed.group import Extent, GroupLanding, Torn, ways_out
from stacker.report import changes as sizes
from stacker.report.changes import changes
from stacker.report.diff import files
from stacker.report.missing import missing
from stacker.report.stages import flowing, safe_url
from stacker.report.versions import normal
from stacker.report.views import report
from stacker.status.value import GroupStatus, StageState
from stacker.verify.standing import State


def lacks(stage, *others, group=()):
    """(who, text, command) of everything that one of these stages lacks."""
    found = made.facts(stage, *others)
    return [(r.who, r.text, r.command) for r in missing(found.plan, found.status, stage)]


def test_an_approved_stage_with_its_evidence_lacks_nothing():
    assert lacks(samples.approved("a", 1)) == []
    assert lacks(samples.landed("a")) == []


def test_what_is_missing_is_said_with_who_acts_and_how():
    stage = samples.submitted(
        "b", 2, changed=True, needs=("a",), evidence=made.red("b"),
        opinion=samples.opinion(approved_before=("tiran",), refused_by=("zooba",), failing=("ci",)),
    )  # fmt: skip
    assert lacks(stage, samples.submitted("a", 1)) == [
        (Who.PORTER, "#2 does not show the series' newest change", "stacker submit b"),
        (Who.COORDINATOR, "a (#1) must land first", ""),
        (Who.PORTER, "build for win32: failed", "stacker verify b"),
        (Who.PORTER, "build for arm32: no evidence (the box has been silent for 9 days)",
         "stacker verify b --platform arm32"),
        (Who.PORTER, "zooba requested changes on #2", ""),
        (Who.REVIEWER, "#2 has 0 of 1 approvals that stand: tiran approved an earlier head", ""),
        (Who.CI, "ci has not passed on #2", ""),
    ]  # fmt: skip


def test_gaps_of_the_same_kind_are_one_line():
    gaps = [(name, State.MISSING, {"reason": "has never run"}) for name in ("x", "y", "z")]
    stage = samples.approved("a", 1, evidence=made.evidence("a", *gaps))
    [(_, text, _)] = lacks(stage)
    assert text == "build for x, y, z: no evidence (has never run)"


def test_members_of_a_group_do_not_wait_for_each_other():
    first = samples.submitted("a", 1, group="final")
    second = samples.approved("b", 2, group="final", needs=("a",))
    assert lacks(second, first) == []


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (samples.stage("a"), "has no pull request"),
        (samples.stage("a", stopped_on="a"), "a rebase stopped here"),
        (samples.stage("a", stopped_on="z"), "a rebase waits for z"),
        (samples.stage("a", patches=0), "has no patches yet"),
        (samples.stage("a", hand_off=True), "is handed over to the maintainers of cpython"),
        (samples.submitted("a", 7, opinion=None), "nobody asked what #7 has yet"),
    ],
)
def test_each_way_to_stand_has_its_word(stage, words):
    assert words in [text for _, text, _ in lacks(stage)]


def test_every_state_has_a_tone():
    page = report(made.usual())
    assert [str(one.tone) for one in page.stages] == ["done", "good", "wait", "bad", "idle"]
    assert {*StageState} >= {one.state for one in made.usual().status.stages}


def test_a_cell_has_its_log_and_its_gap():
    [_, _, _, ctypes, _] = report(made.usual()).stages
    red, gap = ctypes.cells
    assert (red.state, red.log) == ("failed", ("compiling", "error: no such function"))
    assert (gap.state, gap.reason) == ("no evidence", "the box has been silent for 9 days")
    assert gap.command == "stacker verify ctypes --platform arm32"


def test_a_log_that_is_elsewhere_is_said_to_be():
    shared = made.record("k2", shared=True, verdict=Verdict.PASSED, host="pi-4")
    stage = samples.stage("a", evidence=made.evidence("a", ("x", State.PASSED, {"record": shared})))
    [one] = report(made.facts(stage)).stages
    assert one.cells[0].silent == "Its log is at pi-4."


def torn_group():
    """Of two members the first landed alone."""
    first, second = (
        samples.landed("a", group="final", pull=1),
        samples.submitted("b", 2, group="final"),
    )
    landing = GroupLanding("final", ("a", "b"), {"a": first.landing})
    torn = Torn(landing, "#1 landed alone as 32119e10", ways_out(landing, 12))
    group = GroupStatus("final", ("a", "b"), 1, Extent.PREFIX, torn)
    found = made.facts(first, second)
    return replace(found, status=replace(found.status, groups=(group,)))


def test_a_torn_group_has_its_ways_out():
    [group] = report(torn_group()).groups
    assert (group.words, str(group.tone)) == ("torn: the rest is frozen", "bad")
    assert (group.torn, group.command) == ("#1 landed alone as 32119e10", "")
    rest, revert, plan = (way.command for way in group.ways)
    assert (rest, plan) == ("stacker land --group final --rest", "")
    assert revert == f"stacker land --revert {samples.landed('a').landing}"
    text = made.html(torn_group()).decode()
    assert "<code>stacker land --group final --rest</code>" in text


def test_a_group_that_is_ready_has_its_command():
    ready = [samples.approved(s, n, group="final") for n, s in enumerate("ab", 1)]
    [group] = report(made.facts(*ready)).groups
    assert (group.words, group.command) == ("2 of 2 ready", "stacker land --group final")


@pytest.mark.parametrize(
    ("drafts", "words"),
    [
        ((True, True), "at least L1, every open member is a draft"),
        ((True, False), "#2 is no draft; unless upstream has rules, a click merges it alone"),
        ((None, None), "whether its members are drafts is not known here"),
    ],
)
def test_what_is_known_of_the_gate_is_said(drafts, words):
    members = [
        samples.submitted(
            s, n, group="final", opinion=None if draft is None else samples.opinion(draft=draft)
        )
        for n, (s, draft) in enumerate(zip("ab", drafts, strict=True), 1)
    ]
    [group] = report(made.facts(*members)).groups
    assert group.gate == words


def test_a_diff_is_read_as_git_wrote_it():
    odd = (
        b'diff --git "a/\\303\\244.c" "b/\\303\\244.c"\nnew file mode 100755\n'
        b"index 0000000..1111111\n--- /dev/null\n"
        b'+++ "b/\\303\\244.c"\n@@ -0,0 +1,2 @@\n+@@ -1 +1 @@\n+diff --git a/x b/x\r\n'
        b"\\ No newline at end of file\n"
        b"diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n"
        b"diff --git a/x.bin b/x.bin\nindex 1111111111111..2222222222222 100644\n"
        b"GIT binary patch\ndelta 5\nMcmZQzWMT#Y01f~L\n\ndelta 5\nMcmZQzWMT#Y01f~L\n\n"
        b"diff --git a/run b/run\nold mode 100644\nnew mode 100755\n"
    )
    one, moved, binary, mode = files(odd)
    assert (one.path, one.note, one.count("+")) == ("ä.c", "new file, executable", 2)
    assert [line.text for line in one.hunks[0].lines][:2] == ["@@ -1 +1 @@", "diff --git a/x b/x^M"]
    assert (moved.path, moved.note) == ("new", "was old")
    assert (binary.path, binary.note) == ("x.bin", "binary 2222222222")
    assert (mode.path, mode.note) == ("run", "mode 100644 → 100755")


def test_code_has_the_colours_of_its_language_and_numbers_of_both_sides():
    [view] = changes({"a": made.change()})["a"].files
    [hunk] = view.hunks
    assert hunk.place == "def machine():"
    assert hunk.old.split("\n") == ["10", "11", "", "", "12", "13"]
    assert [n.strip() for n in hunk.new.split("\n")] == ["10", "-", "11 +", "12 +", "13", "14"]
    assert (
        '<span>    <b class="c"># what it runs on</b>\n</span><del>    <b class="k">' in hunk.code
    )
    assert (view.added, view.removed) == (2, 1)


def test_what_is_coloured_is_escaped_and_nothing_is_lost():
    evil = made.DIFF.replace(b"# what it runs on", b"# </pre><script>&'\"")
    for name in (b"Lib/platform.py", b"Lib/platform.unknown"):
        [view] = changes({"a": made.change(evil.replace(b"Lib/platform.py", name))})["a"].files
        code = str(view.hunks[0].code)
        assert set(re.findall(r"<(/?\w+)", code)) <= {
            "b",
            "/b",
            "ins",
            "/ins",
            "del",
            "/del",
            "span",
            "/span",
        }
        plain = re.sub(r"<[^>]*>", "", code)
        assert "# &lt;/pre&gt;&lt;script&gt;&amp;&#39;&#34;\n" in plain


def test_a_page_has_room_for_so_much(monkeypatch):
    monkeypatch.setattr(sizes, "_MOST", 150)
    found = changes({"a": made.change(), "b": made.change()})
    assert [one.left_out for one in found["a"].files + found["b"].files] == [
        "", "Too large for this page: `stacker review b` shows it.",
    ]  # fmt: skip


def test_line_numbers_and_blob_ids_are_no_part_of_a_text():
    mail = b"From: x <x@y>\nDate: Thu, 25 Apr 2019 13:46:40 +0000\nSubject: Know it\n\nwhy\n---\n"
    moved = made.DIFF.replace(b"-10,4 +10,5", b"-90,4 +90,5").replace(b"1111111", b"3333333")
    text = normal(mail + made.DIFF)
    assert text == normal(mail + moved)
    assert text.split("\n")[:6] == [
        "Know it", "", "why", "", "From: x <x@y>", "",
    ]  # fmt: skip
    assert text != normal(mail + made.DIFF.replace(b"last = 1", b"last = 2"))


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://github.com/a/b/pull/1", True), ("http://127.0.0.1:8000/x", True),
        ("javascript:alert(1)", False), ("data:text/html,x", False), ("//e.org/", False),
        ("https://user:token@e.org/", False), ("", False), ("https://[", False),
    ],
)  # fmt: skip
def test_only_addresses_that_a_browser_reads_are_links(url, safe):
    assert safe_url(url) == (url if safe else "")


def test_prose_flows_and_lists_stay():
    assert (
        flowing("one\ntwo\n\n- a\n- b\n\n    code\n    more")
        == "one two\n\n- a\n- b\n\n    code\n    more"
    )
