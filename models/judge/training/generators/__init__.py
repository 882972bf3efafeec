"""Our further generators. Only the open mode uses them, in which the judge may be trained on other
machines' music.

Each is trained on training works by composers outside the eight and composes the inner bars between
true outer bars, like an entrant to the challenge. Their methods differ on purpose: a recurrent
network, a masked diffusion model, a recombining oracle.
"""

from __future__ import annotations
