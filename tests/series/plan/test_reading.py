"""A bad plan is told all that is wrong with it, each thing at its place with a way out."""

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plan_strategies import FLAGSHIP

from stacker.errors import PlanError
from stacker.series.plan.choices import Landing, MustPass, Proof, Publish
from stacker.series.plan.model import Platform
from stacker.series.plan.problems import format_problem
from stacker.series.plan.reading import LARGEST, parse_plan, read_plan

HEAD = '[series]\nname = "s"\n[repositories.main]\nupstream = "./up"\n'
ABC = '[[stages]]\nid = "a"\n[[stages]]\nid = "b"\n[[stages]]\nid = "c"\n'


def problems(text):
    with pytest.raises(PlanError) as caught:
        parse_plan(text, "series.toml")
    assert list(caught.value.where) == sorted(
        caught.value.where, key=lambda problem: (problem.line, problem.column)
    )
    return caught.value.where


def shown(text):
    return "\n".join(format_problem(problem) for problem in problems(text))


def test_the_flagship_is_a_plan():
    plan = parse_plan(FLAGSHIP, "series.toml")
    assert [stage.needs for stage in plan.stages] == [
        (),
        (),
        ("openssl",),
        ("openssl", "libffi", "openssl-arm"),
        ("build",),
        ("ctypes",),
        ("test-skips",),
    ]
    assert plan.repository("cpython").publish is Publish.APPEND
    assert plan.repository("bin-deps").publish is Publish.REWRITE
    assert plan.repository("bin-deps").landing is Landing.HAND_OFF
    assert plan.repository("bin-deps").proof is Proof.CHECK
    assert plan.stage("openssl-arm").repository == "bin-deps"
    assert plan.stage("ctypes").was == "ctypes-arm"
    (check,) = plan.checks
    assert check.timeout == 1800
    assert check.must_pass is MustPass.EVERY_STAGE
    assert check.repository == "cpython"
    assert len(check.run) == 2


def test_six_lines_are_a_plan():
    plan = parse_plan(HEAD + '[[stages]]\nid = "a"\n', "series.toml")
    assert plan.title == "s"
    assert plan.stage("a").needs == ()
    assert plan.platforms == (Platform(name="local"),)
    assert plan.forge is None


def test_a_plan_needs_no_stages_and_may_have_windows_line_ends():
    assert parse_plan(HEAD.replace("\n", "\r\n"), "series.toml").stages == ()


def test_one_argv_or_several():
    text = HEAD + '[[checks]]\nname = "c"\nrun = {}\n'
    assert parse_plan(text.format('["a", ""]'), "f").checks[0].run == (("a", ""),)
    assert parse_plan(text.format('[["a"], ["b", "c"]]'), "f").checks[0].run == (("a",), ("b", "c"))


@pytest.mark.parametrize(
    ("written", "seconds"), [("90s", 90), ("30m", 1800), ("2h", 7200), ("1h30m5s", 5405)]
)
def test_durations(written, seconds):
    text = HEAD + f'[[checks]]\nname = "c"\nrun = ["a"]\ntimeout = "{written}"\n'
    assert parse_plan(text, "f").checks[0].timeout == seconds


def test_members_of_a_group_come_in_plan_order():
    plan = parse_plan(HEAD + ABC + '[groups.g]\nstages = ["c", "b"]\n', "f")
    assert plan.group("g").stages == ("b", "c")


def test_the_example_of_the_design():
    text = FLAGSHIP.replace('id = "ctypes"', 'id = "ctypes"\nneeds = ["opensl"]')
    assert shown(text) == (
        "series.toml:34:10  stages[4].needs: no stage 'opensl'\n"
        '    needs = ["opensl"]\n'
        "             ^ did you mean 'openssl'?"
    )


