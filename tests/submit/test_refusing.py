"""No plan of actions makes a forge merge or close anything: proved on a forge that is a model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.forge.api import PullState
from stacker.hub import fate
from stacker.submit.actions import EditPull, OpenPull, PushHeads, Wanted, decide
from stacker.submit.heads import Head
from stacker.submit.left_over import LeftOver, out_of_the_way
from stacker.submit.stops.refusing import History, StopKind, stops
from stacker.submit.stops.simulated import Branches, Standing, moments, singly

OWN = {"proj": "master"}
PATCHES = [f"p{n}" for n in range(7)]


def oid(chain):
    """The commit of a chain of patches on the base; its tree has the same id."""
    return hashlib.sha1("\n".join(("base", *chain)).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Stage:
    name: str
    needs: tuple[str, ...]
    patches: tuple[str, ...]


class Model:
    """Stages in plan order, and the commits that their chains are."""

    def __init__(self, stages):
        self.stages = {one.name: one for one in stages}

    def closure(self, name):
        direct = self.stages[name].needs
        return {s for need in direct for s in (need, *self.closure(need))}

    def chain(self, name):
        inside = self.closure(name)
        order = [s for s in self.stages if s in inside] + [name]
        return tuple(patch for s in order for patch in self.stages[s].patches)

    def below(self, name):
        inside = self.closure(name)
        return tuple(p for s in self.stages if s in inside for p in self.stages[s].patches)

    def nearest(self, name):
        inside = self.closure(name)
        deeper = {s for other in inside for s in self.closure(other)}
        return [s for s in self.stages if s in inside - deeper]

    def wanted(self):
        return [self._wanted(name) for name in self.stages]

    def _wanted(self, name):
        nearest, below = self.nearest(name), oid(self.below(name))
        head = Head(
            stage=name, repository="proj", branch=f"s/{name}", head=oid(self.chain(name)),
            base=oid(()), old=None, below=below if len(nearest) > 1 else None, below_old=None,
            stands_on=below, place="proj",
        )  # fmt: skip
        base = head.below_branch if len(nearest) > 1 else f"s/{nearest[0]}" if nearest else "master"
        return Wanted(
            stage=name, repository="proj", head=head, head_name=f"up:s/{name}", base=base,
            trunk="master", title=name, draft=False,
        )  # fmt: skip

    def branches(self):
        found = {"master": oid(())}
        for one in self.wanted():
            found[one.head.branch] = one.head.head
            if one.head.below is not None:
                found[one.head.below_branch] = one.head.below
        return found


def chains(*models):
    """Every chain that is a commit in any of them, by its id."""
    found = {oid(()): ()}
    for model in models:
        for name in model.stages:
            whole = model.chain(name)
            for length in range(len(whole) + 1):
                found[oid(whole[:length])] = whole[:length]
                found[oid(model.below(name)[:length])] = model.below(name)[:length]
    return found


def contains(known, tip, head):
    return known[tip][: len(known[head])] == known[head]


@st.composite
def models(draw):
    """Some of five stages in some order, each with a part of a list of patches."""
    names = draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True))
    patches = draw(st.just(PATCHES) | st.permutations(PATCHES))
    stages, at = [], 0
    for name in names:
        earlier = st.lists(st.sampled_from([s.name for s in stages] or ["-"]), unique=True)
        needs = tuple(n for n in draw(earlier) if n != "-")
        size = draw(st.integers(1, 2)) if len(names) - len(stages) < 7 - at else 1
        stages.append(Stage(name, needs, tuple(sorted(patches[at : at + size]))))
        at += size
    return Model(stages)


def pull(stage, number, base, *, may_edit=True):
    """What decides looks at no more than this of a pull request."""
    return SimpleNamespace(
        number=number, state=PullState.OPEN, base_branch=base, title=stage, draft=False, body="",
        may_edit=may_edit, head_branch=f"s/{stage}",
    )  # fmt: skip


def planned(new, pulls, tips):
    """The actions that bring a forge to the new series, and what is known against them."""
    wanted = new.wanted()
    left = [LeftOver(s, "proj", p) for s, p in pulls.items() if s not in new.stages]
    at = {("proj", f"refs/heads/{name}"): tip for name, tip in tips.items()}
    here = {s: p for s, p in pulls.items() if s in new.stages}
    decided = decide(wanted, here, at, {})
    return wanted, (*out_of_the_way(left, OWN, decided), *decided)


def against(known, wanted, pulls, tips, actions):
    standing = [
        Standing(s, "proj", p.number, p.head_branch, None, p.base_branch) for s, p in pulls.items()
    ]
    heads = {("proj", name): tip for name, tip in tips.items()}
    seen = moments(standing, Branches(heads, {}, OWN), actions)
    contained = {(m.head, m.tip) for m in seen if contains(known, m.tip, m.head)}
    return stops(wanted, seen, History(contained, {one: one for one in known}), set(OWN))


def ends(known, pulls, tips, actions):
    """What becomes of the pull requests by the hub's own rules, which were written apart."""
    tips, bases = dict(tips), {s: (p.head_branch, p.base_branch) for s, p in pulls.items()}
    fates = []
    for action in actions:
        before = {s: (tips[h], tips[b]) for s, (h, b) in bases.items()}
        match action:
            case PushHeads(_, updates):
                tips |= {one.ref.removeprefix("refs/heads/"): one.new for one in updates}
            case EditPull(stage=stage, base=str() as base):
                head = bases[stage][0]
                assert not contains(known, tips[base], tips[head]), "422: no new commits"
                bases[stage] = head, base
                before[stage] = tips[head], tips[base]
            case OpenPull(_, stage, head, base):
                branch = head.partition(":")[2]
                assert not contains(known, tips[base], tips[branch]), "422: no commits between"
                bases[stage] = branch, base
        for stage, (head, base) in before.items():
            there = (tips[name] for name in bases[stage])
            now, base_now = there
            inside = contains(known, base_now, now)
            seen = fate.Seen(head, base, now, base_now, contained=inside, landed=None)
            fates.append(fate.decide(seen))
    return [one for one in fates if isinstance(one, fate.Merged | fate.Closed)]


