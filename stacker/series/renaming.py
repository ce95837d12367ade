"""Stages that the plan renamed (`was`): their lines in the lock and their files, under new ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.directory import RESOLUTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.series.lock import Lock
    from stacker.series.plan.model import Plan, StageId

    Renames = Mapping[str, StageId]
    """Old id -> new id."""


def renames(lock: Lock, plan: Plan) -> Renames:
    """The stages that are renamed in the plan but not yet in the lock."""
    new = {str(s.was): s.id for s in plan.stages if s.was and not lock.stage(s.id)}
    return {old: to for old, to in new.items() if lock.stage(old)}


def renamed_lock(lock: Lock, new: Renames) -> Lock:
    """The lock with the lines of renamed stages under their new ids."""
    return lock.with_stages(
        line._replace(
            stage=new.get(line.stage, line.stage),
            needs=tuple(new.get(s, s) for s in line.needs),
        )
        for line in lock.stages
    )


def renamed_files(files: Mapping[str, bytes], new: Renames) -> dict[str, bytes]:
    """The files with those of renamed stages under their new names.

    A file that somebody renamed by hand already stays as it is.
    """
    found = dict(files)
    for old, to in new.items():
        for name in [n for n in files if _belongs(n, old)]:
            content = found.pop(name)
            if name.startswith(f"{RESOLUTIONS}/"):
                from stacker.series.resolutions import resolution  # noqa: PLC0415 - seldom needed

                one = resolution.parse(content, name)._replace(stage=to)
                name, content = one.file_name, resolution.serialise(one)  # noqa: PLW2901 - moved
            else:
                name = name.replace(f"/{old}", f"/{to}", 1)  # noqa: PLW2901 - moved
            found.setdefault(name, content)
    return found


def _belongs(name: str, stage: str) -> bool:
    return name.startswith((f"patches/{stage}/", f"resolutions/{stage}/")) or (
        name == f"series/{stage}.md"
    )
