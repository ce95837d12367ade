"""Files of faults, as they are read and as they are refused."""

from __future__ import annotations

import pytest

from stacker.errors import UsageError
from stacker.hub.call import Refusal
from stacker.hub.faults.reading import read
from stacker.hub.faults.rules import After, Altered, Before, Reply, Rule, Slow, Stale, Truncated
from stacker.hub.limits import TOO_FAST

GOOD = """
[[fault]]
do = "before"

[[fault]]
do = "after"
method = "POST"
path = "/repos/*/*/pulls"
actor = "ann"
contains = "topic"
nth = 2
times = 3
status = 502

[[fault]]
do = "instead"
status = 404
body = { message = "Not Found" }
headers = { X-Why = "so" }
times = "all"

[[fault]]
do = "slow"
seconds = 2.5

[[fault]]
do = "stale"
writes = 4

[[fault]]
do = "truncated"
items = 2
link = false

[[fault]]
do = "limit"

[[fault]]
do = "limit"
status = 429
retry_after = 60

[[fault]]
do = "alter"
fields = { merged = false }
"""
KINDS = "before, after, instead, slow, stale, truncated, limit, alter"


def written(tmp_path, text):
    file = tmp_path / "faults.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_every_kind(tmp_path):
    error = Reply(502, Refusal(502, "Server Error").body())
    absent = Reply(404, {"message": "Not Found"}, {"X-Why": "so"})
    assert read(written(tmp_path, GOOD)) == [
        Rule(Before()),
        Rule(After(error), "POST", "/repos/*/*/pulls", "ann", "topic", nth=2, times=3),
        Rule(Before(absent), times=None),
        Rule(Slow(2.5)),
        Rule(Stale(4)),
        Rule(Truncated(2, link=False)),
        Rule(Before(Reply(403, Refusal(403, TOO_FAST).body()))),
        Rule(Before(Reply(429, Refusal(429, TOO_FAST).body(), {"Retry-After": "60"}))),
        Rule(Altered({"merged": False})),
    ]
    assert read(written(tmp_path, "")) == []


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    text = """\
[[fault]]
do = "after"
nth = 0
status = 200
tiems = 2
[[fault]]
[[fault]]
do = "slow"
method = 3
[[fault]]
do = "instead"
status = true
headers = { A = 1 }
times = "ever"
body = { at = 2019-04-25T12:00:00Z }
path = "/api/v3/user"
[[fault]]
do = "alter"
fields = []
"""
    with pytest.raises(UsageError, match=r"faults\.toml is not a list of faults") as caught:
        read(written(tmp_path, text))
    assert [(each.line, each.key, each.message) for each in caught.value.where] == [
        (1, "fault 1", "`nth` has to be a whole number from 1"),
        (1, "fault 1", "`status` has to be an HTTP status from 500 to 599"),
        (1, "fault 1", "`tiems` is no key of after"),
        (6, "fault 2", f"`do` has to be one of {KINDS}"),
        (7, "fault 3", "`method` has to be GET or POST or PATCH or PUT or DELETE"),
        (7, "fault 3", "slow needs `seconds`"),
        (10, "fault 4", "`status` has to be an HTTP status"),
        (10, "fault 4", "`headers` has to be a table of texts"),
        (10, "fault 4", '`times` has to be a whole number from 1, or "all"'),
        (10, "fault 4", "`body` has to be what JSON can say"),
        (10, "fault 4", "`path` has to be a path that starts with /, without /api"),
        (17, "fault 5", "`fields` has to be a table of what JSON can say"),
    ]  # fmt: skip
    assert "docs/hub.md" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[fault]", "is not TOML"),
        ("x = 1", "something other than tables"),
        ("fault = 3", "something other than tables"),
        (b"\xff", "cannot be read"),
    ],
)
def test_a_file_that_is_none(tmp_path, text, said):
    with pytest.raises(UsageError, match=said):
        read(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path / "none.toml")