@given(models(), models(), st.data())
def test_from_any_series_to_any_other_nothing_is_merged_or_closed(old, new, data):
    known, tips = chains(old, new), old.branches()
    pulls = {w.stage: pull(w.stage, n, w.base) for n, w in enumerate(old.wanted(), 1)}
    wanted, actions = planned(new, pulls, tips)
    assert all(u.new for a in actions if isinstance(a, PushHeads) for u in a.updates)
    twins = len({w.head.head for w in wanted}) < len(wanted)
    assert bool(against(known, wanted, pulls, tips, actions)) is twins
    assert twins or ends(known, pulls, tips, actions) == []
    # Where somebody else chose the bases, or some are not ours to edit, a plan may be stopped.
    for stage, one in pulls.items():
        bases = [b for b in tips if not contains(known, tips[b], tips[f"s/{stage}"])]
        base = data.draw(st.sampled_from([one.base_branch, *bases]))
        one.base_branch, one.may_edit = base, data.draw(st.booleans())
    wanted, actions = planned(new, pulls, tips)
    if not against(known, wanted, pulls, tips, actions):
        assert ends(known, pulls, tips, actions) == []


@given(models(), models())
def test_where_branches_may_move_apart_nothing_is_merged_or_closed_between(old, new):
    known, tips = chains(old, new), old.branches()
    pulls = {w.stage: pull(w.stage, n, w.base) for n, w in enumerate(old.wanted(), 1)}
    wanted, actions = planned(new, pulls, tips)
    apart = singly(actions, "proj")
    if not against(known, wanted, pulls, tips, apart):
        assert ends(known, pulls, tips, apart) == []


