"""Whether what a branch requires has passed."""

from __future__ import annotations

import pytest

from stacker.forge.api import CIResult, CISource, CIState, RequiredCheck
from stacker.forge.required import lacking, why_not

CI, BOUND = RequiredCheck("CI"), RequiredCheck("CI", 7)


def run(state="success", app=7, name="CI"):
    return CIResult(name, CISource.CHECK_RUN, CIState(state), "", "azure", app=app)


def status(state="success", name="CI"):
    return CIResult(name, CISource.STATUS, CIState(state), "", "bot")


@pytest.mark.parametrize(
    ("results", "missing"),
    [
        ((), (CI, BOUND)),
        ((run(),), ()),
        ((run(app=8),), (BOUND,)),
        ((run(app=None),), (BOUND,)),
        ((status(),), (BOUND,)),
        ((status(), run()), ()),
        ((status("failure"), run()), (CI, BOUND)),
        ((status(), run("pending")), (CI, BOUND)),
        ((run(), run("failure", app=8)), (CI, BOUND)),
        ((run("skipped"),), (CI, BOUND)),
        ((run("neutral"),), (CI, BOUND)),
        ((run(name="ci"), status(name="CI ")), (CI, BOUND)),
    ],
)
def test_what_has_not_passed(results, missing):
    assert lacking(results, (CI, BOUND)) == missing


def test_the_right_name_from_the_wrong_app_is_told():
    assert why_not(BOUND, (run("failure", app=8),)) == "CI has not passed"
    assert why_not(CI, ()) == "CI has not passed"
    wrong = "CI has passed, but it is not app 7 that said so, as the rules ask"
    assert why_not(BOUND, (run(app=8), status())) == wrong
