"""What the shipped weights are trained on: crystals, instruments, and endless rounds of both.

Patterns are simulated from a seed, never read from files, and no measured pattern is among them.
"""

from .instruments import draw_conditions
from .minerals import mineral_family
from .organics import TWO_THETA_MAX, organic_family
from .rounds import Round, simulate_round

__all__ = [
    "TWO_THETA_MAX",
    "organic_family",
    "mineral_family",
    "draw_conditions",
    "Round",
    "simulate_round",
]