def bad_plans():
    """`=== case`, the plan, `---`, and what is said about it."""
    text = Path(__file__).with_name("bad_plans.txt").read_text(encoding="utf-8")
    for case in text.split("\n=== ")[1:]:
        name, _, rest = case.partition("\n")
        plan, _, said = rest.partition("\n---\n")
        yield pytest.param(f"{plan}\n", said.rstrip("\n"), id=name)


@pytest.mark.parametrize(("text", "said"), list(bad_plans()))
def test_what_is_said(text, said):
    assert shown(text) == said


def test_an_empty_plan():
    assert shown("") == (
        "series.toml:1:1  series.name: is missing: the name of the series\n"
        "series.toml:1:1  repositories: is missing: a plan has one repository or more\n"
        "    write [repositories.NAME] with an upstream"
    )


def test_a_text_that_ends_too_early():
    assert shown("[series]\nname = ") == (
        "series.toml:2:8  Invalid value\n    name =\n           ^"
    )


def test_a_text_that_would_turn_the_terminal_around():
    assert shown(HEAD + '[[stages]]\nid = "a\u202eb"\n') == (
        "series.toml:6:6  stages[0].id: the name 'a\\u202eb' has the invisible character U+202E\n"
        '    id = "a\ufffdb"\n         ^'
    )


def test_all_problems_at_once_in_the_order_of_lines():
    text = (
        HEAD
        + 'x = 1\n[[stages]]\nid = "CON"\nneeds = ["q"]\nadopts = "5"\n[groups.g]\nstages = [3]\n'
    )
    assert [(p.line, p.column, p.key) for p in problems(text)] == [
        (5, 1, "repositories.main.x"),
        (7, 6, "stages[0].id"),
        (8, 10, "stages[0].needs"),
        (9, 10, "stages[0].adopts"),
        (11, 11, "groups.g.stages"),
    ]


def test_columns_count_characters():
    (problem,) = problems(HEAD + 'title2 = "x"\n"ключ\U0001f600" = 1\n')[1:]
    assert (problem.line, problem.column) == (6, 1)
    (problem,) = problems(HEAD + '[[stages]]\n"id" = "a" \nneeds = ["ä\U0001f600", 5]\n')
    assert (problem.line, problem.column) == (7, 16)


def test_line_ends_of_windows_do_not_move_places():
    unix = FLAGSHIP.replace("bin-deps}", "bin-dep}").replace('"libffi", "o', '"libff", "o')
    assert problems(unix) == problems(unix.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    ("raw", "message", "hint"),
    [
        (b"\xef\xbb\xbf[series]", "starts with a byte order mark", "save it as UTF-8 without BOM"),
        (b"[series]\nname = '\xff'", "is not UTF-8 (line 2)", "save it as UTF-8"),
        (
            b"#" * (LARGEST + 1),
            "is larger than 4 MB",
            "a plan is a short text; is this the right file?",
        ),
    ],
)
def test_files_that_are_no_text(tmp_path, raw, message, hint):
    path = tmp_path / "series.toml"
    path.write_bytes(raw)
    with pytest.raises(PlanError) as caught:
        read_plan(path)
    assert caught.value.message == f"{path} {message}"
    assert caught.value.hint == hint


def test_no_file_and_a_directory(tmp_path):
    with pytest.raises(PlanError, match="does not exist"):
        read_plan(tmp_path / "series.toml")
    with pytest.raises(PlanError, match="is a directory"):
        read_plan(tmp_path)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read(tmp_path):
    path = tmp_path / "series.toml"
    path.write_text(HEAD)
    path.chmod(0)
    with pytest.raises(PlanError, match="cannot be read"):
        read_plan(path)


def test_a_file_is_read_as_it_is_named(tmp_path):
    path = tmp_path / "series.toml"
    path.write_text(FLAGSHIP, encoding="utf-8")
    assert read_plan(path) == parse_plan(FLAGSHIP, "x")
    path.write_text("x", encoding="utf-8")
    with pytest.raises(PlanError, match=r"series\.toml has 1 problem") as caught:
        read_plan(path)
    assert caught.value.where[0].file == "series.toml"


