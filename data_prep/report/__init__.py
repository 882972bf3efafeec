"""What a phrase store holds, in markdown and pictures."""
