"""Builds what commands work with: the series directory, its store, its forge."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stacker import settings
from stacker.errors import ForgeError, UsageError
from stacker.git.leftovers import remove_leftovers
from stacker.git.process import Credential, Git, origin_of
from stacker.series.directory import SeriesDirectory
from stacker.series.plan.model import DEMO_FORGE
from stacker.series.plan.reading import read_plan
from stacker.series.plan.taking import takes_pulls
from stacker.series.plan.upstream import UpstreamKind, is_forge_url, upstream_kind
from stacker.series.versions import ondisk, operations
from stacker.series.workspace import Upstream, Workspace, open_store, store_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.doctor.reach import Reach
    from stacker.forge.github import GitHub
    from stacker.git.transfer import Told
    from stacker.series.plan.model import Plan, Repository
    from stacker.series.versions.operations import Operation
    from stacker.submit.place import Place
    from stacker.sync.home import Home


class Site(NamedTuple):
    """A forge as this run reaches it: the address of its pages and git, and the token for it."""

    url: str
    token: str | None

    def __repr__(self) -> str:
        return f"Site(url={self.url!r}, token=<hidden>)"

    @property
    def api(self) -> str:
        """Where its REST API is."""
        return "https://api.github.com" if self.url == settings.GITHUB else f"{self.url}/api/v3"

    @property
    def credential(self) -> Credential | None:
        """The token for git, bound to the forge's host."""
        return Credential(origin_of(self.url), self.token) if self.token else None

    @property
    def local(self) -> bool:
        """Whether it is on this machine, where no pacing of requests is needed."""
        return origin_of(self.url).startswith(("http://127.0.0.1:", "http://localhost:"))


class Desk(NamedTuple):
    """A workspace together with the forge that its plan names."""

    work: Workspace
    site: Site
    forge: GitHub

    def place(self, name: str) -> Place:
        """Where the branches of a repository of the plan go."""
        from stacker.submit.place import Place  # noqa: PLC0415 - most commands submit nothing

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


class Offline(NamedTuple):
    """A series directory to look at; `work` is `None` in a fresh clone, which has no store yet.

    The upstreams of `work` have no address, so nothing can be fetched from them.
    """

    directory: SeriesDirectory
    plan: Plan
    work: Workspace | None


@contextmanager
def desk(start: Path, told: Told | None = None) -> Iterator[Desk]:
    """The series directory that `start` is in, opened, with its forge; `told` hears of pauses."""
    with _opened(start, forge=True) as (work, site):
        assert site is not None
        there = site if takes_pulls(work.plan) else site._replace(token=site.token or "")
        with _client(there, told) as forge:
            if forge is None:
                hint = "Set GITHUB_TOKEN, or log in with `gh auth login`."
                raise ForgeError(f"there is no token for {site.url}", hint=hint)
            yield Desk(work, site, forge)


@contextmanager
def workspace(start: Path) -> Iterator[Workspace]:
    """The same; a forge is asked for, or the demo's started, only for an upstream that is there."""
    with _opened(start, forge=False) as (work, _):
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
                upstreams=upstreams, now=settings.now(), whoami=str,
            )  # fmt: skip
        yield Offline(directory, plan, work)


def home(plan: Plan, directory: SeriesDirectory) -> Home:
    """Where the series is shared: as the plan says, else the origin of the directory's own git."""
    from stacker.sync.home import Home  # noqa: PLC0415 - of no use to other commands

    url = plan.home
    if url is None:
        done = Git(directory.root).attempt("config", "--local", "--get", "remote.origin.url")
        url = done.out.decode("utf-8", "surrogateescape").strip()
    if not url:
        raise UsageError(
            "the series has no home to share it through",
            hint='Name one in series.toml, as `home = "URL"` under [series], or give the '
            "directory's git repository a remote `origin`.",
        )
    return Home(*reached(plan, directory.root, url))


def reached(plan: Plan, root: Path, repository: str) -> tuple[str, Credential | None]:
    """Where git finds a repository that the plan names in any of the ways, and the token for it."""
    match upstream_kind(repository):
        case UpstreamKind.PATH:
            return str((root / Path(repository).expanduser()).resolve()), None
        case UpstreamKind.FORGE:
            there = site(settings.forge_override() or plan.forge)
            return f"{there.url}/{repository}.git", there.credential
        case _:
            origin = origin_of(repository)
            token = settings.token(origin) if is_forge_url(origin) else None
            return repository, Credential(origin, token) if token else None


def public_upstreams(directory: SeriesDirectory, plan: Plan) -> dict[str, Upstream]:
    """The upstreams of a plan as everybody may read them: nobody is asked for a token."""
    if plan.forge == DEMO_FORGE and settings.forge_override() is None:
        raise UsageError("the demo's forge is in each folder alone: no box can fetch from it")
    there = Site((settings.forge_override() or plan.forge or settings.GITHUB).rstrip("/"), None)
    return {one.name: upstream(one, directory.root, there) for one in plan.repositories}


