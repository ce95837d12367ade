"""What a page is made of, with a few words; no git, no store."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "status"))

import status_samples as samples

from stacker.evidence.record import Record, Verdict
from stacker.git.objects import Commit, Signature
from stacker.report.gather import Facts, OwnChange
from stacker.report.page import page
from stacker.report.value import History, Step
from stacker.report.versions import Texts
from stacker.report.views import report
from stacker.series.plan.reading import parse_plan
from stacker.verify.stage_tree import StageTree
from stacker.verify.standing import Evidence, Standing, State

WHO = Signature(b"Paul Porter", b"paul@example.org", b"1556200000 +0000")
DIFF = b"""\
diff --git a/Lib/platform.py b/Lib/platform.py
index 1111111..2222222 100644
--- a/Lib/platform.py
+++ b/Lib/platform.py
@@ -10,4 +10,5 @@ def machine():
     # what it runs on
-    return "x86"
+    kind = os.environ.get("KIND")
+    return kind or "x86"
\x20
 last = 1
"""


def plan(stages, *, group=(), repositories=("cpython",)):
    """A plan of stages in a line, some of which are a group."""
    text = '[series]\nname = "win-arm32"\ntitle = "Windows on ARM32"\n'
    text += "".join(
        f'[repositories.{r}]\nupstream = "python/{r}"\nbranch = "master"\n' for r in repositories
    )
    text += "".join(f'[[stages]]\nid = "{stage}"\n' for stage in stages)
    if group:
        text += f"[groups.final]\nstages = {list(group)}\n".replace("'", '"')
    return parse_plan(text, "series.toml")


def record(key, **more):
    given = {
        "key": key, "stage": "a", "check": "build", "platform": "win32",
        "verdict": Verdict.FAILED, "exit_code": 1, "seconds": 2.0, "host": "box-1",
        "commit": "a" * 40, "tree": "b" * 40, "base": "c" * 40, "log": f"{key}.log",
        "started_at": 1_556_200_000.0, "clean": True,
    }  # fmt: skip
    return Record(**(given | more))


def evidence(stage, *cells):
    """`cells` are (platform, state, more)."""
    results = [
        Standing(**{"stage": stage, "check": "build", "platform": name, "required": True,
                    "state": state} | more)
        for name, state, more in cells
    ]  # fmt: skip
    return Evidence(StageTree(stage, "cpython", "c" * 40, "a" * 40, "b" * 40), tuple(results))


def red(stage, key="k1"):
    return evidence(
        stage,
        ("win32", State.FAILED, {"record": record(key)}),
        ("arm32", State.MISSING, {"reason": "the box has been silent for 9 days", "by": "a box"}),
    )


def change(diff=DIFF, message=b"Know Windows on ARM32\n"):
    commit = Commit("d" * 40, (), WHO, WHO, message)
    return OwnChange((commit,), ("e" * 40,), diff)


def versions(*numbered, gone=()):
    """(number, {stage: [texts]}), newest first, as the page's script reads it."""
    texts = {}
    document = []
    last = {}
    for number, stages in numbered:
        here = {s: [texts.setdefault(t, len(texts)) for t in some] for s, some in stages.items()}
        told = {s: some for s, some in here.items() if last.get(s) != some}
        document.append({
            "n": number, "when": "2026-11-30 12:00", "who": "paul", "what": "rebase",
            "stages": told, "gone": [s for s in last if s not in here],
        })  # fmt: skip
        last = here
    return Texts({"texts": list(texts), "versions": document}, "")


def facts(*stages, **more):
    """Facts about stages made by `status_samples`; each has a change of its own."""
    ids = [one.id for one in stages]
    group = [one.id for one in stages if one.group]
    given = {
        "plan": plan(ids, group=group),
        "status": samples.series(*stages, title="Windows on ARM32"),
        "texts": {s: (f"Title of {s}", f"Why {s} is needed.") for s in ids},
        "changes": {s: change() for s in ids},
        "logs": {},
        "forecast": "The series stands on upstream as it was last fetched.",
        "history": History((Step(40, "2026-11-30 12:00", "paul", "rebase", "cpython 8a1657b", ("moved by upstream only: a",)),)),  # noqa: E501
        "versions": Texts({"texts": [], "versions": []}, ""),
    }  # fmt: skip
    return Facts(**(given | more))


def html(found):
    """The page."""
    return page(report(found))


def usual():
    """A series in the middle of its life: landed, waiting, failing, not submitted."""
    first = samples.landed("openssl", pull=11779)
    second = samples.approved("libffi", 12)
    build = samples.submitted("build", 13, needs=("libffi",), group="final")
    ctypes = samples.submitted(
        "ctypes", 14, needs=("build",), group="final", evidence=red("ctypes")
    )
    last = samples.stage("library", needs=("ctypes",))
    old = {"ctypes": ["Support ARM32\n\nFrom: Paul\n\n## a.c\n@@\n line\n+one\n last"]}
    new = {"ctypes": ["Support ARM32\n\nFrom: Paul\n\n## a.c\n@@\n line\n+two\n last"]}
    return facts(
        first, second, build, ctypes, last,
        logs={"k1": ("compiling", "error: no such function")},
        versions=versions((40, new), (39, old), (38, old)),
    )  # fmt: skip


def many(count):
    """So many stages in a line, each with a change of forty lines."""
    body = b"".join(b"+line %d of it = call(%d, 'text')\n" % (n, n) for n in range(40))
    diff = DIFF + b"diff --git a/b.py b/b.py\nnew file mode 100644\nindex 0000000..1111111\n"
    diff += b"--- /dev/null\n+++ b/b.py\n@@ -0,0 +1,40 @@\n" + body
    ids = [f"stage-{n:04}" for n in range(count)]
    stages = [
        samples.submitted(
            name, n + 1, needs=(ids[n - 1],) if n else (),
            evidence=evidence(name, ("win32", State.PASSED, {}), ("arm32", State.MISSING, {"reason": "has never run"})),  # noqa: E501
        )
        for n, name in enumerate(ids)
    ]  # fmt: skip
    texts = {s: [f"Text of {s}"] for s in ids}
    return replace(
        facts(*stages), changes={s: change(diff) for s in ids}, versions=versions((2, texts))
    )
