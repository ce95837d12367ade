"""A series, a hub with its upstream and the porter's fork, and an independent eye on both.

Stage `b` changes line 4 of `f.txt` (each its own) and adds `b.txt`, so every set of stages fits
together; upstream drifts in the lines from 40 on, unless it means to meet a stage.
"""

from __future__ import annotations

import atexit
import functools
import io
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import history
import killed
from werkzeug.wrappers import Request

import stacker
from stacker.hub.server import User, start
from stacker.series.lock import parse

IDS = "abcdefgh"
PEOPLE = ("up", "porter", "zed")
FORK, UPSTREAM = "porter/proj", "up/proj"
COMPARE = re.compile(r"\(/(?P<repo>[^)]+?)/compare/(?P<below>[^)]+?)\.\.\.(?P<this>[^)]+?)\)")
RANGE = re.compile(
    r"\(/(?P<repo>[^)]+?)/pull/(?P<number>\d+)/files/(?P<below>\w+)\.\.(?P<this>\w+)\)"
)


def git(where, *args, check=True, stdin=None):
    done = subprocess.run(["git", *args], cwd=where, capture_output=True, check=False, stdin=stdin)
    assert done.returncode == 0 or not check, (args, done.stderr.decode())
    return done.stdout.decode().strip() if done.returncode == 0 else None


class Door:
    """Stands before the hub: counts what comes, and may `act(method, path)` before it goes in;
    `body` is what came last.

    What goes wrong on the way is the hub's own: `world.hub.faults`.
    """

    def __init__(self, app):
        self.app = app
        self.seen = []
        self.act = None
        self.body = b""

    def __call__(self, environ, start_response):
        request = Request(environ)
        path = request.path
        body = request.get_data(cache=True) if "/api/" in path else b""
        if "/api/" in path:
            writes = request.method != "GET" and (
                not path.endswith("/graphql") or b"mutation" in body
            )
            self.seen.append((request.method, path, writes))
            environ["wsgi.input"] = io.BytesIO(body)
            self.body = body
        elif path.endswith("git-receive-pack") and request.method == "POST":
            self.seen.append(("PUSH", path, True))
        if self.act:
            self.act(request.method, path)
        return self.app(environ, start_response)

    @property
    def writes(self):
        return [entry for entry in self.seen if entry[2]]


