"""The whole life of the flagship, told by real commands: each must do what the story says.

The story runs in a folder of its own; it ends with that folder left to play in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stacker.demo import flagship, people
from stacker.demo.forge import CPYTHON, serve
from stacker.demo.people import COORDINATOR, PORTER, REVIEWER
from stacker.errors import ExitCode, StackerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GROUP = ("build", "ctypes", "test-skips", "library")
PREREQUISITES = ("openssl", "libffi", "openssl-arm")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that was run: exit code, and what it printed on both streams."""

    code: int
    text: str


class Shell(Protocol):
    """Runs `stacker ARGS` in the demo's folder as one of its people; prints nothing."""

    def __call__(self, who: str, *args: str) -> Ran:
        """Run it to its end."""
        ...


class StoryError(StackerError):
    """A step did not do what the story says."""


@dataclass(slots=True)
class Teller:
    """Tells the story step by step, and holds it to its word."""

    folder: Path
    shell: Shell
    tell: Callable[[str], None]
    step: int = 0

    def chapter(self, text: str) -> None:
        """A new step, in a person's words."""
        self.step += 1
        self.tell(f"\n{self.step}. {text}")

    def run(self, who: str, *args: str, code: int = 0, shows: tuple[str, ...] = ()) -> str:
        """Run a command, show it with its output, and check both."""
        self.tell(f"   {who}$ stacker {' '.join(args)}")
        ran = self.shell(who, *args)
        for line in ran.text.rstrip("\n").splitlines():
            self.tell(f"   | {line}")
        missing = [text for text in shows if text not in ran.text]
        if ran.code != code or missing:
            raise StoryError(
                f"step {self.step}: `stacker {' '.join(args)}` ended with {ran.code} "
                f"(the story says {code}); missing in its output: {missing or 'nothing'}",
                hint=f"The folder is left as it is: {self.folder}",
            )
        return ran.text

    def expect(self, holds: bool, what: str) -> None:
        """Check something that the story claims."""
        if not holds:
            raise StoryError(f"step {self.step}: not true: {what}", hint=f"See {self.folder}")
        self.tell(f"   = {what}")


def play(teller: Teller) -> None:
    """Tell all of it; raises `StoryError` where a step fails."""
    flagship.copy_to(teller.folder)
    _rebase(teller)
    _verify_and_submit(teller)
    with serve(teller.folder / ".stacker", None) as forge:
        numbers = _numbers(teller)
        _prerequisites(teller, forge.url, numbers)
        _gate(teller, forge.url, numbers)
        _land(teller, forge.url, numbers)
    teller.chapter("The porter's next rebase takes that in: the series is where it wanted to be.")
    teller.run(PORTER, "rebase", shows=("landed",))
    teller.run(PORTER, "status", shows=("landed",))


def _rebase(teller: Teller) -> None:
    teller.chapter("A series of seven stages, begun in February 2019. Where does it stand?")
    teller.run(PORTER, "status", shows=("win-arm32", "ctypes"))
    teller.chapter("Upstream has moved. Rebase: one stage conflicts, so nothing moves yet.")
    teller.run(
        PORTER, "rebase", code=ExitCode.CONFLICT,
        shows=("Nothing moved yet: 1 conflict", "Modules/_ctypes/callproc.c", "first broken by"),
    )  # fmt: skip
    teller.chapter("Open the conflict, keep both changes, take the solution back.")
    teller.run(PORTER, "resolve", "ctypes", shows=("callproc.c",))
    path, content = flagship.resolution()
    (teller.folder / ".stacker" / "resolve" / "ctypes" / path).write_bytes(content)
    teller.tell(f"   (edits {path})")
    teller.run(PORTER, "resolve", "--done", shows=("as v2", "solved as in v1"))


def _verify_and_submit(teller: Teller) -> None:
    teller.chapter("Build and test every stage for every platform, each in a tree of its own.")
    teller.run(PORTER, "verify", "--trust", shows=("library",))
    teller.chapter("Seven linked pull requests from the porter's fork; branches only move forward.")
    teller.run(PORTER, "submit", shows=("7 pull requests",))
    teller.run(PORTER, "submit", shows=("Every pull request says what the series says",))


