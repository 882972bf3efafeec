"""Training the composer."""
