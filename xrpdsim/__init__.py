"""Decide whether two X-ray powder diffraction patterns come from the same solid form."""

__version__ = "0.1.0"