@given(models(), models(), st.data())
def test_where_only_some_are_submitted_nothing_is_merged_or_closed_unforeseen(old, new, data):
    """Pull requests of the others stand where they are, on branches that move."""
    known, tips = chains(old, new), old.branches()
    pulls = {w.stage: pull(w.stage, n, w.base) for n, w in enumerate(old.wanted(), 1)}
    asked = data.draw(st.sampled_from([*new.stages]))
    some = {asked, *new.closure(asked)}
    wanted = [one for one in new.wanted() if one.stage in some]
    at = {("proj", f"refs/heads/{name}"): tip for name, tip in tips.items()}
    decided = decide(wanted, {s: p for s, p in pulls.items() if s in some}, at, {})
    left = [LeftOver(s, "proj", p) for s, p in pulls.items() if s not in new.stages]
    actions = (*out_of_the_way(left, OWN, decided), *decided)
    if not against(known, wanted, pulls, tips, actions):
        assert ends(known, pulls, tips, actions) == []


A, B = Stage("a", (), ("p1",)), Stage("b", ("a",), ("p2",))


def test_one_that_may_not_be_moved_out_of_the_way_stops_it():
    """The order of two is turned round, and their author alone may give them other bases."""
    old = Model([A, B])
    new = Model([Stage("b", (), ("p1", "p2")), Stage("a", ("b",), ("p3",))])
    pulls = {"a": pull("a", 1, "master"), "b": pull("b", 2, "s/a", may_edit=False)}
    tips = old.branches()
    wanted, actions = planned(new, pulls, tips)
    (stop,) = against(chains(old, new), wanted, pulls, tips, actions)
    assert (stop.stage, stop.number, stop.kind) == ("b", 2, StopKind.CONTAINED)
    assert "its base s/a has all of it" in stop.why
    assert stop.way_out.startswith("give it the base master")
    assert ends(chains(old, new), pulls, tips, actions) != []


def test_what_is_right_all_at_once_may_be_wrong_one_by_one():
    """The first branch becomes what the second one was, which moves on in the same push."""
    old = Model([A, B])
    new = Model([replace(A, patches=("p1", "p2")), replace(B, patches=("p3",))])
    pulls = {"a": pull("a", 1, "master"), "b": pull("b", 2, "s/a")}
    known, tips = chains(old, new), old.branches()
    wanted, actions = planned(new, pulls, tips)
    assert against(known, wanted, pulls, tips, actions) == ()
    assert ends(known, pulls, tips, actions) == []
    apart = singly(actions, "proj")
    assert against(known, wanted, pulls, tips, apart) != ()
    assert ends(known, pulls, tips, apart) != []


def test_one_whose_patches_another_stage_has_now_is_taken_out_of_the_way():
    """Its branch is what the branch below it becomes."""
    old, new = Model([A, B]), Model([replace(A, patches=("p1", "p2"))])
    pulls = {"a": pull("a", 1, "master"), "b": pull("b", 2, "s/a")}
    wanted, actions = planned(new, pulls, old.branches())
    assert actions[0] == EditPull("proj", "b", 2, base="master")
    assert against(chains(old), wanted, pulls, old.branches(), actions) == ()
    assert ends(chains(old), pulls, old.branches(), actions) == []
    assert ends(chains(old), pulls, old.branches(), actions[1:]) != []


def change(one, **fields):
    return replace(one, **fields) if fields.keys() <= {"base"} else replace(
        one, head=replace(one.head, **fields)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("which", "fields", "kind", "words"),
    [
        (0, {"branch": "master"}, StopKind.SAME_BRANCH, "its branch master would be its base"),
        (1, {"branch": "s/a"}, StopKind.SAME_BRANCH, "its branch s/a is that of a, too"),
        (1, {"head": oid(("p1",))}, StopKind.SAME_HEAD, "it is the very same commit as a"),
        (1, {"stands_on": oid(("p1", "p2"))}, StopKind.IDENTICAL, "it changes nothing"),
    ],
)
def test_what_a_forge_opens_no_pull_request_for(which, fields, kind, words):
    model = Model([A, B])
    wanted = model.wanted()
    wanted[which] = change(wanted[which], **fields)
    tips = {"master": oid(())}
    actions = decide(wanted, {}, {("proj", "refs/heads/master"): oid(())}, {})
    (stop,) = against(chains(model), wanted, {}, tips, actions)
    assert (stop.stage, stop.kind) == ("ab"[which], kind)
    assert stop.why.startswith(words)
    assert stop.way_out
