"""Score files into raw violin parts."""
