"""What the judge measures of a phrase."""