def upstreams(work: Workspace, plan: Plan) -> dict[str, Upstream]:
    """The upstreams of another plan for the same series; what both plans name is known."""
    found = {r.name: work.upstreams[r.name] for r in work.plan.repositories}
    for one in set(plan.repositories) - set(work.plan.repositories):
        on_forge = one.kind is UpstreamKind.FORGE
        there = site(settings.forge_override() or plan.forge) if on_forge else None
        found[one.name] = upstream(one, work.directory.root, there)
    return found


def directory(start: Path) -> SeriesDirectory:
    """The series directory that `start` is in, whatever is in it."""
    return SeriesDirectory.find(start)


@contextmanager
def reach(plan: Plan, directory: SeriesDirectory) -> Iterator[Reach]:
    """What leads to a plan's upstreams and forge; a demo forge is started for the while."""
    from stacker.doctor.reach import Reach  # noqa: PLC0415 - of no use to other commands

    with forge_site(plan, directory) as there, _client(there) as forge:
        upstreams = {r.name: upstream(r, directory.root, there) for r in plan.repositories}
        demo = plan.forge == DEMO_FORGE and settings.forge_override() is None
        yield Reach(there.url, demo, upstreams, forge, settings.now())


@contextmanager
def forge_of(plan: Plan, directory: SeriesDirectory,
             told: Told | None = None) -> Iterator[GitHub | None]:  # fmt: skip
    """The forge of a plan; `None` without a token for it."""
    with forge_site(plan, directory) as there, _client(there, told) as forge:
        yield forge


@contextmanager
def _client(there: Site, told: Told | None = None) -> Iterator[GitHub | None]:
    from stacker.forge.github import GitHub  # noqa: PLC0415 - heavy, and most commands do without
    from stacker.forge.pace import Pace  # noqa: PLC0415 - as above

    if there.token is None:
        yield None
        return
    with GitHub(there.api, there.token, Pace(there.local, told)) as forge:
        yield forge


@contextmanager
def _opened(start: Path, *, forge: bool) -> Iterator[tuple[Workspace, Site | None]]:
    """The series directory that `start` is in, opened; and its forge if that is needed."""
    directory = SeriesDirectory.find(start)
    plan = read_plan(directory.plan_file)
    with ExitStack() as stack:
        stack.enter_context(directory.exclusive())
        remove_leftovers(directory.store)
        forge = forge or _names_forge(plan)
        there = stack.enter_context(forge_site(plan, directory)) if forge else None
        store = stack.enter_context(store_in(directory))
        finished = ondisk.write_files(store, directory)  # what a killed command left
        if finished:  # the plan with it
            plan = read_plan(directory.plan_file)
        work = Workspace(
            directory=directory,
            plan=plan,
            store=store,
            upstreams={r.name: upstream(r, directory.root, there) for r in plan.repositories},
            now=settings.now(),
            whoami=cache(partial(settings.person, directory.root)),
            finished=finished,
        )
        before = operations.current(store)
        try:
            yield work, there
        except KeyboardInterrupt as stopped:
            if stopped.args:  # whoever knew better has said it
                raise
            raise KeyboardInterrupt(_interrupted(work, before)) from stopped


def _interrupted(work: Workspace, before: Operation | None) -> str:
    """One true sentence on what an interrupt left of a local command."""
    here = operations.current(work.store)
    if here is None or here == before:
        return "Interrupted; the series is as it was."
    ondisk.write_files(work.store, work.directory)
    return f"Interrupted, but the step was made already: the series is at v{here.version}."


@contextmanager
def forge_site(plan: Plan, directory: SeriesDirectory) -> Iterator[Site]:
    """The forge of a plan; the demo's is served from this process as long as it is needed."""
    url = settings.forge_override()
    if url is None and plan.forge == DEMO_FORGE:
        from stacker.demo import forge as demo_forge  # noqa: PLC0415 - a web server, seldom needed

        with demo_forge.serve(directory.state, settings.demo_user()) as served:
            yield Site(served.url, served.token)
        return
    # A plan whose upstreams are paths and URLs asks nobody for a token.
    needed = _names_forge(plan)
    yield site(url or plan.forge) if needed else Site(url or plan.forge or settings.GITHUB, None)


def _names_forge(plan: Plan) -> bool:
    return any(repository.kind is UpstreamKind.FORGE for repository in plan.repositories)


def site(forge: str | None) -> Site:
    """The forge at that address (`None`: github.com), with the token that is meant for it."""
    url = (forge or settings.GITHUB).rstrip("/")
    if not is_forge_url(url):
        raise UsageError(
            f"{url!r} is no address of a forge", hint="It begins with https://, without a path."
        )
    return Site(url, settings.token(url))


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
