"""What goes between a box and home: versions and others' results come, its own results and its
sign of life go. Nothing else is ever sent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from stacker.boxes.sign import box_name
from stacker.errors import GitError
from stacker.sync import boxes, evidence, home
from stacker.sync.records import unite
from stacker.watch.deciding import is_due

if TYPE_CHECKING:
    from stacker.boxes.sign import Sign
    from stacker.git.store import ObjectStore
    from stacker.sync.home import There
    from stacker.sync.records import Union
    from stacker.watch.value import Box

_TRIES = 5  # other boxes may send meanwhile


class Post:
    """The box's way to home; of what was sent it remembers the last sign."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._last: Sign | None = None
        self._there: There | None = None

    def fetch(self, store: ObjectStore) -> There:
        """What home has; results and signs of others are remembered. Raises `StackerError`."""
        state, there = self._box.directory.state, home.fetch(store, self._box.home)
        evidence.take(state, self._union(store, there).came)
        boxes.take(state, store, there.boxes, self._box.now())
        self._there = there
        return there

    def tell(self, store: ObjectStore, sign: Sign, *, results: bool) -> int:
        """Let home hear of `sign`, if that is due, and with it of results that it lacks.

        With `results` they are reason enough to send. Says how many went; raises `StackerError`
        where home cannot be reached, or takes nothing.
        """
        due = is_due(self._last, sign)
        if not due and not results:
            return 0
        there = self._there or self.fetch(store)
        for _ in range(_TRIES):
            union = self._union(store, there)
            if not due and not union.sent:
                return 0
            new = boxes.write(store, sign)
            refused = home.send(
                store, self._box.home, there.heads, there.heads._replace(evidence=union.head),
                home.sign_update(sign.box, there.boxes.get(sign.box), new),
            )  # fmt: skip
            if refused is None:
                heads = there.heads._replace(evidence=union.head)
                self._there = home.There(heads, {**there.boxes, sign.box: new})
                self._last = sign
                return union.sent
            before, there = there, self.fetch(store)
            if there == before:
                raise GitError(
                    f"{self._box.home.shown} did not take results and sign of life: "
                    f"{refused.words}",
                    hint="They are kept here. Let this account push to refs/stacker/evidence and "
                    f"refs/stacker/boxes/{sign.box}.",
                )
        raise GitError(
            f"{self._box.home.shown} moved each of {_TRIES} times that something was sent",
            hint="What was to be sent is kept here, and goes with the next look.",
        )

    def _union(self, store: ObjectStore, there: There) -> Union:
        known = evidence.known(self._box.directory.state)
        return unite(store, there.heads.evidence, known, max, self._box.now())


def name_of(box: Box) -> str:
    """The name of a box: the same as long as it is this folder on this machine."""
    mark = hashlib.sha256(f"{box.host}\0{box.directory.root}".encode("utf-8", "surrogateescape"))
    return box_name(box.host, mark.hexdigest()[:8])
