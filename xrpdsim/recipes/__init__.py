"""How the shipped weights are made and judged; nothing at inference imports it.

``python -m xrpdsim.recipes train`` makes them again: endless simulated rounds (`training_data`),
one long training (`weight_training`), then the choice of threshold and probabilities on simulated
crystals kept apart (`releasing`). ``evaluate`` and ``relatives`` judge them, on sets that nothing
was chosen on. Nothing here takes part when weights are loaded, trained further or used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support._later import imported_later

if TYPE_CHECKING:
    from .classical_tunings import classical_scores, classical_views
    from .figures_of_merit import ResampledPairs, expected_calibration_error, interval
    from .judging import compare_with_classical, reliability
    from .labelled_patterns import LabelledPatterns, together
    from .releasing import release
    from .report_sets import evaluation_sets, structure_patterns
    from .simulated_sets import simulated_campaign, simulated_families, simulated_relatives
    from .strain_curve import score_against_strain
    from .weight_training import Recipe, train_weights

__all__ = [
    "Recipe",
    "train_weights",
    "release",
    "LabelledPatterns",
    "together",
    "simulated_campaign",
    "simulated_families",
    "simulated_relatives",
    "evaluation_sets",
    "structure_patterns",
    "classical_scores",
    "classical_views",
    "ResampledPairs",
    "interval",
    "expected_calibration_error",
    "compare_with_classical",
    "reliability",
    "score_against_strain",
]

# Imported when first used: the processes that simulate ahead of a training do without torch.
_HOMES = {
    "Recipe": "weight_training",
    "train_weights": "weight_training",
    "LabelledPatterns": "labelled_patterns",
    "together": "labelled_patterns",
    "simulated_campaign": "simulated_sets",
    "simulated_families": "simulated_sets",
    "simulated_relatives": "simulated_sets",
    "evaluation_sets": "report_sets",
    "structure_patterns": "report_sets",
    "classical_scores": "classical_tunings",
    "classical_views": "classical_tunings",
    "ResampledPairs": "figures_of_merit",
    "interval": "figures_of_merit",
    "expected_calibration_error": "figures_of_merit",
    "compare_with_classical": "judging",
    "reliability": "judging",
    "release": "releasing",
    "score_against_strain": "strain_curve",
}

__getattr__, __dir__ = imported_later(__name__, _HOMES)
