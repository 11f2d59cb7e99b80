"""References that disagree with a group, or name a pattern that is in none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .._shown_screen import ShownScreen
from .question import Question

_MATCHES = 0.5


def other_references(shown: ShownScreen) -> Iterator[Question]:
    """Ask of patterns that match another form than that of their group, or are in no group."""
    found = shown.found
    references, matches, labels = found.references, found.matches, found.clusterer.labels_
    if references is None or matches is None:
        return
    disagree: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row in shown.measured_once:
        group, probability = int(labels[row]), float(matches.nearest_probabilities[row])
        reference = int(matches.nearest[row])
        form = references.forms[reference]
        if probability <= _MATCHES:
            continue
        if group < 0:
            yield Question(
                "reference",
                f"Is {found.screen.files[row]} {form}?",
                f"It fits no group, but matches the reference {references.files[reference]} "
                f"({form}, probability {probability:.2f}).",
                row,
                (row,),
                reference=reference,
                form=form,
                chance=probability,
            )
        elif form != found.group_forms[group]:
            disagree[group, form].append(row)
    for (group, form), rows in disagree.items():
        best = max(rows, key=lambda row: float(matches.nearest_probabilities[row]))
        reference = int(matches.nearest[best])
        name, probability = found.group_names[group], float(matches.nearest_probabilities[best])
        which = found.screen.files[best] if len(rows) == 1 else f"{len(rows)} patterns of {name}"
        verb = "matches" if len(rows) == 1 else "match"
        # a group is compared with the reference where no other member can stand for it
        other = found.typical_rows[group]
        whole = other in rows
        yield Question(
            "reference",
            f"Is {name} {form}?" if whole else f"Is {which} the form of the rest of {name}?",
            f"{which[0].upper()}{which[1:]} {verb} the reference {references.files[reference]} "
            f"({form}, probability {probability:.2f}).",
            other if whole else best,
            shown.members(group) if whole else tuple(rows),
            other=-1 if whole else other,
            reference=reference,
            form=form if whole else "",
            chance=probability,
        )
