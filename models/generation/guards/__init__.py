"""Guards: further masks that keep a composer from long copies, stuck notes and foreign rhythms."""
