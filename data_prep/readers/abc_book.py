"""Reads ABC tune books as raw parts: in plain ABC, through music21, voice overlays put into their bars.

music21 loses the tie of a chord, `[CE]4-|[CE]4`; it is put back from music21's own tokens.

In `ABcd & D4 |` the D sounds below the four notes. music21 reads an overlay as a further bar, so each layer
is read as a separate book with the same barlines, and its notes are put into the bars of the first.

Source: Walshaw, The ABC Music Standard 2.1 (2011), section 7.4, "voice overlay".
"""

from __future__ import annotations

import re
from typing import Any

from data_prep.grid.raw_part import RawPart
from data_prep.readers.abc import BARLINE, FIELD, TOKEN, plain_text
from data_prep.readers.notation import parse_notation, raw_parts

_TIED_CHORD = re.compile(r"\][\d/]*-")


def parse_abc(text: str) -> list[list[RawPart]]:
    """All parts of each tune of a book; ScoreError if the text is not ABC."""
    book = plain_text(text)
    scores, *layers = [_parsed(layer) for layer in overlay_texts(book.text)]
    for overlays in layers:
        for score, overlay in zip(scores, overlays, strict=True):
            _lay_over(score, overlay)
    tunes = [raw_parts(score) for score in scores]
    if len(book.carried) == len(tunes):
        for parts, carried in zip(tunes, book.carried, strict=True):
            parts[0].carried_accidentals = carried
    return tunes


def _parsed(text: str) -> list[Any]:
    """The scores of a plain book without overlays, ties of chords included."""
    scores = parse_notation(text, "abc")
    if _TIED_CHORD.search(text):
        from music21 import abcFormat, tie

        handler = abcFormat.ABCFile().readstr(text)
        tunes = list(handler.splitByReferenceNumber().values()) if len(scores) > 1 else [handler]
        for score, tune in zip(scores, tunes, strict=False):
            tokens = [token for token in tune.tokens if isinstance(token, abcFormat.ABCChord)]
            chords = list(score.recurse().getElementsByClass("Chord"))
            if len(_parts(score)) > 1 or len(chords) != len(tokens):
                continue  # with several voices, tokens and chords differ in order
            for chord, token in zip(chords, tokens, strict=True):
                for note in chord.notes if token.tie else ():
                    note.tie = tie.Tie(token.tie)
    return scores


def _lay_over(score: Any, overlay: Any) -> None:
    """Puts the notes of an overlay into the bars of a score, part by part and bar by bar."""
    for part, other in zip(_parts(score), _parts(overlay), strict=True):
        bars = zip(part.getElementsByClass("Measure"), other.getElementsByClass("Measure"), strict=False)
        for bar, layer in bars:
            for note in list(layer.notes):
                bar.insert(note.offset, note)


def _parts(score: Any) -> list[Any]:
    return list(score.parts) or [score]


def overlay_texts(text: str) -> list[str]:
    """A plain book with overlays -> one book per layer, the main one first; only the book if it has none.

    Every layer has the same barlines; a bar without the layer has a rest.
    """
    lines = text.splitlines()
    depth = 0
    parsed: list[list[str] | str] = []
    in_header = True
    for line in lines:
        if line.startswith("X:"):
            in_header = True
        is_music = not (in_header or FIELD.match(line) or line.startswith("%"))
        if line.startswith("K:"):
            in_header = False
        tokens = [match.group() for match in TOKEN.finditer(line)] if is_music else []
        parsed.append(tokens if is_music else line)
        depth = max(depth, _deepest(tokens))
    if not depth:
        return [text]
    return [
        "\n".join(line if isinstance(line, str) else _layer(line, layer) for line in parsed) + "\n"
        for layer in range(depth + 1)
    ]


def _deepest(tokens: list[str]) -> int:
    """The most `&` in a bar of a line."""
    depth = deepest = 0
    for token in tokens:
        depth = 0 if BARLINE.match(token) else depth + (token == "&")
        deepest = max(deepest, depth)
    return deepest


def _layer(tokens: list[str], wanted: int) -> str:
    """A line of music with one layer of each bar."""
    written: list[str] = []
    bars: list[list[list[str]]] = [[[]]]  # bar -> layer -> tokens
    lines: list[str] = []  # the barline after each bar
    for token in tokens:
        if BARLINE.match(token):
            lines.append(token)
            bars.append([[]])
        elif token == "&":
            bars[-1].append([])
        else:
            bars[-1][-1].append(token)
    for bar, barline in zip(bars, [*lines, ""], strict=True):
        if wanted < len(bar):
            written += bar[wanted]
        elif any(token.strip() for token in bar[0]):
            written.append(" z ")
        written.append(barline)
    return "".join(written)
