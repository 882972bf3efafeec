"""A finished generator's archive read by other libraries: miditoolkit and pretty_midi."""

from __future__ import annotations

from pathlib import Path

from submission.verify import Fault
from violin.archives import read_members
from violin.errors import MidiError
from violin.interop.second_readers import disagreements


def reader_faults(archive: str | Path) -> list[Fault]:
    """A fault for each difference between our reading of an archive's MIDI files and another library's.
    Files that we cannot read are skipped; `submission.verify` reports them."""
    archive = Path(archive)
    faults = []
    for member in read_members(archive, _is_midi):
        if not _is_midi(member.name) or not member.data:
            continue
        try:
            lines = disagreements(member.data, member.name)
        except MidiError:
            continue
        faults += [Fault(member.name, line.removeprefix(f"{member.name}: ")) for line in lines]
    return faults


def _is_midi(name: str) -> bool:
    return name.lower().endswith((".mid", ".midi"))
