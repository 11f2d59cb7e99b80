"""Screens too large for a matrix of all pairs: patterns are joined to nodes, and nodes linked."""

from .large_screen import group_large_screen
from .nearest_neighbours import join_neighbours, stars
from .portions import MOST_PROBABILITIES, N_REPRESENTATIVES, mean_probability, spread
from .weighted_nodes import link_nodes

__all__ = [
    "group_large_screen",
    "join_neighbours",
    "stars",
    "link_nodes",
    "MOST_PROBABILITIES",
    "N_REPRESENTATIVES",
    "mean_probability",
    "spread",
]
