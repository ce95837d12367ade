"""The tool writes the plan's beginning and adds stages; what people wrote stays."""

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st
from plan_strategies import FLAGSHIP, NAMES, TEXTS, names, plans

from stacker.errors import PlanError
from stacker.series.plan.choices import Publish
from stacker.series.plan.explaining import explain_plan
from stacker.series.plan.naming import same_file
from stacker.series.plan.reading import parse_plan
from stacker.series.plan.writing import NewStage, append_stages, new_plan, repository_name

HEAD = '[series]\nname = "s"\n[repositories.m]\nupstream = "./up"\n'


def ids(text):
    return [stage.id for stage in parse_plan(text, "series.toml").stages]


def test_stages_come_behind_the_last_one_and_nothing_else_changes():
    added = '\n[[stages]]\nid = "new"\nrepository = "bin-deps"\nneeds = ["openssl"]\n'
    text = append_stages(FLAGSHIP, [NewStage("new", "bin-deps", ("openssl",))])
    assert text == FLAGSHIP.replace('id = "library"\n', f'id = "library"\n{added}')
    assert ids(text)[-1] == "new"


def test_a_comment_behind_the_last_key_stays_with_it():
    text = HEAD + '[[stages]]\nid = "a" # why\n# about groups\n[groups.g]\nstages = ["a"]'
    assert append_stages(text, [NewStage("b")]) == text.replace(
        "# why\n", '# why\n\n[[stages]]\nid = "b"\n'
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '\n[[stages]]\nid = "x"\n\n[[stages]]\nid = "y"\nneeds = []\n'),
        ('[[stages]]\nid = "a"', '\n\n[[stages]]\nid = "x"\n\n[[stages]]\nid = "y"\nneeds = []\n'),
    ],
)
def test_at_the_end_of_the_text(before, after):
    text = append_stages(HEAD + before, [NewStage("x"), NewStage("y", needs=())])
    assert text == HEAD + before + after


@pytest.mark.parametrize(
    ("array", "longer"),
    [
        ("[]", '[{ id = "x" }]'),
        ("[ # none yet\n]", '[{ id = "x" } # none yet\n]'),
        ('[{ id = "a" }, # why\n]', '[{ id = "a" }, { id = "x" }, # why\n]'),
    ],
)
def test_stages_as_an_array(array, longer):
    text = append_stages(f"stages = {array}\n{HEAD}", [NewStage("x")])
    assert text == f"stages = {longer}\n{HEAD}"
    assert ids(text)[-1] == "x"


def test_line_ends_of_windows_stay():
    text = append_stages(FLAGSHIP.replace("\n", "\r\n"), [NewStage("new")])
    assert text == append_stages(FLAGSHIP, [NewStage("new")]).replace("\n", "\r\n")


def test_nothing_to_add_changes_nothing():
    assert append_stages(FLAGSHIP, []) == FLAGSHIP


def test_a_text_that_is_no_plan_is_refused():
    with pytest.raises(PlanError):
        append_stages("[series", [NewStage("x")])


@given(plans(), names(1, 3))
def test_appended_to_any_plan(plan, new):
    taken = {same_file(stage.id) for stage in plan.stages}
    new = [name for name in new if same_file(name) not in taken]
    text = explain_plan(plan)
    longer = append_stages(text, [NewStage(name, needs=()) for name in new])
    read = parse_plan(longer, "series.toml")
    assert read.stages[: len(plan.stages)] == plan.stages
    assert [stage.id for stage in read.stages[len(plan.stages) :]] == new
    assert read.checks == plan.checks
    assert tomlkit.dumps(tomlkit.parse(longer)) == longer


def test_a_new_plan():
    text = new_plan(
        "port", "python/cpython", branch="main", fork="me/cpython", publish=Publish.APPEND
    )
    plan = parse_plan(text, "series.toml")
    assert plan.default_repository.name == "cpython"
    assert plan.default_repository.fork == "me/cpython"
    assert plan.stages == ()
    assert 'publish = "append"' in text
    assert text.count("\n") < 20
    assert ids(append_stages(text, [NewStage("a", needs=()), NewStage("b")])) == ["a", "b"]
    adopting = parse_plan(append_stages(text, [NewStage("a", needs=(), adopts=7)]), "series.toml")
    assert adopting.stage("a").adopts == 7


@given(NAMES, TEXTS.map(lambda text: f"./{text}"))
def test_a_new_plan_of_any_upstream_is_one(name, upstream):
    plan = parse_plan(new_plan(name, upstream), "series.toml")
    assert plan.default_repository.upstream == upstream
    assert plan.name == name


@given(st.text())
def test_a_new_plan_is_toml_whatever_is_given(text):
    parsed = tomlkit.parse(new_plan(text, text, branch=text)).unwrap()
    assert parsed["series"]["name"] == text


@pytest.mark.parametrize(
    ("upstream", "name"),
    [
        ("python/cpython", "cpython"),
        ("https://x.org/a/my.repo.git", "my.repo"),
        ("git@x.org:thing", "thing"),
        ("C:\\work\\up stream\\", "up-stream"),
        ("..", "upstream"),
        ("/srv/con", "upstream"),
        ("./日本", "upstream"),
    ],
)
def test_the_name_of_a_repository_is_that_of_its_upstream(upstream, name):
    assert repository_name(upstream) == name
