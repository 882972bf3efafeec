"""Lint, fix, finger and compare phrases: the linter, the hand model and the copy index as functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from violin.api.reading import Source, kind_of, read_bytes, score_part
from violin.errors import NotationError, optional_libraries
from violin.midi import phrase_bytes
from violin.music import Phrase

if TYPE_CHECKING:
    from constraints.hand.fingering import HandPath
    from constraints.linter.finding import Finding
    from constraints.linter.fix import Fixed
    from models.evaluation.novelty_report import NoveltyReport
    from violin.pair import Pair


@optional_libraries()
def lint(
    source: Source | Phrase,
    *,
    profile: str = "submission",
    given: Pair | None = None,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    part: str | None = None,
    name: str | None = None,
) -> list[Finding]:
    """Every finding of the linter in a phrase or a file, errors first.

    `profile` is "submission", "prompt" or "corpus"; `select` and `ignore` take codes, prefixes or names of
    rules; `given` is the pair that the file answers. Findings in a score name its printed measures.
    RuleSelectionError for an unknown rule.

    >>> import violin
    >>> low = violin.Phrase((violin.Note(0, 50, 48),), bars=8, key=violin.Key())
    >>> [(finding.code, finding.place) for finding in violin.lint(low)]
    [('C041', 'bar 1 beat 1')]
    """
    from constraints.linter.check import check_bytes
    from constraints.linter.selection import Selection

    selection = Selection(select=tuple(select), ignore=tuple(ignore)).validate()
    if isinstance(source, Phrase):
        data, name = phrase_bytes(source), name or "phrase"
    else:
        data, name = read_bytes(source, name)
    if (kind := kind_of(data)) == "midi":
        return check_bytes(data, name=name, profile=profile, given=given, selection=selection)
    from data_prep.readers.score_midi import measured, part_bytes

    found = score_part(data, name, kind, part)
    findings = check_bytes(part_bytes(found), name=name, profile=profile, given=given, selection=selection)
    return measured(findings, found)


def fix(
    source: Source | Phrase, *, unsafe: bool = False, profile: str = "submission", name: str | None = None
) -> Fixed:
    """Apply the linter's fixes to a MIDI file; the result has `data` (its new bytes), `applied`, `refused`.

    Safe fixes do not change what sounds; `unsafe` also applies those that may.
    """
    from constraints.linter.fix import fix_bytes

    if isinstance(source, Phrase):
        data, name = phrase_bytes(source), name or "phrase"
    else:
        data, name = read_bytes(source, name)
    if kind_of(data) != "midi":
        raise NotationError(f"{name}: a score cannot be fixed; save it as MIDI first")
    return fix_bytes(data, name=name, profile=profile, unsafe=unsafe)


def fingering(phrase: Phrase) -> HandPath:
    """A playable fingering by the hand model: one step per onset, with string, fret and finger.

    Ticks are those of `phrase.on_grid()`; onsets that no hand can hold are in `unplayable`.

    >>> import violin
    >>> two = violin.Phrase((violin.Note(0, 69, 48), violin.Note(48, 71, 48)), bars=1)
    >>> print(*violin.fingering(two).steps)
    A0 open B4=A2/1
    """
    from constraints.hand.fingering import find_path
    from constraints.hand.playability import onset_sets

    grid = phrase.on_grid()
    return find_path(onset_sets([(note.onset_ticks, note.pitch) for note in grid.notes], grid.ticks_per_beat))


@optional_libraries()
def novelty(phrases: Phrase | Iterable[Phrase], *, outer_bars: int = 2) -> NoveltyReport:
    """What the inner notes of phrases copy from the shipped composer's training music.

    `outer_bars` are left out on each side, as bars that may have been given.
    """
    from models.evaluation.novelty_report import report_novelty
    from models.novelty import SHIPPED_INDEX, RunIndex

    listed = [phrases] if isinstance(phrases, Phrase) else list(phrases)
    named = [(str(index), phrase) for index, phrase in enumerate(listed)]
    return report_novelty(RunIndex.load(SHIPPED_INDEX), named, outer_bars)
