"""`demo`: the whole life of the flagship on the embedded forge."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from stacker import settings
from stacker.cli.context import Options
from stacker.demo.story import Ran, Teller, play
from stacker.errors import UsageError
from stacker.git import helper
from stacker.render.terminal import Answer

_TO_TRY = """\
The folder is yours to play in: {folder}
  cd {folder}
  stacker status
  stacker undo                              # and again, to take that back
  stacker land --group final                # landed before: says so, changes nothing
  stacker doctor
  STACKER_DEMO_USER=zooba stacker gate      # as the coordinator; paulmon is the porter"""


def demo(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option("--dir", help="Default: a new folder for temporary files.")
    ] = None,
) -> Answer:
    """Play the flagship's whole life: rebase, verify, submit, gate, land together."""
    options: Options = context.obj
    target = Path(tempfile.mkdtemp(prefix="stacker-demo-")) if folder is None else folder
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{str(folder)!r} is not empty", hint="Name a new folder.")
    target = target.resolve() / "win-arm32"
    started = time.monotonic()

    def shell(who: str, *args: str) -> Ran:
        command = [settings.python(), "-m", "stacker", *args]
        return Ran(*helper.run(command, target, settings.as_demo_user(who)))

    teller = Teller(target, shell, options.terminal.tell)
    play(teller)
    seconds = time.monotonic() - started
    text = (
        f"\n{teller.step} steps in {seconds:.0f} s, each as told.\n{_TO_TRY.format(folder=target)}"
    )
    document = {"folder": str(target), "steps": teller.step, "seconds": round(seconds, 1)}
    return Answer(document, text)
