"""Every key and value that tomllib knows has its exact place."""

import datetime as dt
import tomllib

from hypothesis import given
from hypothesis import strategies as st

from stacker.series.plan.toml_places import toml_places

NASTY = '''\
top = 1 # a comment with = and [ and "
"quoted # key" = 'a # "literal" \\'
dotted . "in \\u0061 key" = "x"
dotted.more = { inline = [1, { deep = "}" }], "]" = '' }
long = """
two "" quotes, an escaped \\""" and # no comment
"""
ends = """a quote: """""
short = """"x"""
literal = \'\'\'
[not.a.header]
\'\'\'\'
empty = [""""""  , \'\'\'\'\'\', "", \'\',]
when = 1979-05-27 07:32:00 # not seconds
also = [1979-05-27 07:32:00, inf, -nan, 0x_dead] # broken below
multi = [ # a comment with ]
  "a", # one ,
  # between [
  [ "b", [ ] , ],
]
  [ table . 'sub' ] # behind
  key = true
[[table.list]]
[[table.list]] # the second
name = "\\"]"
[table.list.inside]
x = 1
[[table.list.nested]]
y = 2
[[table.list.nested]]
y = [3,
4]
[table]
late = "super-table after its parts"
'''.replace("0x_dead", "0xdead").replace("-nan", "-1")


def check_places(text):
    places = toml_places(text)
    known = set(leaves(tomllib.loads(text), ()))
    assert {path for path, _, _ in known} == set(places)
    for path, value, is_table in known:
        place = places[path]
        written = text[place.value : place.end]
        if written:
            assert tomllib.loads(f"x = {written}")["x"] == eval_of(value)
        else:
            assert is_table
            assert place.key == place.value
    return places


def leaves(value, path):
    """Each path with its value (as text, to be hashable) and whether a header may make it."""
    if path:
        yield path, repr(value), isinstance(value, (dict, list))
    elements = {dict: dict.items, list: enumerate}.get(type(value), lambda _: ())(value)
    for name, element in elements:
        yield from leaves(element, (*path, name))


def eval_of(text):
    return eval(text, {"datetime": dt, "inf": float("inf")})


def test_a_nasty_text():
    places = check_places(NASTY)
    at = places["table", "list", 1, "nested", 1, "y", 1]
    assert NASTY[at.value : at.end] == "4"
    assert NASTY[places["when",].value :].startswith("1979-05-27 07:32:00 #")
    assert NASTY[places["when",].end] == " "
    assert NASTY[places["dotted", "in a key"].key :].startswith('"in \\u0061 key"')


def test_a_text_without_an_end_of_line():
    assert toml_places("a = 'x'")["a",].end == 7
    assert toml_places("") == {}
    assert toml_places("# only a comment") == {}


BARE = st.text("abcAB01_-", min_size=1, max_size=4)


def basic(text):
    safe = (c if c.isalnum() or c in " #[]{}=," else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(safe)}"'


def glued(quote, pieces):
    """A string of several lines, of pieces that are trouble, but do not end it too early."""
    text = st.lists(st.sampled_from([*pieces, quote, quote * 2]), max_size=6).map("".join)
    fit = text.filter(lambda t: quote * 3 not in t.replace("\\" + quote, ""))
    return fit.map(lambda t: f"{quote * 3}{t}{quote * 3}")


BASIC = st.text(st.characters(exclude_categories=["Cs"]), max_size=6).map(basic)
LITERAL = st.text('ab #[]{}=,"\\', max_size=6).map(lambda text: f"'{text}'")
LONG_BASIC = glued('"', ["\n", "#", "\\\\", '\\"', "a", "]", "\\\n  "])
LONG_LITERAL = glued("'", ["\n", "#", "\\", "a"])
SCALARS = st.sampled_from(["1", "-2.5e3", "true", "1979-05-27", "07:32:00.5", "0b1", "1_000"])
KEYS = st.one_of(BARE, BASIC, LITERAL)
SPACE = st.sampled_from(["", " ", "\t"])
GAP = st.sampled_from(["", " ", "\n", " # ],[\n", "\n\n\t"])


def arrays(values):
    return st.tuples(st.lists(st.tuples(GAP, values, GAP), max_size=3), GAP, st.booleans()).map(
        lambda t: "[" + ",".join(f"{a}{v}{b}" for a, v, b in t[0])
        + ("," if t[0] and t[2] else "") + t[1] + "]"
    )  # fmt: skip


def inline_tables(values):
    pair = st.tuples(KEYS, SPACE, SPACE, values, SPACE)
    return st.lists(pair, max_size=3).map(
        lambda pairs: "{" + ",".join(f" {k}{a}={b}{v}{c}" for k, a, b, v, c in pairs) + "}"
    )


VALUES = st.recursive(
    st.one_of(BASIC, LITERAL, LONG_BASIC, LONG_LITERAL, SCALARS),
    lambda values: arrays(values) | inline_tables(values),
    max_leaves=6,
)
DOTTED = st.lists(KEYS, min_size=1, max_size=3).flatmap(
    lambda keys: st.sampled_from([".", " . "]).map(lambda dot: dot.join(keys))
)
COMMENT = st.sampled_from(["", "", ' # "it\'s" [a] = {'])
LINES = st.one_of(
    st.tuples(SPACE, DOTTED, SPACE, SPACE, VALUES, COMMENT).map(
        lambda t: f"{t[0]}{t[1]}{t[2]}={t[3]}{t[4]}{t[5]}"
    ),
    st.tuples(SPACE, DOTTED, COMMENT).map(lambda t: f"{t[0]}[{t[0]}{t[1]}]{t[2]}"),
    st.tuples(SPACE, DOTTED, COMMENT).map(lambda t: f"{t[0]}[[{t[1]}{t[0]}]]{t[2]}"),
    COMMENT,
)


def valid_part(lines):
    """The lines up to which the text is TOML: two of them may name one key."""
    kept = []
    for line in lines:
        try:
            tomllib.loads("\n".join([*kept, line]))
        except tomllib.TOMLDecodeError:
            continue
        kept.append(line)
    return "\n".join(kept)


@given(st.lists(LINES, max_size=8).map(valid_part))
def test_any_text_that_tomllib_accepts(text):
    check_places(text)
