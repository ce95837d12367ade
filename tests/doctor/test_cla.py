"""The check of the contributor agreement, as upstreams call it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacker.doctor.cla import cla_finding
from stacker.forge.api import CIResult, CISource, CIState, PullState
from stacker.submit.pretended import Pretended


def pull(number, *checks, state=PullState.OPEN):
    opened = Pretended().open_pull("up/p", head="me:b", base="main", title="", body="", draft=True)
    url = f"https://forge/{number}"
    return replace(opened, number=number, url=url, checks=checks, state=state)


def check(name, state, **more):
    return CIResult(name, CISource.STATUS, state, more.pop("description", ""), "bot", **more)


@pytest.mark.parametrize(
    "name",
    ["cla/google", "license/cla", "CLA Signing", "EasyCLA", "verification/cla-signed",
     "Contributor License Agreement"],
)  # fmt: skip
def test_it_is_known_by_its_name(name):
    said = cla_finding(
        "CLA", [pull(4, check("Tests", CIState.FAILURE), check(name, CIState.SUCCESS))]
    )
    assert (str(said.health), said.message) == ("ok", f"{name!r} passed on #4")


def test_the_newest_open_pull_request_counts():
    red = check(
        "CLA", CIState.FAILURE, description="not signed\x1b[1m", url="https://cla.example/s"
    )
    pulls = [
        pull(3, check("CLA", CIState.SUCCESS)), pull(7, red),
        pull(9, check("CLA", CIState.SUCCESS), state=PullState.CLOSED),
    ]  # fmt: skip
    said = cla_finding("CLA", pulls)
    assert str(said.health) == "warning"
    assert said.message == "'CLA' is failure on #7; it says: not signed\\u{1b}[1m"
    assert said.hint.endswith(": https://cla.example/s")


def test_an_address_that_leads_nowhere_is_not_shown():
    said = cla_finding("CLA", [pull(7, check("CLA", CIState.PENDING, url="javascript:alert(1)"))])
    assert said.hint.endswith(": https://forge/7")


def test_others_have_no_agreement_in_their_name():
    names = ("Oracle", "declare", "class", "eclair / claim")
    said = cla_finding("CLA", [pull(2, *(check(name, CIState.FAILURE) for name in names))])
    assert (str(said.health), said.message) == ("ok", "#2 has no check of an agreement")
