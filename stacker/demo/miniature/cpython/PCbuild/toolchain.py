"""A toy C toolchain: it preprocesses, checks and links by symbol names, and makes no code."""

import json
import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
      | (?P<number>\d\w*) | (?P<name>[A-Za-z_]\w*) | (?P<other>\S)""",
    re.VERBOSE,
)
COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|/\*.*?\*/|//[^\n]*', re.DOTALL)
CLOSING = {")": "(", "]": "[", "}": "{"}
NOT_CALLED = {"if", "while", "for", "switch", "return", "sizeof", "defined"}
SYSTEM_HEADERS = {"stdio.h", "stdlib.h", "string.h", "windows.h"}


class BuildError(Exception):
    """Something in the tree keeps it from being built."""


@dataclass(frozen=True)
class Library:
    """What a project can be linked with."""

    name: str
    version: str
    exports: frozenset


@dataclass
class Unit:
    """One compiled source: what it defines, what it calls (and where), its constants."""

    defined: set = field(default_factory=set)
    static: set = field(default_factory=set)
    called: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Image:
    """A linked .pyd or .dll."""

    target: str
    exports: frozenset
    imports: dict
    constants: dict

    def as_library(self):
        return Library(self.target, "", self.exports)

    def text(self):
        parts = {"exports": sorted(self.exports), "imports": self.imports}
        return json.dumps(parts | {"constants": self.constants}, indent=1, sort_keys=True)


class Preprocessor:
    """`#include`, `#define`, `#if` and their kin, for one source."""

    def __init__(self, macros, include, arch):
        self.macros = dict(macros)
        self._include = include
        self._arch = arch
        self._seen = set()
        self.lines = []

    def read(self, path):
        if path in self._seen:
            return
        self._seen.add(path)
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as exc:
            raise BuildError(f"{path.name}: cannot be read ({exc.strerror})") from exc
        text = COMMENT.sub(lambda m: m[0] if m[0][0] == '"' else "\n" * m[0].count("\n"), text)
        open_ifs = []  # one [taken now, taken before] for each #if around the line
        for number, line in enumerate(text.splitlines(), 1):
            directive = re.match(r"\s*#\s*(\w+)\s*(.*?)\s*$", line)
            try:
                if directive is not None:
                    self._obey(path, open_ifs, *directive.groups())
                elif all(taken for taken, _ in open_ifs):
                    self.lines.append((path, number, line))
            except ValueError as exc:
                place = "/".join(path.parts[-3:])
                raise BuildError(f"{place}({number}): error for {self._arch}: {exc}") from exc
        if open_ifs:
            raise BuildError(f"{path.name}: an #if has no #endif")

    def _obey(self, path, open_ifs, word, rest):
        live = all(taken for taken, _ in open_ifs)
        if word in ("if", "ifdef", "ifndef"):
            true = live and self._holds(word, rest)
            open_ifs.append([true, true])
        elif word in ("elif", "else", "endif"):
            self._turn(open_ifs, word, rest)
        elif live and word == "error":
            raise ValueError(rest)
        elif live and word == "include":
            self._find(path, rest)
        elif live and word == "define":
            name, _, value = rest.partition(" ")
            self.macros[name] = value.strip()
        elif live and word == "undef":
            self.macros.pop(rest, None)

    def _turn(self, open_ifs, word, rest):
        if not open_ifs:
            raise ValueError(f"#{word} without #if")
        taken, before = open_ifs.pop()
        if word == "endif":
            return
        live = all(outer for outer, _ in open_ifs)
        true = live and not before and (word == "else" or self._holds("if", rest))
        open_ifs.append([true, before or true])

    def _holds(self, word, rest):
        if word != "if":
            return (rest in self.macros) == (word == "ifdef")
        text = re.sub(r"defined\s*\(?\s*(\w+)\s*\)?", lambda m: str(int(m[1] in self.macros)), rest)
        text = re.sub(r"[A-Za-z_]\w*", lambda m: self.macros.get(m[0]) or "0", text)
        if not re.fullmatch(r"(?:0x[\dA-Fa-f]+|\d+|&&|\|\||[!=<>]=|[!<>()\s])*", text):
            raise ValueError(f"cannot read the condition {rest}")
        text = re.sub(r"!(?!=)", " not ", text.replace("&&", " and ").replace("||", " or "))
        return bool(eval(text, {"__builtins__": {}}))  # only numbers and operators are left

    def _find(self, path, rest):
        name = rest.strip('"<>')
        folders = [path.parent, *self._include] if rest.startswith('"') else self._include
        for folder in folders:
            if (folder / name).is_file():
                return self.read(folder / name)
        if name not in SYSTEM_HEADERS:
            raise ValueError(f"no header {name}")
        return None


def compile_c(path, macros, include, arch):
    """Check one C source and find its symbols."""
    reader = Preprocessor(macros, include, arch)
    reader.read(path)
    tokens = list(expand(reader.lines, reader.macros))
    check_brackets(tokens, path)
    unit = Unit()
    for name, value in reader.macros.items():
        if re.fullmatch(r'"[^"]*"|\d+|0x[\dA-Fa-f]+', value):
            unit.constants[name] = json.loads(value) if value[0] == '"' else int(value, 0)
    find_symbols(tokens, unit)
    return unit


def expand(lines, macros):
    """The tokens as (kind, text, path, line), macros replaced."""
    for path, number, line in lines:
        for match in TOKEN.finditer(line):
            text, tries = match[0], 0
            while match.lastgroup == "name" and macros.get(text) and tries < 8:
                text, tries = macros[text], tries + 1
            for part in TOKEN.finditer(text) if tries else (match,):
                yield part.lastgroup, part[0], path, number


def check_brackets(tokens, path):
    stack = []
    for _, text, place, number in tokens:
        if text in CLOSING.values():
            stack.append(text)
        elif text in CLOSING and (not stack or stack.pop() != CLOSING[text]):
            raise BuildError(f"{place.name}({number}): {text} closes nothing")
    if stack:
        raise BuildError(f"{path.name}: a {stack[-1]} is never closed")


def find_symbols(tokens, unit):
    """Functions defined at the top, functions called inside of them."""
    depth, static = 0, False
    for i, (kind, text, path, number) in enumerate(tokens):
        depth += (text == "{") - (text == "}")
        static = text == "static" or (static and text not in ";}")
        if kind != "name" or tokens[i + 1 : i + 2] == [] or tokens[i + 1][1] != "(":
            continue
        if depth and text not in NOT_CALLED:
            unit.called.setdefault(text, f"{path.name}({number})")
        elif not depth and after_parentheses(tokens, i + 1) == "{":
            (unit.static if static else unit.defined).add(text)


def after_parentheses(tokens, i):
    """The text of the token behind the parenthesis that opens at `i`."""
    depth = 0
    for j in range(i, len(tokens) - 1):
        depth += (tokens[j][1] == "(") - (tokens[j][1] == ")")
        if depth == 0:
            return tokens[j + 1][1]
    return ""


def assemble(path):
    """The procedures of an assembler source."""
    return Unit(defined=set(re.findall(r"^(\w+) PROC\b", path.read_text(encoding="utf-8"), re.M)))


def read_system(path):
    """The system's libraries, one `LIBRARY name` and its exports after the other."""
    text = re.sub(r";.*", "", path.read_text(encoding="utf-8"))
    parts = [part.split() for part in text.split("LIBRARY")[1:]]
    return [Library(name, "", frozenset(exports)) for name, *exports in parts]


def link(target, units, libraries):
    """Find every called function in the units or in a library."""
    defined = set().union(*(unit.defined for unit in units))
    source = {name: library for library in reversed(libraries) for name in library.exports}
    imports, missing = {}, []
    for unit in units:
        for name, place in unit.called.items():
            if name in source:
                imports[name] = f"{source[name].name} {source[name].version}".strip()
            elif name not in defined and name not in unit.static:
                missing.append(f"{place}: unresolved symbol {name}")
    if missing:
        raise BuildError("; ".join(sorted(missing)))
    constants = {}
    for unit in units:
        constants.update(unit.constants)
    return Image(target, frozenset(defined), imports, constants)
