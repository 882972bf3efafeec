"""Raw parts onto the grid of bars and beats."""
