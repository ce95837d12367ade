"""A plan with a group, two repositories and three platforms, and its cells; small plans to run."""

from __future__ import annotations

import json

from stacker.series.plan.reading import parse_plan
from stacker.verify.flow import verify
from stacker.verify.matrix import matrix
from stacker.verify.request import Started
from stacker.verify.stage_tree import StageTree

PLAN = parse_plan(
    """
[series]
name = "s"
[repositories.main]
upstream = "o/main"
[repositories.deps]
upstream = "o/deps"
[[stages]]
id = "ssl"
needs = []
[[stages]]
id = "ffi"
needs = []
[[stages]]
id = "arm-deps"
repository = "deps"
needs = ["ssl"]
[[stages]]
id = "build"
needs = ["ssl", "ffi", "arm-deps"]
[[stages]]
id = "tests"
[groups.final]
stages = ["build", "tests"]
[runners.bots]
kind = "buildbot"
url = "https://bots.example"
[runners.here]
kind = "local"
[platforms.win32]
runner = "here"
[platforms.amd64]
host = "windows-amd64"
[platforms.arm]
runner = "bots"
[[checks]]
name = "build"
run = ["make"]
platforms = ["win32", "amd64"]
[[checks]]
name = "arm"
run = ["make", "arm"]
must_pass = "group-tip"
platforms = ["arm"]
[[checks]]
name = "deps"
run = ["make"]
repository = "deps"
platforms = ["win32"]
""",
    "series.toml",
)
STAGES = {
    stage.id: StageTree(stage.id, stage.repository, "b", "c", f"tree-{stage.id}")
    for stage in PLAN.stages
}


def cells(stages=STAGES, machine="linux-amd64", **more):
    def parts_of(stage, check, platform):
        return {"tree": stage.tree, "check": check.name, "platform": platform.name}

    return matrix(PLAN, stages, parts_of, machine=machine, **more)


HEAD = """
[series]
name = "s"
[repositories.main]
upstream = "o/main"
[repositories.deps]
upstream = "o/deps"
[[stages]]
id = "one"
[[stages]]
id = "two"
[[stages]]
id = "binaries"
repository = "deps"
needs = []
"""
# Passes when the tree's file says so: its content is the exit code.
CODE = "open('ran', 'w'); exit(int(open('code').read()))"


def plan(code=CODE, more="", words=()):
    run = json.dumps(["{python}", "-c", code, *words])
    return f'{HEAD}\n[[checks]]\nname = "test"\nrun = {run}\n{more}'


def silent(event):
    pass


def builds(request):
    """How many builds a run of `request` started."""
    said = []
    verify(request, said.append)
    return sum(isinstance(event, Started) for event in said)
