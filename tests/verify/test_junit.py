"""Reading test results as those write them who do, and as nobody should."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.verify.junit import LARGEST, NotJUnit, read
from stacker.verify.skips import judge

PYTEST = b"""<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite
name="pytest" errors="0" failures="0" skipped="3" tests="4"><testcase classname="test_a.TestX"
name="test_ok" time="0.000" /><testcase classname="test_a.TestX" name="test_s"><skipped
type="pytest.skip" message="no GDI">test_a.py:4: no GDI</skipped></testcase><testcase
classname="test_a.TestX" name="test_x"><skipped type="pytest.xfail" message="" /></testcase>
<testcase classname="test_a" name="test_p[b/c]"><skipped type="pytest.skip" message="x">x</skipped>
</testcase></testsuite></testsuites>"""
REGRTEST = b"""<testsuites errors="0" failures="0" tests="3"><testsuite errors="0" failures="0"
start="2019-05-14 17:20:11" tests="3"><testcase name="test.test_tk.T.test_a" result="completed"
status="run" time="0.1"><skipped>no display</skipped></testcase><testcase
name="test.test_os.T.test_b" result="completed" status="run"><system-out>&lt;skipped/&gt;
</system-out></testcase><testcase name="test.test_os.T.test_c" result="completed" status="run">
<output message="expected" type="ValueError">trace</output></testcase></testsuite></testsuites>"""
GTEST = b"""<?xml version="1.0" encoding="UTF-8"?><testsuites tests="3" disabled="1" name="All">
<testsuite name="Ffi" tests="3"><testcase name="Calls" status="run" result="completed"
classname="Ffi" /><testcase name="Arm" status="run" result="skipped" classname="Ffi"><skipped
message="a.cc:3&#x0A;"><![CDATA[a.cc:3]]></skipped></testcase><testcase name="DISABLED_Old"
status="notrun" result="suppressed" classname="Ffi" /></testsuite></testsuites>"""
CTEST = b"""<?xml version="1.0" encoding="UTF-8"?><testsuite name="(empty)" tests="4" failures="0"
disabled="1" skipped="2"><testcase name="good" classname="good" status="run"><system-out/>
</testcase><testcase name="off" classname="off" status="disabled"><system-out>Disabled</system-out>
</testcase><testcase name="gone" classname="gone" status="notrun"><skipped message="Unable to find
executable"/></testcase></testsuite>"""
DIALECTS = {
    "pytest": (PYTEST, 4, ("test_a.TestX.test_s", "test_a.test_p[b/c]")),
    "regrtest": (REGRTEST, 3, ("test.test_tk.T.test_a",)),
    "googletest": (GTEST, 3, ("Ffi.Arm", "Ffi.DISABLED_Old")),
    "ctest": (CTEST, 3, ("off", "gone")),
}


@pytest.mark.parametrize("who", DIALECTS)
def test_each_dialect(who):
    text, count, skipped = DIALECTS[who]
    found = read(text)
    assert (found.count, found.skipped) == (count, skipped)


def test_a_namespace_and_suites_in_suites_are_no_matter():
    text = b'<testsuite xmlns="urn:x"><testsuite><testcase name="a"><skipped/></testcase>'
    assert read(text + b"</testsuite></testsuite>").skipped == ("a",)


HOSTILE = {
    "nothing": (b"", "is no XML"),
    "cut off": (PYTEST[:300], "is no XML"),
    "another file": (b"<html/>", "begins with <html>"),
    "entities": (b'<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>', "document type"),
    "a file of ours": (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><testsuite/>', "document type"),
    "deep": (b"<testsuite>" * 100_000, "in each other"),
    "large": (b" " * (LARGEST + 1), "larger than 32 MB"),
    "encoding": (b'<?xml version="1.0" encoding="klingon"?><testsuite/>', "encoding"),
    "zeros": (b"\0" * 100, "is no XML"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_files_are_refused_in_words(what):
    text, said = HOSTILE[what]
    with pytest.raises(NotJUnit) as caught:
        read(text)
    assert said in str(caught.value)


@given(
    st.sampled_from([text for text, _, _ in DIALECTS.values()]),
    st.integers(0, 700),
    st.binary(max_size=12),
)
def test_a_damaged_file_is_read_or_refused(text, place, bytes_):
    damaged = text[:place] + bytes_ + text[place + len(bytes_) :]
    with contextlib.suppress(NotJUnit):
        assert read(damaged).count <= damaged.count(b"<testcase")


def test_a_name_of_any_length_is_kept_short():
    text = b'<testsuite><testcase name="%s"><skipped/></testcase></testsuite>' % (b"x" * 99_999)
    assert len(read(text).skipped[0]) == 300


EXPECTED = ("test.test_tk*", "test_p[?/c]")


def test_what_is_expected_passes_with_a_count():
    said = judge(412, ["test.test_tkinter.T.a", "test.test_tk.b", "test_p[b/c]"], EXPECTED)
    assert (said.passed, said.said) == (True, "412 tests, 3 skipped as expected")
    assert judge(1, [], ()).said == "1 test"


def test_what_nobody_expects_does_not_pass():
    said = judge(9, ["test.test_tk.a", "a", "b", "c", "d", "xtest.test_tk"], EXPECTED)
    assert (said.passed, said.said) == (False, "not expected to be skipped: a, b, c and 2 more")
    assert not judge(1, ["a"], ()).passed


def test_a_glob_without_a_test_is_told():
    assert judge(2, ["test.test_tk"], EXPECTED).said == (
        "2 tests, 1 skipped as expected; nothing was skipped for test_p[?/c]"
    )


def test_results_without_tests_show_nothing():
    assert not judge(0, [], ()).passed
