"""Values: the dataclasses of the standard library, declared at a tenth of their cost.

A command declares some eighty of them before it does anything else. For that, the standard
library loads half of what can look into Python code, and compiles six methods for each; here
one is compiled, and the others are the same for all. What a class does is the same, as far as
stacker asks: no value inherits from another, and none is ordered.
"""

from __future__ import annotations

import sys
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Class = type[Any]
    Fields = Mapping[str, "_Field"]

_NONE: Any = object()


class _Field:
    """One field of a value; its parts are called as in the standard library."""

    # Of another type than the standard library's, whose `replace` asks for it.
    _field_type = None
    name = ""

    def __init__(
        self,
        *,
        default: object = _NONE,
        default_factory: Callable[[], object] = _NONE,
        init: bool = True,
        repr: bool = True,  # noqa: A002 - its name there
        hash: bool | None = None,  # noqa: A002 - its name there
        compare: bool = True,
        metadata: Mapping[Any, Any] | None = None,
    ) -> None:
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.compare = init, repr, compare
        self.hash = compare if hash is None else hash
        self.metadata = metadata or {}


def _dataclass(
    cls: Class | None = None,
    /,
    *,
    frozen: bool = False,
    slots: bool = False,
    kw_only: bool = False,
    eq: bool = True,
) -> Any:  # noqa: ANN401 - a class, or what makes one of a class
    def declared(cls: Class) -> Class:
        fields = {name: _field_of(cls, name) for name in cls.__annotations__}
        cls = _made_anew(cls, fields) if slots else cls
        made: dict[str, object] = {
            "__match_args__": () if kw_only else tuple(n for n, f in fields.items() if f.init),
            "__init__": _init(cls, fields, frozen=frozen, kw_only=kw_only),
            "__repr__": _repr,
            **(_comparing(fields, frozen=frozen) if eq else {}),
            **(_FROZEN if frozen else {}),
            **(_PICKLED if frozen and slots else {}),
        }
        for name, value in made.items():
            if cls.__dict__.get(name) is None:  # what the class itself has stays
                setattr(cls, name, value)
        cls.__dataclass_fields__ = fields
        return cls

    return declared if cls is None else declared(cls)


def _field_of(cls: Class, name: str) -> _Field:
    said = cls.__dict__.get(name, _NONE)
    field = said if isinstance(said, _Field) else _Field(default=said)
    field.name = name
    if field.default is not _NONE:
        setattr(cls, name, field.default)
    elif said is not _NONE:
        delattr(cls, name)
    return field


def _made_anew(cls: Class, fields: Fields) -> Class:
    """The class with slots, which only a new class can have."""
    gone = {*fields, "__dict__", "__weakref__"}
    body = {name: value for name, value in cls.__dict__.items() if name not in gone}
    of: Any = type(cls)
    anew: Class = of(cls.__name__, cls.__bases__, {**body, "__slots__": tuple(fields)})
    anew.__qualname__ = cls.__qualname__
    return anew


def _init(cls: Class, fields: Fields, *, frozen: bool, kw_only: bool) -> Callable[..., None]:
    given: dict[str, object] = {"__none__": _NONE, "__set__": object.__setattr__}
    parameters, lines = [], ["pass"]
    for name, field in fields.items():
        value = name if field.init else f"__default_{name}__"
        parameter = name
        if field.default_factory is not _NONE:
            given[f"__make_{name}__"] = field.default_factory
            made = f"__make_{name}__()"
            value = f"{made} if {name} is __none__ else {name}" if field.init else made
            parameter = f"{name}=__none__"
        elif field.default is not _NONE:
            given[f"__default_{name}__"] = field.default
            parameter = f"{name}=__default_{name}__"
        elif not field.init:
            continue  # whoever made the class sets it
        if field.init:
            parameters.append(parameter)
        lines.append(f"__set__(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    star = ["*"] if kw_only and parameters else []
    head = f"def __init__(self, {', '.join([*star, *parameters])}):"
    body = "\n  ".join(lines)
    source = f"def make({', '.join(given)}):\n {head}\n  {body}\n return __init__"
    made_here: dict[str, Any] = {}
    exec(source, sys.modules[cls.__module__].__dict__, made_here)  # noqa: S102 - field names only
    init: Callable[..., None] = made_here["make"](**given)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {n: cls.__annotations__[n] for n, f in fields.items() if f.init}
    return init


def _comparing(fields: Fields, *, frozen: bool) -> dict[str, object]:
    compared = _getter([n for n, f in fields.items() if f.compare])
    hashed = _getter([n for n, f in fields.items() if f.hash])

    def __eq__(self: Any, other: object) -> Any:  # noqa: ANN401, N807 - whatever the fields say
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    def __hash__(self: Any) -> int:  # noqa: ANN401, N807 - of any class
        return hash(hashed(self))

    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}


def _getter(names: list[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


def _repr(self: Any) -> str:  # noqa: ANN401 - of any class
    fields: Fields = self.__dataclass_fields__
    shown = (f"{name}={getattr(self, name)!r}" for name, field in fields.items() if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_to_set(_self: object, name: str, _value: object) -> None:
    raise AttributeError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_self: object, name: str) -> None:
    raise AttributeError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:  # noqa: ANN401 - of any class
    return [getattr(self, name) for name in self.__dataclass_fields__]


def _restore(self: Any, state: list[object]) -> None:  # noqa: ANN401 - of any class
    for name, value in zip(self.__dataclass_fields__, state, strict=True):
        object.__setattr__(self, name, value)


_FROZEN = {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
_PICKLED = {"__getstate__": _state, "__setstate__": _restore}


def _fields(cls: Class) -> tuple[_Field, ...]:
    return tuple(cls.__dataclass_fields__.values())


def _replace(value: Any, /, **changes: object) -> Any:  # noqa: ANN401 - of any class
    fields: Fields = value.__dataclass_fields__
    kept = {n: getattr(value, n) for n, f in fields.items() if f.init and n not in changes}
    return value.__class__(**kept, **changes)


if TYPE_CHECKING:  # what is known of the standard library's holds for these
    from dataclasses import dataclass, field, fields, replace
else:
    dataclass, field, fields, replace = _dataclass, _Field, _fields, _replace

__all__ = ["dataclass", "field", "fields", "replace"]
