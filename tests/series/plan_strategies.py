"""Plans to try properties on: any that the model allows, and the worked example of the design."""

from base64 import b64encode

from hypothesis import strategies as st

from stacker.series.plan.choices import (
    AdoptsBy,
    ApprovalRule,
    Drafts,
    Landing,
    MustPass,
    Proof,
    Publish,
    RunnerKind,
)
from stacker.series.plan.model import (
    Check,
    EvidenceSigner,
    Group,
    Override,
    Plan,
    Platform,
    Repository,
    Runner,
    Stage,
    StageId,
)
from stacker.series.plan.naming import RESERVED_STAGES, same_file, wrong_with_name

FLAGSHIP = """\
[series]
name  = "win-arm32"
title = "Windows on ARM32"
forge = "demo"

[repositories.cpython]
upstream = "python/cpython"
branch   = "master"
fork     = "paulmon/cpython"

[repositories.bin-deps]
upstream = "python/cpython-bin-deps"
branch   = "openssl-bin"
landing  = "hand-off"                # it takes no PRs
proof    = "check"

[[stages]]
id = "openssl"
needs = []
issue = "bpo-35926"
[[stages]]
id = "libffi"
needs = []
adopts = 3806
[[stages]]
id = "openssl-arm"
repository = "bin-deps"
needs = ["openssl"]
[[stages]]
id = "build"
needs = ["openssl", "libffi", "openssl-arm"]
[[stages]]
id = "ctypes"
was = "ctypes-arm"
[[stages]]
id = "test-skips"
[[stages]]
id = "library"

[groups.final]
stages = ["build", "ctypes", "test-skips", "library"]

[runners.bots]
kind = "buildbot"
url  = "https://bots.example.org"

[platforms.win32]
[platforms.win-amd64]
host = "windows-amd64"
[platforms.win-arm32]
runner  = "bots"
builder = "arm32-windows"
without = { tkinter = "no GDI", installer = "built by the porter" }

[[checks]]
name = "build"
run  = [["{python}", "build.py", "--with", "{repo:bin-deps}"], ["{python}", "-m", "test"]]
timeout = "30m"
"""

# Drawn of what may be drawn: what a filter throws away costs as much as what it lets through.
SEEN = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
IN_NAMES = st.characters(
    exclude_categories=("Cc", "Cf", "Cs", "Co", "Z"), exclude_characters='~^:?*[\\<>"|/'
)
TEXTS = st.text(SEEN, min_size=1, max_size=12).filter(str.strip)
WORDS = st.text(SEEN | st.sampled_from("\n\t"), max_size=12)
GLOBS = st.sampled_from(["Lib/**", "PC?/", "a b.c", "*", '"q"', "d.toml"])
NAMES = st.one_of(
    st.text("abcxyzABC019-_.+#", min_size=1, max_size=8), st.text(IN_NAMES, min_size=1, max_size=6)
).filter(lambda name: wrong_with_name(name) is None and name.casefold() not in RESERVED_STAGES)


def names(low, high):
    return st.lists(NAMES, min_size=low, max_size=high, unique_by=same_file)


def several(elements):
    return st.lists(elements, max_size=3, unique=True).map(tuple)


@st.composite
def plans(draw):
    repositories = tuple(draw(repository(name)) for name in draw(names(1, 3)))
    where = [each.name for each in repositories]
    stages = draw(stage_lists(where))
    runners = tuple(
        Runner(
            name=name,
            kind=kind,
            url="https://bots.example.org/master",
            app=draw(st.none() | TEXTS) if kind is RunnerKind.GITHUB else None,
            scheduler=draw(TEXTS),
            push=draw(st.sampled_from([None, "porter/builds", "./builds"])),
            at_once=draw(st.integers(1, 99)),
        )
        for name in draw(names(0, 2))
        for kind in [draw(st.sampled_from(RunnerKind))]
    )
    platforms = tuple(draw(platform(name, runners)) for name in draw(names(0, 3)))
    platforms = platforms or (Platform(name="local"),)
    checks: tuple[Check, ...] = ()
    for name in draw(names(0, 2)):
        checks += (draw(check(name, where, platforms, checks)),)
    name = draw(NAMES)
    plan = Plan(
        name=name,
        title=draw(TEXTS),
        forge=draw(st.sampled_from([None, "demo", "https://ghe.example.com"])),
        repositories=repositories,
        stages=stages,
        runners=runners,
        platforms=platforms,
        checks=checks,
        evidence_signers=draw(signers(platforms)),
        residue=draw(st.dictionaries(GLOBS, TEXTS, max_size=2)),
        require_evidence=draw(st.booleans()),
        drafts=draw(st.sampled_from(Drafts)),
        approvals=draw(st.sampled_from(ApprovalRule)),
    )
    return Plan(**{**fields_of(plan), "groups": draw(groups(plan))})


def fields_of(plan):
    return {
        name: getattr(plan, name)
        for name in (
            "name", "title", "forge", "home", "repositories",
            "stages", "runners", "platforms", "checks", "evidence_signers", "residue",
            "require_evidence", "drafts", "approvals",
        )
    }  # fmt: skip


