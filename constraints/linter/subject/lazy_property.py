"""A property that is computed once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

_Value = TypeVar("_Value")


class LazyProperty(Generic[_Value]):
    """A property computed once: `functools.cached_property` without its lock, which is slow before Python
    3.12. A subject is used by one thread and has a dozen such properties."""

    def __init__(self, work: Callable[[Any], _Value]) -> None:
        self.work = work
        self.__doc__ = work.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, subject: Any, owner: type) -> _Value:
        value = subject.__dict__[self.name] = self.work(subject)
        return value
