"""What is in force, and who said so: an option, a variable, a file, git, or nobody.

What is nearer goes first: a variable, `.stacker/config.toml` of the series, the person's own file,
then what git and other programs go by. Every command asks, so nothing is read before it is wanted.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from stacker import settings
from stacker.preferences.reading import from_environment, read
from stacker.series.directory import SeriesDirectory

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "config.toml"
NOBODY = "default"


class Chosen(NamedTuple):
    """A value, and what said it."""

    value: Any
    source: str


class Preferences(NamedTuple):
    """What was said, nearest first; `root` is that of the series, `None` outside of one."""

    said: Mapping[str, Chosen]
    root: Path | None

    def jobs(self) -> Chosen:
        """How many checks run at once."""
        return self.said.get("jobs", Chosen(1, NOBODY))

    def editor(self) -> Chosen:
        """The command that edits a text; without a word of ours as git chooses it."""
        return self.said.get("editor") or _gits_editor()

    def merge_tool(self) -> Chosen:
        """The merge tool of git that `resolve --tool` uses; `None` leaves it to git."""
        return self.said.get("merge_tool", Chosen(None, NOBODY))

    def colour(self) -> Chosen:
        """Whether a terminal shows colours."""
        return self.said.get("colour", Chosen(True, NOBODY))

    def work(self) -> Chosen:
        """Where builds lie, for all series; `None` is the series' own `.stacker`."""
        return self.said.get("work") or Chosen(settings.short_folder(), NOBODY)

    def lanes(self) -> Path | None:
        """The part of that folder which is this series'; its name is short."""
        folder = self.work().value
        if folder is None or self.root is None:
            return None
        return Path(folder) / hashlib.sha256(str(self.root).encode()).hexdigest()[:8]


def preferences(folder: Path) -> Preferences:
    """What is in force in `folder`; raises `SettingsError`, and `SeriesError` where what others
    committed would be taken for a person's own settings."""
    series = SeriesDirectory.around(folder)
    files = [own_file(), *([series.state / FILE] if series else [])]
    said: dict[str, Chosen] = {}
    for file in files:
        said |= {name: Chosen(value, str(file)) for name, value in read(file).items()}
    given = from_environment(settings.environment())
    said |= {name: Chosen(*one) for name, one in given.items()}
    return Preferences(said, series.root if series else None)


def own_file() -> Path:
    """The file for all series of this person, where the system keeps such files."""
    import platformdirs  # noqa: PLC0415 - most commands have no terminal to ask for

    return platformdirs.user_config_path("stacker", appauthor=False, roaming=True) / FILE


def _gits_editor() -> Chosen:
    from stacker.git import helper  # noqa: PLC0415 - few commands want it

    # At the root of the disk no repository has a say.
    found = helper.setting(Path(Path.home().anchor), "core.editor")
    return Chosen(found, "git's core.editor") if found else Chosen(*settings.editor())
