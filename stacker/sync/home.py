"""Home: the repository where a team shares a series, and what stacker keeps there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.boxes.sign import is_box
from stacker.errors import SeriesError
from stacker.git import transfer
from stacker.git.pack import object_id
from stacker.git.push import PushRefused, RefUpdate, push

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.process import Credential
    from stacker.git.push import PushOutcome
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told

_NAMES = ("refs/stacker/versions", "refs/stacker/evidence", "refs/stacker/landings")
_BOXES = "refs/stacker/boxes/"
_MOST_BOXES = 100  # more are nobody's farm
_FETCHED = "refs/stacker/home/"


class Home(NamedTuple):
    """Where home is as git reaches it."""

    url: str
    credential: Credential | None = None

    @property
    def shown(self) -> str:
        """Its address for people, without what nobody should see."""
        return transfer.shown_url(self.url)


class Heads(NamedTuple):
    """What home has under each of our refs; `None` where there is nothing."""

    versions: Oid | None
    evidence: Oid | None
    landings: Oid | None


class There(NamedTuple):
    """What home has: the heads of what is merged, and the sign of life of each box, by its name."""

    heads: Heads
    boxes: Mapping[str, Oid]


def fetch(store: ObjectStore, home: Home, told: Told | None = None) -> There:
    """Read what home has; all of it is in the store then."""
    refs = transfer.ask(home.url, store.git.directory, home.credential).refs
    if any(len(oid) != len(object_id(store.algorithm, "blob", b"")) for oid in refs.values()):
        raise SeriesError(
            f"{home.shown} has other ids than upstream, which has those of {store.algorithm}",
            hint="Share the series through a repository that was made with "
            f"`git init --bare --object-format={store.algorithm}`.",
        )
    names = [name for name in _NAMES if name in refs]
    signs = sorted(name for name in refs if is_box(_box_in(name)))[:_MOST_BOXES]
    lacking = [n for n in (*names, *signs) if store.resolve(_kept(n)) != refs[n]]
    if lacking:
        specs = [f"+{name}:{_kept(name)}" for name in lacking]
        transfer.fetch(store.git, home.url, specs, credential=home.credential, told=told)
    for name in names:
        if store.resolve(_kept(name)) is None:
            raise SeriesError(
                f"{name} of {home.shown} is no commit",
                hint="Something else wrote it. Ask who may push there.",
            )
    # Somebody may have sent more between the two.
    heads = Heads(*(store.resolve(_kept(n)) if n in refs else None for n in _NAMES))
    found = {_box_in(name): store.resolve(_kept(name)) for name in signs}
    return There(heads, {box: oid for box, oid in found.items() if oid is not None})


def sign_update(box: str, old: Oid | None, new: Oid) -> RefUpdate:
    """What gives a box its new sign of life, if it has the `old` one still."""
    return RefUpdate(f"{_BOXES}{box}", old, new)


def last_known(store: ObjectStore) -> Oid | None:
    """The head of the versions that home had when it was last asked."""
    return store.resolve(_kept(_NAMES[0]))


def send(
    store: ObjectStore, home: Home, before: Heads, now: Heads, *signs: RefUpdate
) -> PushRefused | None:
    """Let home have what it lacks, all at once and only if it is as it was `before`."""
    changes = [
        *signs,
        *(
            RefUpdate(name, old, new)
            for name, old, new in zip(_NAMES, before, now, strict=True)
            if old != new
        ),
    ]
    done: PushOutcome = push(store.git, home.url, changes, credential=home.credential)
    if isinstance(done, PushRefused):
        return done
    for one in changes:
        assert one.new is not None, "nothing of home's is ever taken away"
        store.git.run("update-ref", _kept(one.ref), one.new)
    return None


def _box_in(name: str) -> str:
    """The box whose sign of life is under that ref; empty when it is another one."""
    return name.removeprefix(_BOXES) if name.startswith(_BOXES) else ""


def _kept(name: str) -> str:
    """The ref of the store that remembers what home had."""
    return name.replace("refs/stacker/", _FETCHED, 1)