@st.composite
def signers(draw, platforms):
    """Each with a key of its own."""
    found = []
    for number, name in enumerate(draw(names(0, 2))):
        chosen = draw(several(st.sampled_from([each.name for each in platforms])))
        comment = draw(st.sampled_from(["", " paul@box", "  two words"]))
        found.append(EvidenceSigner(name, f"{public_key(number)}{comment}", chosen or None))
    return tuple(found)


def public_key(number):
    """The line of an ed25519 key that nobody has."""
    kind = b"ssh-ed25519"
    blob = b"".join(len(p).to_bytes(4, "big") + p for p in (kind, bytes([number]) * 32))
    return f"ssh-ed25519 {b64encode(blob).decode()}"


@st.composite
def repository(draw, name):
    fork = draw(st.sampled_from([None, "porter/project"]))
    upstreams = ["python/cpython"] if fork else ["./up", "C:\\up", "https://x.org/y", "a/b"]
    return Repository(
        name=name,
        upstream=draw(st.sampled_from(upstreams)),
        branch=draw(st.sampled_from([None, "main", "release/3.8"])),
        fork=fork,
        publish=draw(st.sampled_from(Publish)),
        landing=draw(st.sampled_from(Landing)),
        proof=draw(st.sampled_from(Proof)),
        sign_off=draw(st.booleans()),
    )


def adoptions(number):
    """How a stage continues the pull request of that number."""
    by = st.sampled_from(AdoptsBy)
    return st.fixed_dictionaries({"adopts": st.just(number), "adopts_by": by})


@st.composite
def stage_lists(draw, repositories=("main", "other")):
    """Stages whose needs go in no circle, and are written in any order."""
    ids = [StageId(name) for name in draw(names(0, 7))]
    hidden_order = draw(st.permutations(ids))
    rank = {stage_id: position for position, stage_id in enumerate(hidden_order)}
    return tuple(
        Stage(
            id=stage_id,
            repository=draw(st.sampled_from(list(repositories))),
            needs=draw(several(st.sampled_from(hidden_order[: rank[stage_id]])))
            if rank[stage_id]
            else (),
            issue=draw(st.none() | TEXTS),
            paths=draw(several(GLOBS)),
            **draw(st.just({}) | adoptions(rank[stage_id] + 1)),
        )
        for stage_id in ids
    )


@st.composite
def groups(draw, plan):
    """Runs of neighbours in plan order, of one repository: these are closed under needs."""
    found, order = [], list(plan.order)
    for name in draw(names(0, 2)):
        size = draw(st.integers(1, 3))
        members, order = order[:size], order[size:]
        if members and len({plan.stage(m).repository for m in members}) == 1:
            found.append(Group(name=name, stages=tuple(members), require=draw(several(TEXTS))))
    return tuple(found)


@st.composite
def platform(draw, name, runners):
    runner = draw(st.sampled_from([None, *(each.name for each in runners)]))
    return Platform(
        name=name,
        host=draw(st.none() | NAMES),
        runner=runner,
        builder=draw(TEXTS) if runner else None,
        without=draw(st.dictionaries(TEXTS, TEXTS, max_size=2)),
        toolchain=draw(st.none() | st.tuples(st.tuples(st.just("cc"), TEXTS))),
        skips=draw(st.dictionaries(TEXTS, TEXTS, max_size=2)),
    )


@st.composite
def check(draw, name, repositories, platforms, above):
    argv = st.tuples(TEXTS, WORDS)
    seconds = st.integers(1, 999_999).map(float)
    repository = draw(st.sampled_from(repositories))
    chosen = draw(several(st.sampled_from([each.name for each in platforms])))
    override = st.builds(
        Override,
        run=st.none() | st.tuples(argv),
        timeout=st.none() | seconds,
        paths=st.none() | several(GLOBS),
        env=st.none() | several(st.sampled_from(["PATH", "TMP"])),
        builder=st.none() | TEXTS,
    )
    return Check(
        name=name,
        run=tuple(draw(st.lists(argv, min_size=1, max_size=2))),
        repository=repository,
        must_pass=draw(st.sampled_from(MustPass)),
        timeout=draw(seconds),
        platforms=chosen,
        env=draw(several(st.sampled_from(["PATH", "TMP", "ProgramFiles(x86)"]))),
        needs=tuple(each.name for each in above if each.repository == repository),
        attempts=draw(st.integers(3, 9)),
        min_passes=draw(st.integers(1, 3)),
        max_age=draw(st.none() | seconds),
        submodules=draw(st.booleans()),
        results=draw(st.sampled_from([None, "out/junit.xml"])),
        carry=draw(st.dictionaries(st.sampled_from(["a", "b/c", "bb"]), TEXTS)),
        on=draw(
            st.dictionaries(
                st.sampled_from(chosen or [each.name for each in platforms]), override, max_size=2
            )
        ),
    )


def small_plan(stages):
    return Plan(
        name="s",
        title="s",
        repositories=(
            Repository(name="main", upstream="./up"),
            Repository(name="other", upstream="./other"),
        ),
        stages=stages,
    )
