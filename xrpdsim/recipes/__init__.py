"""How the shipped weights are made and judged; nothing at inference imports it.

``python -m xrpdsim.recipes train`` makes them again.
"""
