"""What the tests of this folder share: a text to edit, and what to look at after a failure."""

from __future__ import annotations

import shutil
from dataclasses import replace

LINES = "".join(f"line {n}\n" for n in range(30))


def edited(*pairs):
    """The lines with some of them changed: (number, word)."""
    text = LINES
    for number, word in pairs:
        text = text.replace(f"line {number}\n", f"{word}\n")
    return text


def state(world):
    """What the series is: its files, and those of the newest operation."""
    return world.files(), world.git("rev-parse", "refs/stacker/head^{tree}")


def twin(world, name="twin"):
    """The same series directory elsewhere, as a copy."""
    home = world.home.with_name(name)
    shutil.copytree(world.home, home, symlinks=True)
    return replace(world, home=home)


def error_of(world, *arguments, code=1):
    """The error of a command that must fail in an orderly way, and change nothing."""
    before = state(world)
    document = world.stacker(*arguments, code=code)
    assert state(world) == before
    return orderly(document)


def orderly(document):
    """An error that a person can do something about."""
    error = document["error"]
    assert "bug" not in error["message"]
    assert "\n" not in error["message"]
    assert error["hint"]
    return error


def push(upstream, *commits, start):
    """Force-push: `master` goes on from `start`, whatever it had."""
    tip = upstream.add("pushed", *commits, start=start)
    upstream.git("update-ref", "refs/heads/master", tip)
    upstream.git("update-ref", "-d", "refs/heads/pushed")
    return tip
