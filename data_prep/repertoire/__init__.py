"""What scores ask of the hand: chords and fingerings of real music."""
