"""Builds what commands work with: the only reader of environment, settings and the clock."""

from __future__ import annotations

import getpass
import os
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import ForgeError, UsageError
from stacker.git import helper
from stacker.git.process import Credential, Git, origin_of
from stacker.series import versions
from stacker.series.directory import SeriesDirectory
from stacker.series.plan import DEMO_FORGE
from stacker.series.reading import read_plan
from stacker.series.upstream import UpstreamKind
from stacker.series.workspace import Upstream, Workspace, open_store
from stacker.submit.gather import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.doctor.remote import Reach
    from stacker.forge.github import GitHub
    from stacker.series.plan import Plan, Repository
    from stacker.series.versions import Operation

GITHUB = "https://github.com"
_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")


def seal() -> None:
    """Remove from this process what would redirect every git it starts (a hook's `GIT_DIR` …)."""
    for name in [n for n in os.environ if n.startswith("GIT_") and not n.startswith("GIT_SS")]:
        del os.environ[name]


def now() -> int:
    """The time, in seconds since 1970."""
    return int(time.time())


def forge_override() -> str | None:
    """The forge that this call shall use whatever the plan says; a URL without path."""
    return os.environ.get("STACKER_FORGE") or None


def environment() -> dict[str, str]:
    """The environment that this run was given; checks get of it what is allowed to them."""
    return dict(os.environ)


def as_demo_user(who: str) -> dict[str, str]:
    """The environment of a command that one of the demo's people runs; no real token is in it."""
    kept = {k: v for k, v in os.environ.items() if k not in _TOKENS and k != "STACKER_FORGE"}
    return {**kept, "STACKER_DEMO_USER": who, "PYTHONUTF8": "1", "NO_COLOR": "1"}


def python() -> str:
    """The Python that runs this, for `{python}` in checks."""
    return sys.executable


def editor() -> str:
    """The command that edits a text, as git chooses it."""
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"


@dataclass(frozen=True, slots=True)
class Site:
    """A forge as this run reaches it: the address of its pages and git, and the token for it."""

    url: str
    token: str | None

    @property
    def api(self) -> str:
        """Where its REST API is."""
        return "https://api.github.com" if self.url == GITHUB else f"{self.url}/api/v3"

    @property
    def credential(self) -> Credential | None:
        """The token for git, bound to the forge's host."""
        return Credential(origin_of(self.url), self.token) if self.token else None

    @property
    def local(self) -> bool:
        """Whether it is on this machine, where no pacing of requests is needed."""
        return origin_of(self.url).startswith(("http://127.0.0.1:", "http://localhost:"))


@dataclass(frozen=True, slots=True)
class Desk:
    """A workspace together with the forge that its plan names."""

    work: Workspace
    site: Site
    forge: GitHub

    def place(self, name: str) -> Place:
        """Where the branches of a repository of the plan go."""
        repository = self.work.plan.repository(name)
        fork = repository.fork or repository.upstream
        trunk = repository.branch
        if trunk is None:
            facts = self.forge.repository(repository.upstream)
            if facts is None:
                raise ForgeError(
                    f"the forge shows no {repository.upstream}",
                    hint="Check its name; or your token may not see it.",
                )
            trunk = facts.default_branch
        url = f"{self.site.url}/{fork}.git"
        return Place(repository, fork, url, trunk, self.site.credential)


@dataclass(frozen=True, slots=True)
class Offline:
    """A series directory to look at; `work` is `None` in a fresh clone, which has no store yet.

    The upstreams of `work` have no address, so nothing can be fetched from them.
    """

    directory: SeriesDirectory
    plan: Plan
    work: Workspace | None


@contextmanager
def desk(start: Path) -> Iterator[Desk]:
    """The series directory that `start` is in, opened, with its forge."""
    from stacker.forge.github import GitHub  # noqa: PLC0415 - heavy, and most commands do without

    with workspace_and_site(start) as (work, site):
        if site.token is None:
            raise ForgeError(
                f"there is no token for {site.url}",
                hint="Set GITHUB_TOKEN, or log in with `gh auth login`.",
            )
        with GitHub(site.api, site.token, pace=not site.local) as forge:
            yield Desk(work, site, forge)


@contextmanager
def workspace(start: Path) -> Iterator[Workspace]:
    """The series directory that `start` is in, opened; a demo forge is started for the while."""
    with workspace_and_site(start) as (work, _):
        yield work


@contextmanager
def offline(start: Path) -> Iterator[Offline]:
    """The same for looking only: no lock is taken, no forge started, nothing made or fetched."""
    directory = SeriesDirectory.find(start)
    plan = read_plan(directory.plan_file)
    with ExitStack() as stack:
        work = None
        if (directory.store / "HEAD").is_file():
            store = stack.enter_context(open_store(directory.store))
            upstreams = {r.name: Upstream(r.name, "", r.branch) for r in plan.repositories}
            work = Workspace(
                directory=directory, plan=plan, store=store,
                upstreams=upstreams, now=now(), person="",
            )  # fmt: skip
        yield Offline(directory, plan, work)


def directory(start: Path) -> SeriesDirectory:
    """The series directory that `start` is in, whatever is in it."""
    return SeriesDirectory.find(start)


