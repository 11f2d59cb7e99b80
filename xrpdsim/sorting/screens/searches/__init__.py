"""What is looked for once a screen is in groups: mixtures, and groups that may be two forms."""

from .group_parts import parts_of_groups
from .mixture_search import MixturesFound, search_mixtures

__all__ = ["parts_of_groups", "search_mixtures", "MixturesFound"]
