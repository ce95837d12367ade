"""The hub's repositories: adopted from disk, forked, and who may do what in them."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.git.process import Git
from stacker.hub.auth import account_by_id, remember
from stacker.hub.bare import Bare
from stacker.hub.call import Refusal, invalid
from stacker.hub.records import Account, Repository, Right

if TYPE_CHECKING:
    from stacker.hub.call import Site
    from stacker.hub.state import Database

_OWNER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38})")
_NAME = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,100}")


def valid_owner(name: str) -> bool:
    """Whether this can be the name of an account, and so of a folder below the root."""
    return _OWNER.fullmatch(name) is not None


def path_of(site: Site, repository: Repository) -> Path:
    """Where the bare repository lies."""
    return site.root / repository.owner_login / f"{repository.name}.git"


def bare(site: Site, repository: Repository, *borrowed: Repository) -> Bare:
    """The repository's git side; it may read the objects of the `borrowed` ones too."""
    return Bare(path_of(site, repository), *(path_of(site, each) for each in borrowed))


def find(site: Site, db: Database, owner: str, name: str) -> Repository | None:
    """The repository OWNER/NAME; one that was put there by hand is adopted (this writes)."""
    known = _known(db, owner, name)
    if known is not None:
        return known if path_of(site, known).is_dir() else None
    if not (_OWNER.fullmatch(owner) and _NAME.fullmatch(name)) or name.endswith(".git"):
        return None
    folder = _spelled(site.root, owner)
    place = folder and _spelled(folder, f"{name}.git")
    if folder is None or place is None or not (place / "HEAD").is_file():
        return None
    with db.writing():
        known = _known(db, owner, name)
        return known or _enter(site, db, folder.name, place.stem, parent=None)


def by_id(db: Database, number: int) -> Repository:
    """The repository that a row refers to."""
    found = db.one(Repository, "SELECT * FROM repositories WHERE id = ?", number)
    if found is None:
        raise LookupError(f"no repository {number}")
    return found


def right(db: Database, repository: Repository, user: Account | None) -> Right:
    """What somebody may do there: everybody reads, the owner is admin, others by invitation."""
    if user is None:
        return Right.READ
    if user.id == repository.owner:
        return Right.ADMIN
    word = db.text(
        "SELECT permission FROM collaborators WHERE repository = ? AND user = ?",
        repository.id,
        user.id,
    )
    return Right[word.upper()] if word else Right.READ


def fork(site: Site, db: Database, parent: Repository, owner: Account, name: str) -> Repository:
    """The owner's fork: a full copy that outlives its parent; the same answer when repeated.

    The row is written before the folder appears: a fork that was cut short is not there yet.
    """
    if not _NAME.fullmatch(name) or name.endswith(".git"):
        raise invalid("Repository", "name")
    source = parent.source or parent.id
    own = db.one(
        Repository,
        "SELECT * FROM repositories WHERE owner = ? AND coalesce(source, id) = ?",
        owner.id,
        source,
    )
    if own is not None and own.id == parent.id:
        raise Refusal(403, "You cannot fork your own repository.")
    if own is None:
        free = _free_name(site, db, owner, name)
        with db.writing():
            own = _enter(site, db, owner.login, free, parent=parent)
    place = path_of(site, own)
    if not place.is_dir():
        _copy(path_of(site, parent), place)
    return own


def owner_of(db: Database, repository: Repository) -> Account:
    """The account a repository belongs to."""
    return account_by_id(db, repository.owner)


def _spelled(folder: Path, name: str) -> Path | None:
    """The entry with this name, in whatever case: GitHub's names have none."""
    return next((each for each in folder.iterdir() if each.name.lower() == name.lower()), None)


def _known(db: Database, owner: str, name: str) -> Repository | None:
    return db.one(
        Repository, "SELECT * FROM repositories WHERE owner_login = ? AND name = ?", owner, name
    )


def _enter(
    site: Site, db: Database, owner: str, name: str, parent: Repository | None
) -> Repository:
    account = remember(db, owner)
    number = db.insert(
        "repositories",
        owner=account.id,
        owner_login=owner,
        name=name,
        parent=parent.id if parent else None,
        source=(parent.source or parent.id) if parent else None,
        created_at=site.now(),
    )
    return by_id(db, number)


def _free_name(site: Site, db: Database, owner: Account, name: str) -> str:
    candidate, count = name, 0
    while find(site, db, owner.login, candidate) or _known(db, owner.login, candidate):
        count += 1
        candidate = f"{name}-{count}"
    return candidate


def _copy(parent: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".forking-") as folder:
        half = Path(folder) / "fork.git"
        Git(parent).run(
            "clone", "--quiet", "--bare", "--no-hardlinks", "--template=", str(parent), str(half),
            config=(("safe.directory", "*"), ("safe.bareRepository", "all")),
        )  # fmt: skip
        Git(half).run("remote", "remove", "origin")
        if not place.exists():
            half.rename(place)
