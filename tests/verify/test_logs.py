from __future__ import annotations

import gzip
import os

from stacker.verify import logs
from stacker.verify.logs import found_log, last_lines, tidy_logs

DAY = 86_400
NOW = 1_800_000_000


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


def written(folder, name, *, days, content=b"one\ntwo\n"):
    path = folder / name
    path.write_bytes(content)
    os.utime(path, (NOW - days * DAY, NOW - days * DAY))
    return path


def test_a_log_of_yesterday_is_packed_and_reads_the_same(tmp_path):
    new, old = written(tmp_path, "new.log", days=0.5), written(tmp_path, "old.log", days=1.5)
    tidy_logs(tmp_path, NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.log", "old.log.gz"]
    assert found_log(new) == str(new)
    assert found_log(old) == str(tmp_path / "old.log.gz")
    assert last_lines(found_log(old), 1) == last_lines(found_log(new), 1) == ("two",)
    tidy_logs(tmp_path, NOW + 89 * DAY)  # its age is that of the log, not of the packed file
    assert [path.name for path in tmp_path.iterdir()] == ["new.log.gz"]


def test_of_a_long_packed_log_the_end_is_read(tmp_path):
    with gzip.open(tmp_path / "x.log.gz", "wb") as file:
        file.write(b"x" * 1_000_000 + b"\nend\n")
    assert last_lines(str(tmp_path / "x.log.gz"), 1) == ("end",)


def test_the_oldest_go_when_there_are_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "_MOST", 20)
    for age in range(4):
        written(tmp_path, f"{age}.log", days=age / 10)
    tidy_logs(tmp_path, NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.log", "1.log"]


def test_what_a_killed_run_left_is_removed(tmp_path):
    written(tmp_path, "k.part", days=0)
    tidy_logs(tmp_path, NOW)
    tidy_logs(tmp_path / "none", NOW)
    assert list(tmp_path.iterdir()) == []
