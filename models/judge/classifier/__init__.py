"""What the judge fits on its features."""
