"""Patch files that people edited by hand, moved to other stages, or put in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import PatchError
from stacker.series.compose import PatchCommit
from stacker.series.patches.committing import commits_of
from stacker.series.written import WrittenPatches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.directory import PatchFile
    from stacker.series.plan.model import StageId
    from stacker.series.renaming import Renames
    from stacker.series.versions.operations import Operation


class Rereader:
    """Reads the patches of edited stages, knowing what the version `since` had in its files.

    A file with not one byte changed is the commit that it was, and moves by merging, as in any
    rebase. Other text is read where the patch of that name was made, else on the one before it.
    """

    def __init__(
        self,
        store: ObjectStore,
        since: Operation,
        renames: Renames,
        files: Mapping[str, Sequence[PatchFile]],
    ) -> None:
        self._store, self._files = store, files
        self._written = WrittenPatches(store, since, renames)

    def patches(self, stage: StageId, repository: str, below: Oid) -> tuple[PatchCommit, ...]:
        """The patches of a stage as commits; `below` is what the first one stands on."""
        found: list[PatchCommit] = []
        for file in self._files.get(stage, ()):
            commit = self._written.commit_of(file.content, repository)
            if commit is None:
                before = found[-1].commit if found else below
                commit = self._read(stage, file, before)
            found.append(PatchCommit(file.name, commit))
        return tuple(found)

    def _read(self, stage: StageId, file: PatchFile, before: Oid) -> Oid:
        """Text that nobody has seen yet, on the first preimage that is its own."""
        mails = [(f"patches/{stage}/{file.name}", file.content)]
        was = self._written.places.get((stage, file.name))
        preimages = [*(self._store.commit(was.commit).parents if was else ()), before]
        error: PatchError | None = None
        for preimage in dict.fromkeys(preimages):
            try:
                [commit] = commits_of(self._store, mails, preimage)
            except PatchError as exc:
                error = error or exc
            else:
                return commit
        assert error is not None, "there is always one to try"
        raise error

    def edits(self, stage: StageId) -> list[str]:
        """What was done to the patches of a stage that there was before, in a person's words."""
        before = {name for at, name in self._written.places if at == stage}
        stay: set[str] = set()
        found = self.moves_into(stage)
        for file in self._files.get(stage, ()):
            places = self._written.places_of(file.content)
            here = [name for at, name in places if at == stage]
            stay |= {file.name, *here}
            if here and file.name not in here:
                found.append(f"{here[0]} of {stage} is {file.name} now")
            elif not places and file.name in before:
                found.append(f"patches of {stage} were edited")
            elif not places:
                found.append(f"{stage} has {file.name} now")
        gone = before - stay - self._elsewhere(stage)
        found += [f"{name} was taken out of {stage}" for name in sorted(gone)]
        return list(dict.fromkeys(found))

    def moves_into(self, stage: StageId) -> list[str]:
        """Which patches of other stages are this one's now."""
        found = []
        for file in self._files.get(stage, ()):
            there = [at for at, _ in self._written.places_of(file.content)]
            if there and stage not in there:
                found.append(f"{file.name} moved from {there[0]} to {stage}")
        return found

    def _elsewhere(self, stage: StageId) -> set[str]:
        """The names of those patches of a stage that other stages have now."""
        others = (f for s, files in self._files.items() if s != stage for f in files)
        return {
            name
            for file in others
            for at, name in self._written.places_of(file.content)
            if at == stage
        }