def _prerequisites(teller: Teller, url: str, numbers: dict[str, int]) -> None:
    teller.chapter("The prerequisites stand on their own: the coordinator lands them one by one.")
    teller.run(COORDINATOR, "verify", "--trust", "-q")
    for stage in PREREQUISITES:
        teller.run(COORDINATOR, "land", stage, shows=(f"Landed: {stage}",))
    state = people.pull(url, CPYTHON, numbers["openssl"])["state"]
    teller.expect(state == "closed", f"#{numbers['openssl']} is closed, with a link to its commit")
    teller.chapter("The porter rebases: what landed leaves the series, proved by its tree.")
    teller.run(PORTER, "rebase", shows=("landed as", "v3"))
    teller.run(PORTER, "submit", "-m", "prerequisites have landed", shows=("Done",))


def _gate(teller: Teller, url: str, numbers: dict[str, int]) -> None:
    teller.chapter("The last four must go in together. The gate says so on each of them.")
    teller.run(COORDINATOR, "gate", shows=("Lands only together with",))
    number = numbers["ctypes"]
    teller.chapter(f"Somebody makes #{number} (ctypes) ready and tries to merge it alone.")
    draft = people.press_merge(url, REVIEWER, CPYTHON, number)
    teller.tell(f"   {REVIEWER} presses Merge on #{number}: {draft.status} {draft.words}")
    people.make_ready(url, REVIEWER, CPYTHON, number)
    lone = people.press_merge(url, REVIEWER, CPYTHON, number)
    teller.tell(f"   {REVIEWER} makes it ready, presses again: {lone.status} {lone.words}")
    teller.expect(
        draft.status == lone.status == 405 and "land-together" in lone.words,
        "a draft is not merged, and without the gate's check neither is a ready one",
    )


def _land(teller: Teller, url: str, numbers: dict[str, int]) -> None:
    *first, last = GROUP
    for stage in first:
        people.approve(url, REVIEWER, CPYTHON, numbers[stage])
    teller.chapter("Three of the four are approved. All or none, so: none.")
    teller.run(
        COORDINATOR, "land", "--group", "final", code=ExitCode.BLOCKED,
        shows=("Blocked", f"#{numbers[last]} has 0 of 1 approvals"),
    )  # fmt: skip
    people.approve(url, REVIEWER, CPYTHON, numbers[last])
    before = _master(url)
    teller.chapter("The fourth approval is there: all four land by one update of master.")
    teller.run(
        COORDINATOR, "land", "--group", "final",
        shows=("Landed: final, 4 of 4", "tree verified"),
    )  # fmt: skip
    after = _master(url)
    parents = _line(url, before, after)
    teller.expect(before != after and bool(parents), "master moved once, forward, to all four")
    for stage in GROUP:
        state = people.pull(url, CPYTHON, numbers[stage])
        teller.expect(
            state["state"] == "closed" and not state["merged"],
            f"#{numbers[stage]} ({stage}) is closed with a link: what landed is its clean patch, "
            "not the branch that it was reviewed on",
        )


def _master(url: str) -> str:
    found = people.act(url, "", "GET", f"/repos/{CPYTHON}/git/ref/heads/master").document
    return str(found["object"]["sha"])


def _line(url: str, before: str, after: str) -> bool:
    """Whether `after` is ahead of `before` and behind in nothing."""
    found = people.act(url, "", "GET", f"/repos/{CPYTHON}/compare/{before}...{after}").document
    return bool(found["behind_by"] == 0 and found["ahead_by"] >= len(GROUP))


def _numbers(teller: Teller) -> dict[str, int]:
    from stacker.series.lock import parse  # noqa: PLC0415 - needed once, at the end of submit

    lock = parse((teller.folder / "series.lock").read_bytes())
    return {line.stage: line.pull for line in lock.stages if line.pull is not None}
