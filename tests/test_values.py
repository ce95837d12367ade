"""A value is what a dataclass of the standard library is, whichever of them declares it."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
import types
import typing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacker import values

NAMES = ("one", "two", "_three", "four")

WITHOUT_DEFAULT = (
    "", "= field()", "= field(repr=False)", "= field(compare=False)",
    "= field(metadata={'key': 1})", "= field(hash=False)",
)  # fmt: skip
WITH_DEFAULT = (
    "= 7", "= field(default=7)", "= field(default_factory=list)",
    "= field(default=7, hash=False)", "= field(default=3, init=False)",
    "= field(default_factory=list, init=False, compare=False)",
)  # fmt: skip
OPTIONS = (
    "", "(frozen=True)", "(slots=True)", "(frozen=True, slots=True)",
    "(frozen=True, slots=True, kw_only=True)", "(frozen=True, slots=True, eq=False)",
)  # fmt: skip
BODIES = (
    "", "def __repr__(self): return 'mine'",
    "def __post_init__(self): object.__setattr__(self, 'one', (self.one, 'seen'))",
    "def __hash__(self): return 5", "def __eq__(self, other): return True",
    "one_more = property(lambda self: self.one)",
)  # fmt: skip


@st.composite
def declarations(draw):
    """The text of a class, as one may stand in stacker."""
    first = draw(st.lists(st.sampled_from(WITHOUT_DEFAULT), min_size=1, max_size=2))
    rest = draw(st.lists(st.sampled_from(WITH_DEFAULT), max_size=2))
    written = zip(NAMES, (*first, *rest), strict=False)
    lines = [*(f"{name}: int {said}" for name, said in written), draw(st.sampled_from(BODIES))]
    head = f"@dataclass{draw(st.sampled_from(OPTIONS))}\nclass Made:\n    'words'\n"
    return head + "".join(f"    {line}\n" for line in lines)


def declared(source, how):
    """The class that a source declares with the means of a module."""
    module = types.ModuleType(f"declared_by_{how.__name__.rpartition('.')[2]}")
    sys.modules[module.__name__] = module
    module.__dict__.update(dataclass=how.dataclass, field=how.field)
    exec(source, module.__dict__)
    return module.Made, how


def told(act):
    """What an act gives, if it is not refused."""
    try:
        return act()
    except (AttributeError, TypeError):
        return "refused"


def looks(made, how):
    """All that can be seen of a class and of its instances."""
    parameters = inspect.signature(made.__init__).parameters.values()
    names = [field.name for field in how.fields(made)]
    wanted = [p.name for p in parameters if p.default is p.empty and p.name != "self"]
    calls = [dict.fromkeys(wanted, 1), dict.fromkeys(wanted, 1), dict.fromkeys(wanted, 2)]
    some = [made(**call) for call in calls]
    yield made.__doc__, made.__qualname__, getattr(made, "__slots__", None), made.__match_args__
    yield [(p.name, p.kind, p.default is p.empty) for p in parameters]
    yield typing.get_type_hints(made.__init__).keys() - {"return"}
    yield [(f.init, f.repr, f.compare, dict(f.metadata)) for f in how.fields(made)]
    yield told(lambda: made(**dict.fromkeys(names, 9)).one)
    yield told(lambda: made(*range(len(wanted))).one), told(made) == "refused"
    yield [repr(one) for one in some]
    yield [[one == other for other in some] for one in some], some[0] == "another"
    yield [told(lambda one=one: hash(one) == hash(some[0])) for one in some]
    yield [[getattr(one, name) for name in names] for one in some]
    yield hasattr(some[0], "__dict__"), made.__hash__ is None
    for one in some:
        yield told(lambda one=one: setattr(one, "one", 5)), repr(one)
        yield (
            told(lambda one=one: setattr(one, "other", 5)),
            told(lambda one=one: delattr(one, "one")),
        )
    one = made(**calls[2])
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        yield [getattr(other, name) for name in names] == [getattr(one, name) for name in names]
    yield told(lambda: repr(how.replace(one, one=8))), told(lambda: how.replace(one, none=8))
    yield told(lambda: repr(dataclasses.replace(one, one=8)))  # theirs takes ours too
    yield told(lambda: repr(values.replace(one, one=8)))


@settings(max_examples=50)
@given(declarations())
def test_it_is_the_same(source):
    ours, theirs = (declared(source, how) for how in (values, dataclasses))
    assert list(looks(*ours)) == list(looks(*theirs)), source


def test_factories_are_called_each_time():
    made, _ = declared(
        "@dataclass(frozen=True)\nclass Made:\n    a: list = field(default_factory=list)\n", values
    )
    assert made().a == []
    assert made().a is not made().a
    assert made([1]).a == [1]


def test_a_class_of_no_fields():
    made, _ = declared("@dataclass(frozen=True, slots=True)\nclass Made:\n    'none'\n", values)
    assert made() == made()
    assert hash(made()) == hash(made())


def test_patterns_take_them_apart():
    made, _ = declared("@dataclass(frozen=True)\nclass Made:\n    a: int\n    b: int\n", values)
    match made(1, 2):
        case made(first, second):
            assert (first, second) == (1, 2)
        case _:
            pytest.fail("no match")


def test_nothing_is_loaded_that_takes_long():
    done = subprocess.run(
        [sys.executable, "-c", "import sys, stacker.values; print(*sys.modules)"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert not {"dataclasses", "inspect"} & set(done.stdout.split())
