"""Feeds one reader with what atheris makes of good files, guided by the code that they reach.

    pip install atheris    (no dependency of stacker; there are wheels for Linux and macOS)
    python tests/fuzz/fuzz.py plan|patch|lock|resolution [-max_total_time=180] [FOLDER | FILE]

All behind the name goes to libFuzzer. Inputs that reach new code are kept in FOLDER; FILE, an
input that failed, is fed once more.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

# Beside what is here: words and edits are those of the property tests.
sys.path.append(str(Path(__file__).parents[1] / "kit"))
_IN = "--in="


def main(words: list[str]) -> int:
    """Fuzz in another process: libFuzzer ends its own one in the midst, with all that is open."""
    with TemporaryDirectory(prefix="fuzz-") as folder:
        return subprocess.call([sys.executable, __file__, f"{_IN}{folder}", *words])


def fuzz(folder: Path, name: str, words: list[str]) -> None:
    """Does not return; the process ends with another code than 0 after a finding."""
    import atheris  # noqa: PLC0415 - not everywhere, and `main` does without it

    options = [word for word in words if word.startswith("-")]
    inputs = [Path(word).resolve() for word in words if not word.startswith("-")]
    options.insert(0, f"-artifact_prefix={Path.cwd()}/{name}-")
    from mutations import EDITS, NUMBERS, edited  # noqa: PLC0415 - as above

    with atheris.instrument_imports(include=["stacker", "tomllib", "email"]):
        import targets  # noqa: PLC0415 - instrumented only if it is loaded here

        with targets.TARGETS[name](folder / "watched") as target:
            if not inputs or not all(path.is_file() for path in inputs):
                inputs.append(written(folder / "seeds", target.seeds))
            (folder / "words").write_text("".join(map(escaped, target.words)), "ascii")
            options[:0] = [f"-dict={folder / 'words'}", "-timeout=10", "-max_len=16384"]

            def feed(raw: bytes) -> None:  # whatever is returned, libFuzzer would ask what it means
                target.feed(raw)

            def mutated(raw: bytes, most: int, seed: int) -> bytes:
                """By libFuzzer, or by an edit that knows of lines, numbers and words.

                What reaches new code is mostly refused somewhere else, so that good files would
                be left behind: every third input is one with a single edit.
                """
                chance = Random(seed)
                way = chance.randrange(3)
                if way == 0:
                    return bytes(atheris.Mutate(raw, most))
                if way == 1:
                    raw = chance.choice(target.seeds)
                edit, *places = chance.choice(EDITS), chance.random(), chance.random()
                word = chance.choice(NUMBERS if edit == "number" else target.words)
                return edited(raw, [(edit, *places, word)])[:most]

            arguments = [sys.argv[0], *options, *map(str, inputs)]
            atheris.Setup(arguments, feed, custom_mutator=mutated)
            atheris.Fuzz()


def written(folder: Path, seeds: tuple[bytes, ...]) -> Path:
    """A new folder that has each seed as a file."""
    folder.mkdir()
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_bytes(seed)
    return folder


def escaped(word: bytes) -> str:
    """A word as a line of libFuzzer's dictionaries."""
    return '"' + "".join(f"\\x{byte:02X}" for byte in word) + '"\n'


if __name__ == "__main__":
    first, *others = sys.argv[1:]
    if first.startswith(_IN):
        fuzz(Path(first.removeprefix(_IN)), others[0], others[1:])
    sys.exit(main(sys.argv[1:]))
