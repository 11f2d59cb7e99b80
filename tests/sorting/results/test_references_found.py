import csv
import dataclasses
import io

import numpy as np
import pytest

from xrpdsim.sorting import ReferenceMatches, Screen
from xrpdsim.sorting.results import references_found, result_files


@pytest.fixture
def with_references(found):
    """Four references of three forms; what the patterns match is written down."""
    nearest = np.zeros(20, dtype=int)
    nearest[:12], nearest[12:] = 0, 2
    probabilities = np.where(np.arange(20) < 12, 0.9, 0.3)
    probabilities[3] = 0.99
    grid = found.screen.two_theta
    references = Screen(
        found.screen.X[:4], grid, ["a.xy", "a2.xy", "b.xy", "c.xy"], forms=["A", "A", "B", "C"]
    )
    forms = ["A"] + [None] * (len(found.group_names) - 1)
    of_references = np.full((20, 4), 0.05)
    of_references[np.arange(20), nearest] = probabilities
    matches = ReferenceMatches(np.zeros((20, 4)), nearest, probabilities, of_references)
    return dataclasses.replace(found, references=references, matches=matches, group_forms=forms)


def test_every_reference_is_accounted_for(with_references):
    rows = {row["reference"]: row for row in references_found(with_references).rows()}
    assert rows["a.xy"]["found"] == "yes"
    assert rows["a.xy"]["patterns"] == 12
    assert rows["a.xy"]["best_probability"] == 0.99
    assert rows["a.xy"]["groups"] == with_references.group_names[0]
    assert rows["a2.xy"]["found"] == "by another reference"
    assert rows["b.xy"]["found"] == "not found"
    assert rows["b.xy"]["best_probability"] == 0.3
    assert rows["c.xy"]["found"] == "not found"
    assert rows["c.xy"]["best_probability"] == 0.05


def test_the_table_is_among_the_files(with_references, found):
    text = result_files(with_references)["references_found.csv"].decode()
    assert len(list(csv.DictReader(io.StringIO(text)))) == 4
    assert "references_found.csv" not in result_files(found)
