"""Which patterns of a sorted screen a person should look at, and why."""

from __future__ import annotations

from .sorted_screen import SortedScreen

# Below this mean probability a member of a group is listed as unsure, and so it is where another
# group comes as near as this to its own. That whole groups lie near each other is said once each.
_SURE = 0.8
_MARGIN = 0.4
_GROUPS_ARE_NEAR = 0.2


def find_doubts(found: SortedScreen) -> dict[int, list[str]]:
    """Return by row why a pattern should be looked at.

    Parameters
    ----------
    found : SortedScreen

    Returns
    -------
    dict of int to list of str
    """
    clusterer, screen = found.clusterer, found.screen
    doubts: dict[int, list[str]] = {}

    def doubt(row: int, reason: str) -> None:
        doubts.setdefault(int(row), []).append(reason)

    medoids = set(found.medoids)
    for row in range(len(screen.files)):
        label = clusterer.labels_[row]
        if found.flags.amorphous[row]:
            none = "no Bragg lines: amorphous"
            doubt(row, none if label < 0 else "hardly any Bragg lines: mostly amorphous")
        if found.flags.weak[row] and not found.flags.amorphous[row]:
            doubt(row, "few counts")
        if found.flags.saturated[row]:
            doubt(row, "the strongest line is cut off: detector saturated")
        if found.flags.cut[row]:
            doubt(row, f"only {found.flags.coverage[row]:.0%} of the range was measured")
        mixture = found.mixture_of(row)
        if mixture:
            whole = "so its group may be one of mixtures" if row in medoids else "likely mixture"
            doubt(row, f"{mixture}: {whole}")
        if label < 0 and not clusterer.amorphous_[row]:
            doubt(row, "like no other pattern: a form seen once, or a mixture or impurity")
        if label >= 0 and clusterer.probabilities_[row] < _SURE:
            doubt(
                row,
                f"fits its group with a mean probability of {clusterer.probabilities_[row]:.2f}",
            )
        near = clusterer.next_probabilities_[row]
        if near > _GROUPS_ARE_NEAR and (
            row in medoids or near > clusterer.probabilities_[row] - _MARGIN
        ):
            name = found.group_names[clusterer.next_groups_[row]]
            doubt(row, f"near {name} too (mean probability {near:.2f})")
    if found.nearest_reference and found.references is not None:
        form_of = dict(zip(found.references.files, found.references.forms, strict=True))
        for row, (reference, probability) in enumerate(found.nearest_reference):
            label = clusterer.labels_[row]
            if label < 0:
                if probability > 0.5 and not clusterer.amorphous_[row]:
                    doubt(row, f"matches the reference {reference} ({probability:.2f})")
                continue
            name = found.group_names[label].rsplit(" (", 1)[0]
            if probability > 0.5 and form_of[reference] != name:
                doubt(row, f"nearest to the reference {reference} ({probability:.2f})")
    for same in screen.duplicates():
        for row in same[1:]:
            doubt(row, f"byte for byte the same file as {screen.files[same[0]]}")
    return doubts
