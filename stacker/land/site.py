"""What a landing is carried through with: the branch's server, the forge, the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stacker.series.templates.rendering import Templates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.land.gather import LandForge
    from stacker.land.journal import Journal
    from stacker.land.remote import Remote
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One target branch. `repository` is upstream's `OWNER/NAME`; `carrier` has the landing branch.

    `now` gives seconds since 1970; `person` is who lands. `dependents` are the numbers of the
    series' other pull requests there; `remember` writes to the series what landed as which commit;
    `templates` are those of comments.
    """

    store: ObjectStore
    upstream: Remote
    carrier: Remote
    forge: LandForge
    journal: Journal
    repository: str
    person: str
    now: Callable[[], int]
    dependents: tuple[int, ...] = ()
    remember: Callable[[Mapping[StageId, Oid], str], None]
    templates: Templates = field(default_factory=Templates)
