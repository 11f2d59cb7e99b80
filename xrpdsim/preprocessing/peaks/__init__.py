"""Where the peaks of a pattern are, how far apart the planes, and how high the peaks stand."""

from .peak_search import PeakList, find_peaks

__all__ = ["find_peaks", "PeakList"]
