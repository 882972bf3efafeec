"""`violin lint`: check MIDI files and fix them."""
