"""The rules of the challenge and of the violin, for a linter and for a decoder."""
