"""A property that is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Value = TypeVar("_Value")


class LazyProperty(Generic[_Value]):
    """A property worked out once, as `functools.cached_property` without the lock that it takes before
    Python 3.12: a subject belongs to one thread, and has a dozen of them."""

    def __init__(self, work: Callable[[Any], _Value]) -> None:
        self.work = work
        self.__doc__ = work.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, subject: Any, owner: type) -> _Value:
        value = subject.__dict__[self.name] = self.work(subject)
        return value
