"""Further generators of our own, for the open mode alone: systems that the judge may learn from
when other machines' music is allowed.

Each learns from music by composers outside the eight, training works only, and writes the inner
bars between true outer bars as an entrant to the challenge would. They are built differently on
purpose: a recurrent network, a masked diffusion, a recombining oracle.
"""

from __future__ import annotations
