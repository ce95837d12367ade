"""`verify --first-bad` with real builds: what is asked, and what is answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacker.verify.first_bad import first_bad
from stacker.verify.flow import verify
from stacker.verify.request import Priced, Started

HEAD = """
[series]
name = "s"
[repositories.main]
upstream = "o/main"
"""
CHECK = """
[[checks]]
name = "test"
run = ["{python}", "-c", "exit(int(open('code').read()))"]
"""


def plan(count, more=CHECK):
    return HEAD + "".join(f'[[stages]]\nid = "s{n}"\n' for n in range(count)) + more


@pytest.fixture
def chain(lab):
    """A request about a chain whose stages' checks end with these codes."""

    def made(*codes, more=CHECK, **rest):
        stages = [
            lab.stage(f"s{n}", {"code": str(code), "n": str(n)}) for n, code in enumerate(codes)
        ]
        return lab.request(plan(len(codes), more), *stages, **rest)

    return made


def found(request):
    """The answers, the stages built in order, and the price."""
    said = []
    result = first_bad(request, said.append)
    built = [(e.cell.stage, e.cell.check.name) for e in said if isinstance(e, Started)]
    (price,) = [str(e.price) for e in said if isinstance(e, Priced)]
    return result.found, built, price


def test_halving_finds_it_and_leaves_evidence(chain):
    request = chain(0, 0, 0, 1, 1, 1, 1)
    (one,), built, price = found(request)
    assert (one.stage, one.passes_at, one.between, one.bad) == ("s3", "s2", (), True)
    assert one.builds == len(built) == 4
    assert price == "about 4 builds to run; first: s6"
    (same,), built, price = found(request)
    assert (same, built) == (replace(one, builds=0), [])
    assert price == "0 builds to run, 4 cached"
    said = []
    verify(request, said.append)
    assert sum(isinstance(event, Started) for event in said) == 3


def test_evidence_that_there_is_leaves_less_to_build(chain):
    request = chain(0, 0, 0, 0, 1, 1)
    verify(replace(request, selection=("s3", "s5")), lambda _: None)
    (one,), built, _ = found(request)
    assert (one.stage, built) == ("s4", [("s4", "test")])


def test_a_tip_that_passes_ends_it(chain):
    assert found(chain(1, 1, 0))[:2] == ((), [("s2", "test")])


def test_the_first_of_the_chain_has_nothing_below(chain):
    (one,), _, _ = found(chain(1, 1))
    assert (one.stage, one.passes_at) == ("s0", None)


def test_what_cannot_tell_leaves_a_range(chain):
    (one,), built, _ = found(chain(0, 125, 125, 1))
    assert (one.stage, one.passes_at, one.between, one.bad) == (
        None,
        "s0",
        ("s1", "s2", "s3"),
        True,
    )
    assert len(built) == 4


def test_a_tip_that_cannot_tell_says_nothing_is_bad(chain):
    (one,), built, _ = found(chain(0, 0, 125))
    assert (one.stage, one.between, one.bad) == (None, ("s2",), False)
    assert len(built) == 2


def test_a_stage_that_is_asked_for_ends_the_chain(chain):
    request = chain(0, 1, 1, 1, selection=("s2",))
    (one,), built, _ = found(request)
    assert (one.tip, one.stage) == ("s2", "s1")
    assert "s3" not in {stage for stage, _ in built}


NEEDS = """
[[checks]]
name = "test"
run = ["{python}", "-c", "exit(open('code').read() == '2')"]
needs = ["build"]
[[checks]]
name = "build"
run = ["{python}", "-c", "exit(int(open('code').read()) == 1)"]
"""


def test_what_a_check_needs_is_searched_first_and_not_built_where_it_is_bad(chain):
    answers, built, _ = found(chain(0, 0, 0, 0, 1, 1, 1, 1, more=NEEDS))
    said = {one.check: (one.stage, one.between, one.bad) for one in answers}
    assert said["build"] == ("s4", (), True)
    assert said["test"] == (None, ("s4", "s5", "s6", "s7"), False)
    assert [stage for stage, check in built if check == "test"] == ["s3"]


def test_what_a_check_needs_is_built_beside_it(chain):
    answers, built, _ = found(chain(0, 0, 2, 2, more=NEEDS))
    assert [(one.check, one.stage) for one in answers] == [("test", "s2")]
    assert {stage for stage, check in built if check == "build"} == {"s3", "s1", "s2"}


def test_each_tip_has_a_chain_of_its_own(lab):
    text = HEAD + "".join(f'[[stages]]\nid = "{n}"\nneeds = {needs}\n' for n, needs in [
        ("low", []), ("left", ["low"]), ("right", ["low"]), ("far", []),
    ])  # fmt: skip
    codes = {"low": "0", "left": "1", "right": "0", "far": "1"}
    stages = [lab.stage(name, {"code": code, "n": name}) for name, code in codes.items()]
    answers, _, _ = found(lab.request(text + CHECK, *stages))
    assert [(one.tip, one.stage, one.passes_at) for one in answers] == [
        ("left", "left", "low"),
        ("far", "far", None),
    ]


def test_another_platform_is_a_column_of_its_own(chain):
    more = CHECK + '[platforms.here]\n[platforms.far]\nhost = "plan9-mips"\n'
    answers, _, _ = found(chain(0, 1, more=more, jobs=2))
    said = {one.platform: (one.stage, one.between, one.bad, one.builds) for one in answers}
    assert said == {"here": ("s1", (), True, 2), "far": (None, ("s0", "s1"), False, 0)}