@contextmanager
def reach(plan: Plan, directory: SeriesDirectory) -> Iterator[Reach]:
    """What leads to a plan's upstreams and forge; a demo forge is started for the while."""
    from stacker.doctor.remote import Reach  # noqa: PLC0415 - of no use to other commands
    from stacker.forge.github import GitHub  # noqa: PLC0415 - heavy

    with ExitStack() as stack:
        there = stack.enter_context(forge_site(plan, directory))
        forge = None
        if there.token is not None:
            forge = stack.enter_context(GitHub(there.api, there.token, pace=not there.local))
        upstreams = {r.name: upstream(r, directory.root, there) for r in plan.repositories}
        demo = plan.forge == DEMO_FORGE and forge_override() is None
        yield Reach(there.url, demo, upstreams, forge)


@contextmanager
def workspace_and_site(start: Path) -> Iterator[tuple[Workspace, Site]]:
    """The same, and where its forge is."""
    directory = SeriesDirectory.find(start)
    plan = read_plan(directory.plan_file)
    with ExitStack() as stack:
        site = stack.enter_context(forge_site(plan, directory))
        stack.enter_context(directory.exclusive())
        store = stack.enter_context(open_store(directory.store, _object_format(directory)))
        versions.write_files(store, directory)  # what a killed command left, the plan with it
        plan = read_plan(directory.plan_file)
        work = Workspace(
            directory=directory,
            plan=plan,
            store=store,
            upstreams={r.name: upstream(r, directory.root, site) for r in plan.repositories},
            now=now(),
            person=_person(directory.root),
        )
        before = versions.current(store)
        try:
            yield work, site
        except KeyboardInterrupt as stopped:
            if stopped.args:  # whoever knew better has said it
                raise
            raise KeyboardInterrupt(_interrupted(work, before)) from stopped


def _interrupted(work: Workspace, before: Operation | None) -> str:
    """One true sentence on what an interrupt left of a local command."""
    here = versions.current(work.store)
    if here is None or here == before:
        return "Interrupted; the series is as it was."
    versions.write_files(work.store, work.directory)
    return f"Interrupted, but the step was made already: the series is at v{here.version}."


@contextmanager
def forge_site(plan: Plan, directory: SeriesDirectory) -> Iterator[Site]:
    """The forge of a plan; the demo's is served from this process as long as it is needed."""
    url = forge_override()
    if url is None and plan.forge == DEMO_FORGE:
        from stacker.demo import forge as demo_forge  # noqa: PLC0415 - a web server, seldom needed

        with demo_forge.serve(directory.state, os.environ.get("STACKER_DEMO_USER")) as served:
            yield Site(served.url, served.token)
        return
    yield site(url or plan.forge)


def site(forge: str | None) -> Site:
    """The forge at that address (`None`: github.com), with the token that is meant for it."""
    url = (forge or GITHUB).rstrip("/")
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise UsageError(
            f"{url!r} is no address of a forge", hint="It begins with https://, without a path."
        )
    return Site(url, _token(url))


def upstream(repository: Repository, root: Path, site: Site | None) -> Upstream:
    """Where git finds a repository of the plan; paths are relative to the series directory."""
    match repository.kind:
        case UpstreamKind.PATH:
            path = (root / Path(repository.upstream).expanduser()).resolve()
            return Upstream(repository.name, str(path), repository.branch)
        case UpstreamKind.URL:
            return Upstream(repository.name, repository.upstream, repository.branch)
        case UpstreamKind.FORGE:
            if site is None:
                raise ForgeError("the plan names no forge")
            url = f"{site.url}/{repository.upstream}.git"
            return Upstream(repository.name, url, repository.branch, site.credential)


def _token(url: str) -> str | None:
    """The token for the forge at `url`: the environment's, gh's, or git's credential helper's.

    GITHUB_TOKEN goes to github.com, or to where the environment itself points; a plan that names
    another host does not get it.
    """
    given = os.environ.get("GITHUB_TOKEN")
    meant = (GITHUB, os.environ.get("GITHUB_SERVER_URL"), forge_override())
    if given and url in [where.rstrip("/") for where in meant if where]:
        return given
    host = url.partition("://")[2]
    asked = helper.ask(["gh", "auth", "token", "--hostname", host], b"")
    if asked:
        return asked.strip()
    filled = helper.ask(["git", "credential", "fill"], f"protocol=https\nhost={host}\n\n".encode())
    return dict(line.split("=", 1) for line in filled.splitlines() if "=" in line).get("password")


def _object_format(directory: SeriesDirectory) -> str:
    raw = directory.read("series.lock") or b""
    return "sha256" if any(len(w) == 66 for w in raw.split() if w.startswith(b'"')) else "sha1"


def _person(root: Path) -> str:
    """Who runs this: `user.name` of the user's own git settings, else the login name."""
    for file in (root / ".git" / "config", Path.home() / ".gitconfig"):
        if file.is_file():
            done = Git(root).attempt("config", "--file", str(file), "user.name")
            if done.code == 0:
                return done.out.decode("utf-8", "replace").strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"
