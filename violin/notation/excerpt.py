"""What a phrase shows when it is written as a page of a longer piece."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A page of a piece.

    bar_numbers   the printed number of each bar; empty: counted from 1
    shows_meter   whether the time signature is written at the first bar
    shows_tempo   whether the metronome mark is written at the first bar
    is_last       whether the piece ends here, with a final barline
    """

    bar_numbers: tuple[str, ...] = ()
    shows_meter: bool = True
    shows_tempo: bool = True
    is_last: bool = True

    def number(self, index: int) -> str:
        """The printed number of a bar, by its place from 0.

        >>> Excerpt().number(0), Excerpt(("24", "25")).number(1)
        ('1', '25')
        """
        return self.bar_numbers[index] if index < len(self.bar_numbers) else str(index + 1)


WHOLE = Excerpt()
