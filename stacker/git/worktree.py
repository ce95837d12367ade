"""A commit's files in a folder of their own, to build in; and such a folder's end."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.git.process import Git

# On Windows a scanner or a dying process may hold a file for a moment: seconds to wait each time.
_PAUSES = (0.1, 0.4, 1.5)


def checkout(store: Git, commit: str, folder: Path) -> None:
    """Fill the empty or absent `folder` with the files of `commit`, as git would check them out.

    Line ends stay as they are stored unless the tree's own `.gitattributes` says otherwise;
    submodules are left as empty folders. There is no `.git` in it on purpose: what runs there
    sees neither the refs of the store nor its objects, and cannot change them.
    """
    with TemporaryDirectory() as private:
        move(store, commit, folder, Path(private) / "index")


def move(store: Git, commit: str, folder: Path, index: Path) -> None:
    """Make the tracked files of `folder` those of `commit`, and touch no others.

    The file `index` remembers from move to move what git put there; where it is absent, `folder`
    must be, too. A file that is as it should be keeps its time; what was changed, removed or put
    in the way is set right; files that no commit brought stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = {
        "GIT_DIR": str(store.directory.absolute()),
        "GIT_WORK_TREE": str(folder.absolute()),
        "GIT_INDEX_FILE": str(index.absolute()),
    }
    if index.exists():  # touched is not changed
        store.attempt("update-index", "-q", "--refresh", env=places)
    store.run("read-tree", "--reset", "-u", f"{commit}^{{tree}}", env=places)


def make_read_only(folder: Path) -> None:
    """Take the right to write from everything in `folder`, links excepted."""
    for path in _inside(folder):
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def remove_tree(folder: Path) -> None:
    """Remove `folder` with all in it, read-only files too; nothing there is fine."""
    folder = _long(folder)
    for pause in (0.0, *_PAUSES):
        time.sleep(pause)
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            if not folder.exists():
                return
        except OSError:
            with contextlib.suppress(OSError):  # if it helped nothing, the next try says so
                for path in _inside(folder):
                    path.chmod(path.stat().st_mode | stat.S_IRWXU)
        else:
            return
    shutil.rmtree(folder)


def _inside(folder: Path) -> list[Path]:
    """`folder` and the files and folders in it, but no links, each folder before its content."""
    found = [folder]
    for root, folders, files in os.walk(folder):
        Path(root).chmod(Path(root).stat().st_mode | stat.S_IRWXU)
        found += [Path(root, name) for name in (*folders, *files)]
    return [path for path in found if not path.is_symlink()]


def _long(folder: Path) -> Path:
    """The same folder in the spelling that Windows takes beyond 260 characters."""
    return Path("\\\\?\\" + str(folder.absolute())) if os.name == "nt" else folder
