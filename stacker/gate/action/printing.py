"""The two files that upstream keeps on its branch: the workflow, and the groups that it reads."""

from __future__ import annotations

import hashlib
import json
from importlib import resources
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.gate.action.land_together import LANDING
from stacker.gate.context import CONTEXT

if TYPE_CHECKING:
    from stacker.series.lock import Lock
    from stacker.series.plan.model import Group, Plan, Repository

WORKFLOW = ".github/workflows/land-together.yml"
GROUPS = ".github/land-together.toml"

_WORKFLOW = """\
# Keeps pull requests that {groups} names together from being merged one by one.
# It checks out nothing, installs nothing and uses no other action: what runs is the script below,
# as it is on this branch. Made by `stacker gate workflow`; sha256 of the script:
# {digest}
name: land-together

on:
  pull_request_target:
    types:
      - opened
      - reopened
      - synchronize
      - edited
      - ready_for_review
      - converted_to_draft
      - closed
      - labeled
      - unlabeled
  push:
    branches: [{branch}]
  workflow_dispatch:

permissions:
  pull-requests: read
  statuses: write

jobs:
  judge: # is not called as the status: where both have a name, GitHub asks for both
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - name: Judge
        shell: python
        env:
          GITHUB_TOKEN: ${{{{ github.token }}}}
          LAND_TOGETHER_BRANCH: {branch}
          LAND_TOGETHER_LABEL: {label}
        run: |
{script}"""


def script() -> str:
    """The script that the workflow runs: one file of the standard library."""
    return (resources.files(__package__) / "land_together.py").read_text(encoding="utf-8")


def digest() -> str:
    """The sha256 of the script, in hex."""
    return hashlib.sha256(script().encode()).hexdigest()


def workflow_text(repository: Repository) -> str:
    """The workflow for the branch that stages of a repository land in."""
    indented = "".join(
        f"          {line}" if line.strip() else line for line in script().splitlines(keepends=True)
    )
    # A text of JSON is one of YAML, whatever is in it.
    return _WORKFLOW.format(
        groups=GROUPS, digest=digest(), branch=json.dumps(_branch(repository)),
        label=json.dumps(CONTEXT), script=indented,
    )  # fmt: skip


def groups_text(plan: Plan, lock: Lock, repository: Repository) -> str:
    """The groups of a repository with the numbers of their pull requests; what has landed is left
    out, for the one that brought it in may have closed it without a merge."""
    lines = [
        "# Pull requests that land together or not at all; read by the check `land-together`.",
        "# This file counts as it is on the branch, never as a pull request has it.",
    ]
    for group in plan.groups:
        if plan.stage(group.stages[0]).repository == repository.name:
            lines += _table(plan, lock, repository, group)
    return "\n".join(lines) + "\n"


def _table(plan: Plan, lock: Lock, repository: Repository, group: Group) -> list[str]:
    name, members = f"{plan.name}-{group.name}", plan.in_order(group.stages)
    known = {s: line for s in members if (line := lock.stage(s)) and line.pull}
    missing = ", ".join(stage for stage in members if stage not in known)
    said = ["", f"# {name} has no pull request yet of: {missing}"] if missing else []
    left = [str(line.pull) for line in known.values() if line.landing is None]
    if not left or (len(left) == 1 and not missing):
        return said
    landing = f"{LANDING}{_branch(repository)}/{group.name}"
    said += ["", f"[{name}]", f"pulls = [{', '.join(left)}]", f"landing = {json.dumps(landing)}"]
    return [*said, f"fork = {json.dumps(repository.fork)}"] if repository.fork else said


def _branch(repository: Repository) -> str:
    """The branch that the gate is for."""
    if repository.branch is None:
        raise UsageError(
            f"the plan does not say which branch of {repository.upstream} the gate is for",
            hint=f'Write `branch = "..."` under [repositories.{repository.name}] in series.toml.',
        )
    return repository.branch


def repository_of(plan: Plan, name: str | None) -> Repository:
    """The repository that was named, else the first in which a group lands."""
    if name is not None:
        return plan.repository(name)
    for group in plan.groups:
        return plan.repository(plan.stage(group.stages[0]).repository)
    return plan.repositories[0]
