"""Written music: a phrase on the grid as bars, voices, note values, ties, tuplets, beams and accidentals."""
