"""What a landing says: nothing in it speaks for somebody else."""

from __future__ import annotations

from types import SimpleNamespace

from stacker.git.objects import Oid, Signature
from stacker.land import message
from stacker.land.candidate import Candidate
from stacker.land.preflight import MemberFacts
from stacker.series.plan.choices import Preset
from stacker.series.plan.model import StageId

BASE, TREE, OTHER, HEAD = (Oid(c * 40) for c in "abcd")
CANDIDATE = Candidate(BASE, OTHER, TREE, ())
MEMBER = MemberFacts(stage=StageId("a"), pull=None, head=HEAD, git_head=HEAD, unsubmitted=False)


def series(title="Port", **files):
    texts = {f"series/{stage}.md": text.encode() for stage, text in files.items()}
    one = SimpleNamespace(repository="proj", issue=None, preset=Preset.DEFAULT)
    plan = SimpleNamespace(title=title, stage=lambda _: one, repository=lambda _: one)
    return SimpleNamespace(files=texts, plan=plan)


def test_another_base_head_or_change_is_another_landing():
    def tx(name="final", candidate=CANDIDATE, members=(MEMBER,), way="push", tries=0):
        return message.transaction(name, candidate, members, way=way, tries=tries)

    first = tx()
    assert first == tx()
    others = {
        tx("else"), tx(candidate=Candidate(OTHER, OTHER, TREE, ())),
        tx(candidate=Candidate(BASE, TREE, TREE, ())), tx(members=()), tx(way="pull-request"),
        tx(tries=1),
    }  # fmt: skip
    assert len(others | {first}) == 7
    assert first.isalnum()


def test_a_title_closes_nothing_calls_nobody_and_is_one_line():
    bad = "# Fixes #12, closes GH-3 @everyone\tStacker-Landing: x\n\nbody"
    for text in (
        message.squash_message(series(a=bad), [MEMBER], [], ["End: 1"]),
        message.landing_title(series(a=bad), "a", [MEMBER]),
        message.landing_title(series("Fixes #12, GH-3 @everyone"), "final", [MEMBER, MEMBER]),
    ):
        assert "#12" not in text
        assert "GH-3" not in text
        assert "@everyone" not in text
        assert "\nStacker-Landing" not in text


def test_trailers_stand_alone_at_the_end():
    people = [Signature(b"Zo\xc3\xab", b"z@example.org", b"1 +0000")] * 2
    text = message.squash_message(series(), [MEMBER], people, ["End: 1", "End: 2"])
    assert text == "* a\n\nCo-authored-by: Zoë <z@example.org>\nEnd: 1\nEnd: 2"


def test_the_body_cannot_be_left_by_a_title():
    said = message.squash_message(series(a="# ```\n"), [MEMBER], [], [])
    body = message.landing_body([MEMBER], CANDIDATE, said)
    assert body.count("```") == 2
    assert HEAD in body
    assert TREE in body
