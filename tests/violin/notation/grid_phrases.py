"""Random phrases on the grid: runs, chords, triplets, held notes, rests, ties over barlines."""

from __future__ import annotations

from hypothesis import strategies as st

from violin.music import Key, Meter, Note, Phrase

METERS = (Meter(3, 4), Meter(4, 4), Meter(2, 4), Meter(6, 8), Meter(3, 8), Meter(5, 4), Meter(2, 2))
# Plain lengths, triplets, and lengths that have no single note value
LENGTHS = (3, 4, 6, 8, 9, 12, 16, 18, 24, 32, 36, 48, 64, 72, 96, 144, 1, 2, 5, 7, 13, 30, 60, 100, 200)


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    """A phrase of one to six bars; no two notes of one pitch overlap."""
    meter = draw(st.sampled_from(METERS))
    bars = draw(st.integers(1, 6))
    end = bars * meter.bar_ticks()
    free_from: dict[int, int] = {}  # pitch -> tick
    notes: list[Note] = []
    now = 0
    while now < end and len(notes) < 60:
        length = draw(st.sampled_from(LENGTHS))
        for pitch in draw(st.sets(st.integers(55, 100), max_size=3)):
            held = min(draw(st.sampled_from((length, length, length, 2 * length, 96))), end - now)
            if free_from.get(pitch, 0) <= now:
                notes.append(Note(now, pitch, held))
                free_from[pitch] = now + held
        now += length
    key = draw(st.none() | st.builds(Key, st.integers(-7, 7), st.booleans()))
    tempo = draw(st.sampled_from((500_000, 652_174, 1_000_000, 417_331)))
    return Phrase(tuple(notes) or (Note(0, 69, 3),), bars, meter, key, tempo)
