"""What is worth a look beside a patch that still fits."""

from __future__ import annotations

import pytest

from stacker.forecast.neighbours import Kind, Nearby, nearby, watched
from stacker.forecast.touched import FileTouched, Touched


def file(path, *headings, gone=False):
    return FileTouched(path, frozenset(headings), gone)


OWN = [file(b"src/lib/a.c", b"int f(void)"), file(b"src/lib/a.c", b"int g(void)")]


def found(*files, moved=None):
    """Kind and detail of what one commit that touches `files` is warned of."""
    upstream = [Touched("c" * 40, files)]
    return [(one.kind, one.path, one.detail) for one in nearby(OWN, upstream, moved or {})]


def test_the_same_function_in_any_patch_of_the_stage():
    assert found(file(b"src/lib/a.c", b"int g(void)", b"int h(void)")) == [
        (Kind.FUNCTION, b"src/lib/a.c", b"int g(void)")
    ]


def test_another_function_or_the_same_in_another_file_is_nothing():
    assert found(file(b"src/lib/a.c", b"int h(void)"), file(b"src/a.c", b"int f(void)")) == []
    assert found(file(b"src/lib/a.c")) == []


@pytest.mark.parametrize("path", [b"Makefile", b"src/CMakeLists.txt", b"src/lib/rules.mk"])
def test_build_files_on_the_way_up(path):
    assert found(file(path)) == [(Kind.BUILD, path, b"")]


@pytest.mark.parametrize("path", [b"src/lib/deep/Makefile", b"doc/Makefile", b"src/makefiles.c"])
def test_build_files_elsewhere_are_nothing(path):
    assert found(file(path)) == []


@pytest.mark.parametrize("path", [b".python-version", b"PC/python.props", b"ci/Dockerfile"])
def test_pins_anywhere(path):
    assert found(file(path)) == [(Kind.PIN, path, b"")]


def test_a_file_that_moved_is_told_once():
    moved = {("c" * 40, b"src/lib/a.c"): b"src/b.c"}
    gone = file(b"src/lib/a.c", b"int f(void)", gone=True)
    assert found(gone, moved=moved) == [(Kind.MOVED, b"src/lib/a.c", b"src/b.c")]


def test_in_upstreams_order():
    commits = [Touched(c * 40, (file(b"Makefile"),)) for c in "ab"]
    assert nearby(OWN, commits, {}) == tuple(Nearby(c * 40, Kind.BUILD, b"Makefile") for c in "ab")


def test_only_what_may_be_told_of_is_looked_at():
    near = {b"src/lib/a.c", b"Makefile", b"src/x.mk", b"far/Dockerfile"}
    others = {b"src/lib/b.c", b"far/Makefile", b"README"}
    assert watched([b"src/lib/a.c", b"not/changed.c"], [*near, *others]) == near
