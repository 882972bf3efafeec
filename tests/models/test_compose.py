"""Composing for the command line and the library: order, independence, candidates, refusals."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constraints.decoding.scale import Scale
from constraints.linter.answers import check_redone
from models.compose import Composed, ComposeSettings, compose
from models.composer.checkpoint import Weights, save_weights
from models.generation.model import ComposerModel
from models.reranking.choice import Pick
from models.reranking.mixture import Mixture
from violin.errors import PairError, SettingsError
from violin.instrument import Tier
from violin.midi import phrase_bytes
from violin.music import Key, Meter, Note, Phrase
from violin.pair import Pair, Redo, continued, free_pair, outer_pair

PAIR = outer_pair(
    Phrase(tuple(Note(48 * beat, 62 + beat % 8, 48) for beat in range(32)), 8, key=Key(2)), 1, 1
)
WHOLE = Phrase(tuple(Note(48 * beat, 62 + beat % 8, 48) for beat in range(32)), 8, key=Key(2))
SHORT = replace(PAIR, bars=None)
FULL = replace(SHORT, beginning_bars=8, ending_bars=7)  # leaves a middle only in 16 bars


@pytest.fixture(scope="module")
def settings(untrained_weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> ComposeSettings:
    path = tmp_path_factory.mktemp("weights") / "untrained.safetensors"
    save_weights(path, untrained_weights)
    return ComposeSettings(("bach", "vivaldi"), bars=8, variations=2, weights=path)


def test_answers_come_by_pair_style_and_variation_and_each_is_handed_over_once(
    settings: ComposeSettings,
) -> None:
    handed: list[Composed] = []
    found = compose([("a", SHORT), ("b", free_pair())], settings, on_done=handed.append)
    order = [(one.name, one.request.composer, one.variation) for one in found]
    assert order == [(n, c, v) for n in "ab" for c in ("bach", "vivaldi") for v in (1, 2)]
    assert sorted(map(str, handed)) == sorted(map(str, found))
    assert len({one.answer.phrase.notes for one in found}) == len(found)
    assert {one.answer.phrase.bars for one in found} == {8}


def test_an_answer_does_not_depend_on_the_others(settings: ComposeSettings) -> None:
    together = compose([("a", SHORT), ("b", free_pair())], settings)
    assert compose([("b", free_pair())], settings) == together[4:]
    assert compose([("b", free_pair())], replace(settings, composers=("vivaldi",))) == together[6:]


def test_a_blend_is_between_its_composers_and_is_independent(settings: ComposeSettings) -> None:
    one = replace(settings, composers=("90bach+10vivaldi",), variations=1)
    [alone] = compose([("a", SHORT)], one)
    assert (alone.style, alone.request.composer) == ("90bach+10vivaldi", "bach")
    among = ("bach", "90 Bach + 10 Vivaldi", "vivaldi")
    together = compose([("a", SHORT)], replace(one, composers=among))
    assert [found.style for found in together] == ["bach", "90bach+10vivaldi", "vivaldi"]
    assert together[1] == alone
    assert len({found.answer.bits_per_note for found in together}) == 3
    with pytest.raises(SettingsError, match="the blend 'bach\\+verdi': unknown composer"):
        compose([("a", SHORT)], replace(one, composers=("bach+verdi",)))


def test_weights_are_read_once_until_their_file_changes(
    settings: ComposeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    load = ComposerModel.load

    def counted(file: Path, *arguments: Any) -> ComposerModel:
        read.append(file)
        return load(file, *arguments)

    monkeypatch.setattr(ComposerModel, "load", counted)
    assert settings.weights is not None
    path = tmp_path / "weights.safetensors"
    path.write_bytes(settings.weights.read_bytes())
    one = replace(settings, composers=("bach",), variations=1, weights=path)
    first = compose([("a", SHORT)], one)
    assert compose([("a", SHORT)], one) == first
    assert read == [path]
    os.utime(path, ns=(1, 1))
    assert compose([("a", SHORT)], one) == first
    assert read == [path, path]


def test_the_candidate_that_the_mixture_picks_is_kept(
    settings: ComposeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = replace(settings, composers=("bach",), variations=1)
    shown: list[int] = []

    def pick(self: Mixture, requests: object, answers: list[list[object]]) -> list[Pick]:
        shown.append(len(answers[0]))
        return [Pick(self.candidates - 1)]

    monkeypatch.setattr(Mixture, "pick", pick)
    [first], [last] = compose([("a", SHORT)], one), compose([("a", SHORT)], replace(one, candidates=3))
    assert shown == [3]
    assert last.answer.phrase != first.answer.phrase
    assert last.request.key == first.request.key


def test_a_pair_that_cannot_be_answered_is_raised_or_reported(settings: ComposeSettings) -> None:
    pairs: list[tuple[str, Pair]] = [("full", FULL), ("a", SHORT)]
    with pytest.raises(PairError, match="15 bars are given, which leave no room for a middle in 8"):
        compose(pairs, settings)
    errors: list[PairError] = []
    found = compose(pairs, settings, on_error=errors.append)
    assert {one.name for one in found} == {"a"}
    assert len(errors) == 1


@pytest.mark.parametrize("spans", [((4, 5),), ((3, 3), (6, 7)), ((1, 1),), ((8, 8),), ((1, 8),)])
def test_bars_of_a_phrase_are_composed_anew_and_the_others_stay(
    settings: ComposeSettings, spans: tuple[tuple[int, int], ...]
) -> None:
    redo = Redo(WHOLE, spans, "a")
    found = compose([("a", redo)], replace(settings, composers=("bach",), bars=None, variations=2))
    assert len({one.answer.phrase.notes for one in found}) == 2
    for one in found:
        phrase = one.answer.phrase
        kept = [note for note in WHOLE.notes if note.onset_ticks // WHOLE.bar_ticks in redo.kept_bars]
        assert [n for n in phrase.notes if n.onset_ticks // phrase.bar_ticks in one.given_bars] == kept
        assert (one.given_bars, one.new_bars) == (redo.kept_bars, redo.new_bars)
        assert phrase.key == WHOLE.key
        assert check_redone(phrase_bytes(phrase), "a", redo).own == ()
        assert one.answer.bits_per_note is not None


def test_bars_are_added_in_a_scale(settings: ComposeSettings) -> None:
    scale = Scale("A", "minor pentatonic")
    whole = continued(WHOLE, 3)
    for one in compose([("a", whole)], replace(settings, bars=None, scale=scale)):
        phrase = one.answer.phrase
        assert (phrase.bars, one.new_bars) == (11, (8, 9, 10))
        new = [note for note in phrase.notes if note.onset_ticks >= WHOLE.length_ticks]
        assert {note.pitch % 12 for note in new} <= set(scale.pitch_classes)
        assert phrase.notes[: len(WHOLE.notes)] == WHOLE.notes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"composers": ("liszt",)}, "unknown composer 'liszt'; legal: bach, "),
        ({"lowest": 90, "highest": 60}, "range F#6 to C4; legal: from low to high"),
        ({"avoid_copies": "always"}, "avoid_copies 'always'; legal: off, normal, strict"),
        ({"min_difference": 1.5}, "min_difference 1.5; legal: 0 to 1"),
        (
            {"lowest": 98, "highest": 103, "hardest": Tier.EASY},
            "no note from D7 to G7 is playable as asked",
        ),
        ({"temperature": 11.0}, "temperature 11.0; legal: 0 to 10"),
        ({"rhythm": Phrase((Note(0, 69, 48),), 8, Meter(3, 4))}, "the rhythm is in 3/4; legal: 4/4, as a is"),
    ],
)
def test_illegal_settings_are_refused_before_weights_are_read(
    changes: dict[str, object], message: str
) -> None:
    settings = replace(ComposeSettings(weights=Path("absent.safetensors")), **changes)
    with pytest.raises(SettingsError, match=message):
        compose([("a", SHORT)], settings)
