"""What a master may answer that is none, or means us ill."""

from __future__ import annotations

import pytest
from liar import Liar

from stacker.bots.master import Master
from stacker.bots.orders import builders
from stacker.bots.reading import build_of
from stacker.bots.values import Account
from stacker.errors import RunnerError, RunnerGone


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b'{"forceschedulers": {}}', "should be a list of objects"),
        (b'{"forceschedulers": [{"name": 7}]}', "name should be a text"),
        (b'{"forceschedulers": [{"name": "other"}]}', "it has: other"),
        (b'{"forceschedulers": [{"name": "stacker"}]}', "takes no stacker_key"),
        (b" " * (33 << 20), "does not end"),
    ],
)
def test_answers_that_are_none(body, said):
    with Liar(200, [], body) as liar, Master(liar.url, None) as master:
        with pytest.raises(RunnerError, match=said) as raised:
            builders(master, "stacker", ["arm"])
        assert len(raised.value.message) < 500


def test_a_password_follows_no_redirect():
    with Liar(200, [], b"{}") as thief:
        elsewhere = [("Location", f"{thief.url}/auth/login")]
        with Liar(302, elsewhere, b"") as liar, Master(liar.url, Account("me", "secret")) as master:
            master.login()
            with pytest.raises(RunnerError, match="HTTP 302") as raised:
                master.get("look", "/builders")
        assert "elsewhere" in raised.value.hint
    assert thief.heard == []
    assert [path for path, password in liar.heard if password] == ["/auth/login"]


def test_a_proxy_whose_master_is_down_is_no_answer():
    with (
        Liar(502, [], b"") as liar,
        Master(liar.url, None) as master,
        pytest.raises(RunnerGone, match="HTTP 502"),
    ):
        master.get("look", "/builders")


def test_only_safe_addresses_are_asked():
    with pytest.raises(RunnerError, match="no safe address"):
        Master("http://bots.example.org", Account("me", "secret"))
    assert "secret" not in repr(Account("me", "secret"))


def test_what_a_build_says_of_itself_is_not_believed():
    said = {
        "buildid": 1, "number": 1, "builderid": 1, "buildrequestid": 1, "complete": True,
        "started_at": 5, "complete_at": 7, "results": 0, "state_string": "x" * 5000,
        "properties": {
            "got_revision": ["HEAD", ""], "workername": 7, "stacker_key": ["k", ""],
            "branch": ["refs/heads/main", ""],
        },
    }  # fmt: skip
    build = build_of(said)
    assert (build.commit, build.worker, build.identity) == ("", "", None)
    assert len(build.said) == 1000
    with pytest.raises(RunnerError, match="results should be 0 to 6"):
        build_of(said | {"results": 9})
    with pytest.raises(RunnerError, match="number should be"):
        build_of(said | {"number": -1})
