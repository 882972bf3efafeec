"""What the left hand can play, and a fingering for it."""
