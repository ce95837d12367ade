from __future__ import annotations

from stacker.verify.logs import last_lines


def test_the_last_lines_that_say_something(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"one\n\ntwo  \r\nthr\xffee\n\n")
    assert last_lines(str(log), 2) == ("two", "thr\\xffee")


def test_of_a_long_log_only_the_end_is_read(tmp_path):
    log = tmp_path / "log"
    log.write_bytes(b"x" * 1_000_000 + b"\nend\n")
    assert last_lines(str(log), 1) == ("end",)


def test_no_log_has_no_lines(tmp_path):
    assert last_lines("", 3) == ()
    assert last_lines(str(tmp_path / "none"), 3) == ()