@pytest.mark.parametrize("nested", ["[" * 5000 + "]" * 5000, "{a=" * 5000 + "1" + "}" * 5000])
def test_values_nested_too_deeply(nested):
    (problem,) = problems(f"a = {nested}")
    assert problem.message == "values are nested too deeply"


@pytest.mark.parametrize("part", ["a", '"b c"', "'.'"])
def test_a_key_that_a_reader_of_toml_would_think_about_for_hours(part):
    assert shown(f"\n [{' . '.join([part] * 200_000)}]\n").startswith(
        "series.toml:2:3  a key of more than 100 parts\n"
    )


def test_many_dots_in_a_line_are_no_long_key():
    text = "series.long = '" + "a..." * 5000 + "b.c " * 5000 + "'"
    assert "series.long" in [problem.key for problem in problems(text)]


def test_ten_thousand_problems_are_told_at_once():
    stages = "".join(f"[[stages]]\nid = 'stage-{n}'\nneeds = []\n" for n in range(300))
    started = time.monotonic()
    found = problems(
        f"{HEAD}{stages}needz = 1\n[groups.g]\nstages = {[f's-{n}' for n in range(10_000)]}"
    )
    assert len(found) == 10_001
    assert found[0].message.endswith("did you mean 'needs'?")
    assert time.monotonic() - started < 10


def test_line_ends_that_were_converted_twice():
    text = "[series]\r\r\nname = 's'\r\r\n"
    assert shown(text).startswith("series.toml:1:9  Expected newline or end of document")


def test_a_number_that_python_would_not_read():
    (problem,) = problems(f"a = {'9' * 5000}")
    assert "digits" in problem.message


PARTS = st.sampled_from(
    ["[", "]", '"', "\n", "= 1", "[[", "]]", "[series]", "needs = []", "id = 5", "{", "}", "#", "'"]
    + [f"{line}\n" for line in FLAGSHIP.split("\n")]
)


@given(
    st.integers(0, len(FLAGSHIP)), st.integers(0, 40), st.one_of(PARTS, st.text(max_size=5))
)  # fmt: skip
def test_a_damaged_plan_is_a_plan_or_has_problems(at, dropped, put):
    check_any(FLAGSHIP[:at] + put + FLAGSHIP[at + dropped :])


@given(st.one_of(st.text(), st.lists(PARTS).map("".join)))
def test_any_text_is_a_plan_or_has_problems(text):
    check_any(text)


def check_any(text):
    """Reading raises nothing but `PlanError`, and each problem stands at a place of the text."""
    where = None
    try:
        parse_plan(text, "series.toml")
    except PlanError as error:
        where = error.where
    if where is not None:
        assert where
        assert all(format_problem(problem) for problem in where)
        lines = text.replace("\r\n", "\n").split("\n")
        assert all(1 <= problem.line <= len(lines) for problem in where)
        assert all(1 <= p.column <= len(lines[p.line - 1]) + 1 for p in where)


def test_a_check_differs_on_a_platform():
    plan = parse_plan(
        HEAD
        + '[platforms.x]\ntoolchain = ["cc", "-v"]\n[platforms.y]\n'
        + '[[checks]]\nname = "t"\nrun = ["make"]\ntimeout = "30m"\nmax_age = "30d"\n'
        + 'attempts = 3\n[checks.on.y]\nrun = [["make", "y"], ["run"]]\ntimeout = "2h"\n'
        + '[[checks]]\nname = "u"\nrun = ["u"]\nneeds = ["t"]\n',
        "series.toml",
    )
    one, other = plan.checks
    assert (one.max_age, one.attempts, one.min_passes) == (30 * 86400, 3, 1)
    assert one.for_platform("x") is one
    there = one.for_platform("y")
    assert (there.run, there.timeout) == ((("make", "y"), ("run",)), 7200)
    assert there.max_age == one.max_age
    assert other.needs == ("t",)
    assert plan.platforms[0].toolchain == (("cc", "-v"),)
