"""How good the judge is."""
