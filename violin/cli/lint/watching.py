"""`violin lint --watch`: the files that change, as they change."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from violin.errors import ViolinError

SECONDS_BETWEEN_LOOKS = 0.5
_States = dict[str, tuple[int, int]]


def changes(
    named: Sequence[str], wait: Callable[[float], object] | None = None
) -> Iterator[tuple[list[str], list[str]]]:
    """(changed or new files, vanished files) each time that there are any; never ends by itself.

    `named` are files, folders and patterns. They are looked at twice a second: that works on every system
    and on network drives. `wait` is `time.sleep` unless another is given.
    """
    wait = wait or time.sleep
    before = _states(named)
    while True:
        wait(SECONDS_BETWEEN_LOOKS)
        now = _states(named)
        changed = [name for name, state in now.items() if before.get(name) != state]
        vanished = [name for name in before if name not in now]
        if changed or vanished:
            yield changed, vanished
        before = now


def _states(named: Sequence[str]) -> _States:
    """The time and the size of each file; what is not there at the moment is left out."""
    from constraints.linter.files import sources

    states: _States = {}
    for name in named:
        try:
            is_one = Path(name).is_file()
            places = [name] if is_one else [source.name for source in sources([name]) if source.path]
        except ViolinError:
            continue
        for place in places:
            try:
                found = Path(place).stat()
            except OSError:
                continue
            states[place] = (found.st_mtime_ns, found.st_size)
    return states
