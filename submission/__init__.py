"""The challenge's archives: read, composed, judged, packed, verified."""
