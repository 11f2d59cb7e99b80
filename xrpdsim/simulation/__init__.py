"""Simulated patterns: a crystal's lines, what sample and instrument do to them, rendering."""

from .lines import Lines

__all__ = ["Lines"]
