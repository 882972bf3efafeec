"""Long work in parts over worker processes, resumable."""