class World:
    """One hub root and one series directory beside each other, in the folder `root`."""

    def __init__(self, root, run, patch, *, fork=FORK):
        self.root, self._run, self._patch = root, run, patch
        self.fork_name = fork
        self.lines = [f"{n}\n" for n in range(60)]
        self.folder = root / "series"
        self.upstream = self.clone = None

    @classmethod
    def new(cls, root, run, patch, *, fork=FORK, ids="abc", submitted=False):
        """Made from nothing."""
        world = cls(root, run, patch, fork=fork)
        files = {"f.txt": "".join(world.lines)}
        world.upstream = history.draw(
            root / "hub" / f"{UPSTREAM}.git", {"master": [("start", files)]}
        )
        world.serve()
        if fork:
            world.ask("POST", f"/repos/{UPSTREAM}/forks", {})
        else:
            right = {"permission": "push"}
            world.ask("PUT", f"/repos/{UPSTREAM}/collaborators/porter", right, "up")
        world._import(ids, files)
        if submitted:
            world.submit()
        return world

    def copy(self, root):
        """The same in another folder, with a hub of its own; this one must be closed."""
        shutil.copytree(self.root, root)
        world = World(root, self._run, self._patch, fork=self.fork_name)
        for name in ("upstream", "clone"):
            old = getattr(self, name)
            new = root / old.path.relative_to(self.root)
            setattr(world, name, history.Repository(new, dict(old.oids)))
        return world

    def serve(self):
        self.hub = start(self.root / "hub", [User(name, f"token-{name}") for name in PEOPLE])
        self.door = Door(self.hub._server.app)
        self.hub._server.app = self.door
        self._patch.setenv("GITHUB_TOKEN", "token-porter")
        self.enter()

    def _import(self, ids, files):
        lines, commits = list(self.lines), []
        for one in ids:
            lines[self.line_of(one)] = f"{one}\n"
            commits.append((one, {"f.txt": "".join(lines), f"{one}.txt": f"{one}\n"}))
        self.clone = history.draw(
            self.root / "clone.git",
            {"master": [("start", files)], "port": ["start", *commits]},
        )
        forked = ["--fork", self.fork_name] if self.fork_name else []
        self.good("init", self.folder, "--upstream", UPSTREAM, *forked, "--name", "s", at=self.root)
        span = f"{self.clone['start']}..{self.clone[ids[-1]]}"
        self.good("import", span, "--from", self.clone.path, "--stage-per-commit")

    def enter(self):
        """From here on commands talk to this world's hub."""
        self._patch.setenv("STACKER_FORGE", self.hub.url)

    @staticmethod
    def line_of(stage):
        return 3 * IDS.index(stage) + 4

    def close(self):
        self.hub.stop()

    # The command line.

    def run(self, *args, at=None):
        return self._run("--json", *args, cwd=at or self.folder)

    def good(self, *args, at=None):
        ran = self.run(*args, at=at)
        assert ran.code == 0, (args, ran.code, ran.out, ran.err)
        return ran.document

    def submit(self, *args):
        """A submit that must go well; whatever it does, appended branches only move forward."""
        before = self.branches()
        done = self.good("submit", *args)
        if self.fork_name and "rewrite" not in self.plan_text():
            for ref, old in before.items():
                new = self.branches()[ref]
                assert git(self.fork, "merge-base", "--is-ancestor", old, new) is not None, ref
        return done

    # The plan and the patches, by hand.

    def plan_text(self):
        return (self.folder / "series.toml").read_text(encoding="utf-8")

    def plan(self, stages, *, more="", publish="", series='name = "s"', forked=None):
        """Write the plan: `stages` is {id: needs or None}."""
        fork = self.fork_name if forked is None else forked
        lines = ["[series]", series, "", "[repositories.proj]", f'upstream = "{UPSTREAM}"',
                 'branch = "master"']  # fmt: skip
        lines += [f'fork = "{fork}"'] if fork else []
        mode = publish or ("append" if fork else "rewrite")
        lines += [f'publish = "{mode}"', ""]
        for one, needs in stages.items():
            lines += ["[[stages]]", f'id = "{one}"']
            lines += [] if needs is None else [f"needs = {json.dumps(needs)}"]
        text = "\n".join([*lines, more, ""])
        (self.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")

    def text(self, stage, text):
        (self.folder / "series").mkdir(exist_ok=True)
        path = self.folder / "series" / f"{stage}.md"
        path.write_text(text, encoding="utf-8", newline="\n")

    def edit_patch(self, stage, old, new):
        """Change what a patch adds, as a person does with an editor."""
        (path,) = (self.folder / "patches" / stage).iterdir()
        raw = path.read_bytes()
        assert old in raw
        path.write_bytes(raw.replace(old, new))

    @property
    def lock(self):
        return parse((self.folder / "series.lock").read_bytes())

    # Upstream.

    def drift(self, subject, line=None, text=None):
        """A commit upstream, in a line that no stage touches unless one is named."""
        at = 40 + len(self.upstream.oids) if line is None else line
        self.lines[at] = f"{subject if text is None else text}\n"
        return self.upstream.add("master", (subject, {"f.txt": "".join(self.lines)}))

    def squash(self, stage):
        """What a maintainer's squash merge of a stage makes of upstream."""
        self.lines[self.line_of(stage)] = f"{stage}\n"
        files = {"f.txt": "".join(self.lines), f"{stage}.txt": f"{stage}\n"}
        return self.upstream.add("master", (f"Squash {stage}", files))

    # The forge.

    def ask(self, method, path, body=None, who="porter", *, ok=True):
        request = urllib.request.Request(
            self.hub.api + path, None if body is None else json.dumps(body).encode(), method=method
        )
        request.add_header("Authorization", f"token token-{who}")
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                said = refused.read()
            if ok:
                raise AssertionError(said) from refused
            return None
        return json.loads(text) if text else None

    def graph(self, mutation, pull, who="porter"):
        query = f'mutation {{ {mutation}(input: {{pullRequestId: "{pull["node_id"]}"}}) '
        query += "{ pullRequest { isDraft } } }"
        request = urllib.request.Request(
            self.hub.url + "/api/graphql", json.dumps({"query": query}).encode(), method="POST"
        )
        request.add_header("Authorization", f"token token-{who}")
        with urllib.request.urlopen(request) as answer:
            assert "errors" not in json.loads(answer.read())

    def pull(self, stage):
        return self.ask("GET", f"/repos/{UPSTREAM}/pulls/{self.lock.stage(stage).pull}")

    def pulls(self):
        return self.ask("GET", f"/repos/{UPSTREAM}/pulls?state=all&per_page=100")

    def change(self, stage, **fields):
        """A PATCH by the porter's own hand in the browser."""
        self.ask("PATCH", f"/repos/{UPSTREAM}/pulls/{self.lock.stage(stage).pull}", fields)

    def second(self, name):
        """A second upstream with the same start, and the porter's fork of it."""
        history.draw(
            self.root / "hub" / "up" / f"{name}.git",
            {"master": [("start", {"f.txt": "".join(self.lines)})]},
        )
        self.ask("POST", f"/repos/up/{name}/forks", {})

    def approve(self, stage, who="zed"):
        path = f"/repos/{UPSTREAM}/pulls/{self.lock.stage(stage).pull}/reviews"
        self.ask("POST", path, {"event": "APPROVE", "body": "Good."}, who)

    @property
    def fork(self):
        return self.root / "hub" / f"{self.fork_name or UPSTREAM}.git"

    def branches(self):
        said = git(self.fork, "for-each-ref", "--format=%(refname:short) %(objectname)",
                   "refs/heads/s/")  # fmt: skip
        return dict(line.split() for line in said.splitlines())

    def push_foreign(self, branch):
        """Somebody puts a commit on a published branch."""
        tip = git(self.fork, "rev-parse", branch)
        new = git(self.fork, "commit-tree", "-p", tip, "-m", "Mine", f"{tip}^{{tree}}")
        git(self.fork, "update-ref", f"refs/heads/{branch}", new)
        return new

    def theirs(self, branch, who="up"):
        """A maintainer's clone of the fork with a branch checked out; upstream is beside it."""
        clone = self.root / f"clone-of-{who}"
        if not clone.exists():
            git(self.root, "clone", "-q", self._url(who, self.fork_name or UPSTREAM), str(clone))
            git(clone, "remote", "add", "upstream", self._url(who, UPSTREAM))
        git(clone, "fetch", "-q", "--all")
        git(clone, "checkout", "-q", "-f", "-B", "work", f"origin/{branch}")
        return clone

    def fix(self, branch, subject, files, *, who="up", author=None, body=()):
        """Somebody pushes a commit to a published branch: `files` have (old, new) or a text."""
        clone = self.theirs(branch, who)
        for name, change in files.items():
            path = clone / name
            text = change if isinstance(change, str) else path.read_text().replace(*change)
            path.write_text(text, newline="\n")
        git(clone, "add", "-A")
        more = [part for line in body for part in ("-m", line)]
        author = author or f"{who.title()} <{who}@example.org>"
        git(clone, "commit", "-q", "-m", subject, *more, "--author", author)
        return self.push_theirs(branch, who)

    def push_theirs(self, branch, who="up", *how):
        """Push what is in that clone."""
        clone = self.root / f"clone-of-{who}"
        git(clone, "push", "-q", *how, "origin", f"HEAD:{branch}")
        return git(clone, "rev-parse", "HEAD")

    def _url(self, who, name):
        return self.hub.url.replace("//", f"//x-access-token:token-{who}@") + f"/{name}.git"

    # The eye.

    def eye(self):
        """A repository that sees the objects of all three."""
        where = self.root / "eye"
        if not where.exists():
            git(self.root, "init", "-q", str(where))
            seen = [self.fork, self.upstream.path, self.folder / ".stacker" / "store.git"]
            text = "".join(f"{path / 'objects'}\n" for path in seen)
            (where / ".git" / "objects" / "info" / "alternates").write_text(text)
        return where

    def replayed(self, stage, base):
        """The local chain of a stage put on `base` by git itself: (below, tip)."""
        line, eye = self.lock.stage(stage), self.eye()
        written = self.lock.bases["proj"]
        tip = line.commit
        if base != written:
            git(eye, "checkout", "-q", "-f", "--detach", base)
            git(eye, "cherry-pick", "--allow-empty", "--keep-redundant-commits",
                f"{written}..{line.commit}")  # fmt: skip
            tip = git(eye, "rev-parse", "HEAD")
        return git(eye, "rev-parse", f"{tip}~{len(line.trees)}"), tip

    def reviewable(self):
        """What DESIGN promises of every published stage right after a submit."""
        eye, branches = self.eye(), self.branches()
        trunk = git(self.upstream.path, "rev-parse", "master")
        for line in self.lock.stages:
            if line.published is None or line.landed:
                continue
            pull = self.pull(line.stage)
            head, base = line.published.head, line.published.base
            assert pull["head"]["sha"] == head == branches[line.published.branch]
            assert git(eye, "merge-base", "--all", trunk, head).split() == [base]
            below, tip = self.replayed(line.stage, base)
            assert git(eye, "diff-tree", tip, head) == ""
            layer = git(eye, "diff", below, tip)
            if link := RANGE.search(pull["body"]):
                assert (link["repo"], int(link["number"])) == (UPSTREAM, pull["number"])
                assert link["this"] == head
                start = link["below"]
                assert git(eye, "diff", start, head) == layer
                within = git(eye, "rev-list", head, f"^{trunk}").split()
                assert {start, head} <= {*within}
            elif (link := COMPARE.search(pull["body"])) is None:
                start = trunk
            else:
                assert link["repo"] == (self.fork_name or UPSTREAM)
                assert link["this"] == line.published.branch
                start = branches[link["below"]]
            assert git(eye, "merge-base", "--all", start, head).count("\n") == 0
            assert git(eye, "diff", f"{start}...{head}") == layer != ""
            if not self.fork_name:
                assert git(eye, "diff", f"{pull['base']['sha']}...{head}") == layer

    def snapshot(self):
        """All that people see, and what the lock says."""
        fields = ("number", "title", "body", "state", "draft")
        pulls = [
            {f: p[f] for f in fields} | {"head": p["head"]["sha"], "base": p["base"]["ref"]}
            for p in self.pulls()
        ]
        return pulls, self.branches(), self.lock


def new(folder, run, patch, **options):
    """Made from nothing; its hub does not run."""
    world = World.new(folder, run, patch, **options)
    world.close()
    return world


@contextmanager
def copies(models, tmp_path, factory, run, patch, *, new=new):
    """A maker of worlds on hubs that run: each kind is made once by `new`, then copied."""
    worlds = []

    def made(**options):
        key = repr(sorted(options.items()))
        if key not in models:
            models[key] = new(factory.mktemp("model"), run, patch, **options)
        model = models[key]
        model._run, model._patch = run, patch
        worlds.append(model.copy(tmp_path / f"world{len(worlds)}"))
        worlds[-1].serve()
        return worlds[-1]

    try:
        yield made
    finally:
        for world in worlds:
            world.close()


def kinds(document):
    return [action["kind"] for action in document["actions"]]


def kill(world, step):
    """Run a submit that dies at a step; says whether there was such a step."""
    said = world.root / "said.txt"
    if hasattr(os, "fork"):
        code = _forking().run(world.folder, step, said)
    else:
        with said.open("wb") as out:
            code = subprocess.run(
                [sys.executable, str(Path(killed.__file__)), str(world.folder), str(step)],
                env=_with_package(), stdout=out, stderr=out, check=False,
            ).returncode  # fmt: skip
    assert code in (0, killed.KILLED), said.read_text("utf-8", "replace")
    return code == killed.KILLED


def _with_package():
    return {**os.environ, "PYTHONPATH": str(Path(stacker.__file__).parents[1])}


class _Forking:
    """A process that has everything loaded, and forks for each run that is to be killed."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, str(Path(killed.__file__))],
            env=_with_package(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        atexit.register(self._process.communicate)

    def run(self, folder, step, said):
        wanted = {
            "folder": str(folder), "step": step, "said": str(said), "environment": dict(os.environ),
        }  # fmt: skip
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@functools.cache
def _forking():
    return _Forking()
