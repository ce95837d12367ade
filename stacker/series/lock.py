"""`series.lock`: what the tool knows and a team shares, one line a stage, byte-stable."""

from __future__ import annotations

from functools import cached_property, lru_cache
from sys import intern
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from stacker.errors import NewerFormat, SeriesError
from stacker.git.objects import Oid, is_oid
from stacker.series.lock_text import values_of
from stacker.series.plan.model import StageId
from stacker.series.plan.order import Closures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMAT = 1
_HEAD = "# Written by stacker; commit it together with patches/. One line a stage.\n"


class Published(NamedTuple):
    """What the forge's pull request shows of a stage.

    `base` is the upstream commit that `head` was composed on; `below` the head of the stage's
    below-branch, when it has one; `version` the series' version at that push; `branch` its
    branch, which a stage keeps when it is renamed.
    """

    head: Oid
    base: Oid
    version: int
    branch: str
    below: Oid | None = None


class Reverted(NamedTuple):
    """The upstream commit that brought a stage in, and the one that took it out again."""

    landing: Oid
    by: Oid


class StageLock(NamedTuple):
    """One stage as it was last written.

    `needs` are the nearest stages below it, by which `Lock.chains` knows the order in which its
    patches and those below them were applied; `commit` is its tip; `trees` the tree after each
    of its patches. `landing` is the upstream commit that brought it in; `landed` says that the
    base has that commit, so that the stage no longer is part of any chain. `release` is the first
    release tag that contains it. `reverted` is an earlier landing that upstream took back: a stage
    that has `landed` as well stays out of every chain only because its patches are not known here.
    `adopted` is the head of the pull request that it adopts, as far as that was taken in.
    """

    stage: StageId
    repository: str
    needs: tuple[StageId, ...]
    commit: Oid
    trees: tuple[Oid, ...]
    pull: int | None = None
    published: Published | None = None
    landing: Oid | None = None
    landed: bool = False
    release: str | None = None
    reverted: Reverted | None = None
    adopted: Oid | None = None


class _Lock(NamedTuple):
    version: int = 0
    bases: Mapping[str, Oid] = MappingProxyType({})
    stages: tuple[StageLock, ...] = ()


class Lock(_Lock):
    """The whole file. `version` is 0 until the first import."""

    @cached_property
    def _lines(self) -> Mapping[str, StageLock]:
        return {line.stage: line for line in self.stages}

    def stage(self, stage_id: str) -> StageLock | None:
        """The line of that stage; `None` when it has none yet."""
        return self._lines.get(stage_id)

    def chains(self) -> Mapping[StageId, tuple[StageId, ...]]:
        """The chain of every stage that has not landed, as it was written: lines are in order."""
        live = [line for line in self.stages if not line.landed]
        homes = {line.stage: line.repository for line in live}
        return Closures({line.stage: line.needs for line in live}, homes).chains()

    def with_stages(self, stages: Iterable[StageLock]) -> Lock:
        """The same lock with other stage lines."""
        return self._replace(stages=tuple(stages))

    def updated(self, line: StageLock) -> Lock:
        """The same lock with the line of one stage replaced."""
        return self.with_stages(line if s.stage == line.stage else s for s in self.stages)


def serialise(lock: Lock) -> bytes:
    """The file's bytes."""
    lines = [_HEAD, f"format = {FORMAT}\n", f"version = {lock.version}\n", "\n[bases]\n"]
    lines += [f"{_word(name)} = {_word(oid)}\n" for name, oid in sorted(lock.bases.items())]
    lines.append("\n[stages]\n")
    # The empty line between two stages keeps git from taking edits of both for a conflict.
    lines += [f"{_word(line.stage)} = {_table(_values(line))}\n\n" for line in lock.stages]
    return "".join(lines).encode()


@lru_cache(2)  # a command reads it more than once
def parse(raw: bytes) -> Lock:
    """Read the file; raises `SeriesError` that says what to do with a damaged one."""
    if b"\n<<<<<<< " in raw or b"\n>>>>>>> " in raw:
        raise SeriesError(
            "series.lock has conflict markers in it",
            hint="Take one side's line for each stage and the higher version, "
            "then run `stacker rebase`: what does not fit the patches is explained.",
        )
    try:
        data = values_of(raw.decode("utf-8"))
        if int(data.get("format", 1)) > FORMAT:
            raise NewerFormat("series.lock", data["format"], FORMAT)
        bases = {name: _oid(oid) for name, oid in data["bases"].items()}
        stages = tuple(_line(name, values) for name, values in data["stages"].items())
        return Lock(version=int(data["version"]), bases=MappingProxyType(bases), stages=stages)
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError) as exc:
        raise SeriesError(
            f"series.lock is damaged: {exc}",
            hint="Take it from the last commit: `git checkout -- series.lock`.",
        ) from exc


def _values(line: StageLock) -> dict[str, object]:
    values: dict[str, object] = {
        "repository": line.repository,
        "needs": list(line.needs),
        "commit": line.commit,
        "trees": list(line.trees),
    }
    if line.pull is not None:
        values["pull"] = line.pull
    if line.published is not None:
        values |= {"head": line.published.head, "head-base": line.published.base}
        values |= {"head-version": line.published.version, "branch": line.published.branch}
        if line.published.below is not None:
            values["head-below"] = line.published.below
    if line.adopted is not None:
        values["adopted"] = line.adopted
    if line.landing is not None:
        values |= {"landing": line.landing, "landed": line.landed}
    if line.release is not None:
        values["release"] = line.release
    if line.reverted is not None:
        values["reverted"] = list(line.reverted)
    return values


def _line(name: str, values: dict[str, Any]) -> StageLock:
    published = None
    if "head" in values:
        published = Published(
            head=_oid(values["head"]),
            base=_oid(values["head-base"]),
            version=int(values["head-version"]),
            branch=str(values["branch"]),
            below=_oid(values["head-below"]) if "head-below" in values else None,
        )
    landed = values.get("landed") is True
    if landed and "landing" not in values:
        raise ValueError(f"{name} has landed, but not where")
    return StageLock(
        stage=StageId(intern(name)),
        repository=str(values["repository"]),
        needs=tuple(StageId(intern(str(s))) for s in values["needs"]),
        commit=_oid(values["commit"]),
        trees=tuple(_oid(tree) for tree in values["trees"]),
        pull=int(values["pull"]) if "pull" in values else None,
        published=published,
        landing=_oid(values["landing"]) if "landing" in values else None,
        landed=landed,
        release=str(values["release"]) if "release" in values else None,
        reverted=Reverted(*map(_oid, values["reverted"])) if "reverted" in values else None,
        adopted=_oid(values["adopted"]) if "adopted" in values else None,
    )


def _oid(value: object) -> Oid:
    if not isinstance(value, str) or not is_oid(value):
        raise ValueError(f"{value!r} is no object id")
    return Oid(value)


def _word(text: str) -> str:
    import json  # noqa: PLC0415 - most commands write no lock

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # as TOML has it


def _table(values: dict[str, object]) -> str:
    def shown(value: object) -> str:
        if isinstance(value, list):
            return "[" + ", ".join(_word(x) for x in cast("list[str]", value)) + "]"
        return _word(value) if isinstance(value, str) else str(value).lower()

    return "{ " + ", ".join(f"{key} = {shown(value)}" for key, value in values.items()) + " }"
