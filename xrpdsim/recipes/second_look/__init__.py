"""How a shipped second look is trained: families of crystals that are hard to tell apart.

Nothing measured is among them. `_sets` has the crystals kept apart, on which choices are made.
"""
