"""Objects from elsewhere into the store: asking a remote for its branches, fetching with progress.

GitPython runs these, for it reads git's progress lines. It starts its processes with the
environment of ours, from which `stacker.wiring` has removed what would redirect git.
"""

from __future__ import annotations

import re
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import GitError
from stacker.git import incomplete, partial
from stacker.git.objects import Oid
from stacker.git.process import Finished, Git, sealed_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stacker.git.process import Credential

    Told = Callable[[str, int, int], None]
    """Hears what is going on: git's words, how many done, how many in all (0: not known)."""


# git syncs packs, but of itself not the loose files that it makes of a small one.
_DURABLE = (("core.fsync", "committed"), ("core.fsyncMethod", "batch"))
_TOO_SHALLOW = "because shallow roots are not allowed to be updated"


class RemoteRefs(NamedTuple):
    """What a remote offers: full ref names and ids, and the branch its HEAD names."""

    refs: Mapping[str, Oid]
    head: str | None


def ask(url: str, here: Path, credential: Credential | None = None, *names: str) -> RemoteRefs:
    """The refs of the repository at `url` (a URL or a path); `here` is any existing folder.

    Where `names` are given, only refs that end in one of them are asked for.
    """
    git = Git(here, credential=credential)
    done = git.attempt("ls-remote", "--symref", "--", url, *names, timeout=60)
    if done.code != 0:
        raise GitError(
            f"cannot read the repository {shown_url(url)}: {done.said}",
            hint="Check its address, the network, and whether your token may see it.",
        )
    refs: dict[str, Oid] = {}
    head = None
    for line in done.out.decode("utf-8", "surrogateescape").splitlines():
        value, _, name = line.partition("\t")
        if value.startswith("ref: refs/heads/") and name == "HEAD":
            head = value.removeprefix("ref: refs/heads/")
        elif not value.startswith("ref: "):
            refs[name] = Oid(value)
    return RemoteRefs(refs, head)


class Tag(NamedTuple):
    """A tag that a remote has: its name, its own id, and that of what it is of in the end."""

    name: bytes
    oid: Oid
    peeled: Oid


def tags(url: str, here: Path, credential: Credential | None = None) -> list[Tag]:
    """The tags of the repository at `url` (a URL or a path); `here` is any existing folder."""
    done = Git(here, credential=credential).attempt("ls-remote", "--tags", "--", url, timeout=60)
    if done.code != 0:
        raise GitError(f"cannot read the tags of {shown_url(url)}: {done.said}")
    found: dict[bytes, Tag] = {}
    for line in done.out.split(b"\n")[:-1]:
        raw, _, ref = line.partition(b"\t")
        oid, name = Oid(raw.decode("ascii")), ref.removeprefix(b"refs/tags/")
        plain = name.removesuffix(b"^{}")
        # What a tag is of comes behind the tag itself.
        found[plain] = found[plain]._replace(peeled=oid) if plain in found else Tag(name, oid, oid)
    return list(found.values())


def fetch_ids(
    store: Git, url: str, oids: Iterable[Oid], credential: Credential | None = None
) -> None:
    """Fetch objects by their ids, many at once, and name them nowhere; raises `GitError`.

    Where files of old commits were only promised, those of these are, too.
    """
    promised = [f"--filter={partial.FILTER}"] if partial.is_partial(store) else []
    asked = "".join(f"{oid}\n" for oid in dict.fromkeys(oids)).encode("ascii")
    done = Git(store.directory, credential=credential).attempt(
        "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
        *promised, "--stdin", "--", url, stdin=asked, config=_DURABLE,
    )  # fmt: skip
    if done.code != 0:
        raise GitError(f"fetch from {shown_url(url)}: {done.said}")


def fetch(
    store: Git, url: str, refspecs: Sequence[str], *,
    credential: Credential | None = None, told: Told | None = None, prune: bool = False,
) -> None:  # fmt: skip
    """Fetch `refspecs` from `url` into `store`; raises `GitError` with git's own words.

    With `prune` refs that an earlier fetch by a pattern made go when those over there are gone.

    Of a shallow clone a ref whose history ends too early is an error, though git only warns.
    What comes is whole, also where the files of old commits were only promised.
    """
    options = ["--prune"] if prune else []
    _fetch(store, url, (*_whole(store, url), *options, "--", url, *refspecs), told, credential)


def fetch_if_small(
    store: Git, url: str, refspecs: Sequence[str], most: int, *,
    credential: Credential | None = None, told: Told | None = None,
) -> bool:  # fmt: skip
    """The same, but stopped when it turns out to be more than `most` objects: then false."""
    words = (*_whole(store, url), "--", url, *refspecs)
    return _fetch(store, url, words, told, credential, most=most)


def fetch_without_files(
    store: Git, url: str, refspecs: Sequence[str], *,
    credential: Credential | None = None, told: Told | None = None,
) -> None:  # fmt: skip
    """The same, but files stay there: commits and folders come, and git notes who promised them.

    That is, after `partial.is_offered`.
    """
    words = (f"--filter={partial.FILTER}", "--", url, *refspecs)
    _fetch(store, url, words, told, credential)


def fetch_files(
    store: Git, url: str, oids: Iterable[Oid], *,
    credential: Credential | None = None, told: Told | None = None,
) -> None:  # fmt: skip
    """Bring files that `url` promised, all at once."""
    words = (f"--filter={partial.FILTER}", "--stdin", "--", url)
    asked = "".join(f"{oid}\n" for oid in oids).encode("ascii")
    _fetch(store, url, words, told, credential, asked=asked)


def _whole(store: Git, url: str) -> list[str]:
    """What makes git bring all files also where it once left some out; a path promises nothing."""
    if not partial.is_partial(store):
        return []
    return ["--no-filter"] if Path(url).is_dir() else [f"--filter={partial.WHOLE}"]


def _fetch(
    store: Git, url: str, words: Sequence[str], told: Told | None, credential: Credential | None,
    *, asked: bytes = b"", most: int | None = None,
) -> bool:  # fmt: skip
    """Run git; false when it was stopped, for it is more than `most` objects.

    What is `asked` for by name needs no talk of what we have.
    """
    # GitPython takes longer to load than most commands to run, and few of them fetch.
    from git.cmd import Git as GitCommand  # noqa: PLC0415
    from git.cmd import handle_process_output  # noqa: PLC0415
    from git.exc import GitCommandError  # noqa: PLC0415

    from stacker.git.progress import Progress  # noqa: PLC0415

    progress = Progress(told, most)
    if told is not None:
        told(f"asking {shown_url(url)}", 0, 0)
    command = GitCommand(str(store.directory))
    config = (*_DURABLE, ("fetch.negotiationAlgorithm", "noop")) if asked else _DURABLE
    sealed = sealed_environment(credential, config=config)
    command.update_environment(**sealed, GITHUB_TOKEN="", GH_TOKEN="")
    try:
        process = command.fetch(
            "--progress", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
            *words, as_process=True, universal_newlines=True, istream=subprocess.PIPE,
        )  # fmt: skip
        progress.stop = process.terminate
        with suppress(BrokenPipeError):  # git has ended, and says why
            process.proc.stdin.write(asked.decode("ascii"))
            process.proc.stdin.close()
        handle_process_output(process, None, progress.new_message_handler(), decode_streams=False)
        process.wait()
    except GitCommandError as exc:
        if progress.stopped:
            return False
        said = [*progress.error_lines, *progress.other_lines] or str(exc.stderr).splitlines()
        raise _failure(url, said, exc.status) from exc
    if any(_TOO_SHALLOW in line for line in progress.other_lines):
        raise _failure(url, progress.other_lines)
    return True


def _failure(url: str, said: Sequence[str], code: object = 1) -> GitError:
    """What to tell of a fetch that failed, or that left out what was asked for."""
    words = Finished(code if isinstance(code, int) else 1, b"", "\n".join(said).encode()).said
    message = f"fetch from {shown_url(url)}: {words}"
    if "couldn't find remote ref" in words:
        return GitError(message, hint="Check its name, and `branch` in series.toml.")
    why = incomplete.reason(Path(url))
    hint = GitError("\n".join(said)).hint or "Check the address and the network."
    return why or GitError(message, hint=hint)


def shown_url(url: str) -> str:
    """`url` without a user or token that somebody wrote into it."""
    return re.sub(r"(://)[^/@]*@", r"\1", url)
