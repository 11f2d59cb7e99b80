import json

import numpy as np
import pytest

from xrpdsim.recipes import __main__ as commands
from xrpdsim.recipes import report_sets
from xrpdsim.recipes.labelled_patterns import LabelledPatterns


@pytest.fixture
def data(tmp_path):
    """A folder with all that is reported on, but no pattern in it."""
    for name, split in (("structures", "report"), ("minerals", ""), ("organics", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "labels.csv").write_text(f"file,split\na.cif,{split}\n")
    return tmp_path


@pytest.fixture
def patterns(screen):
    X, form = screen
    return LabelledPatterns(X.astype(np.float32), np.where(form == 2, 1, 0), form)


@pytest.mark.parametrize("name", ["organic-1", "organic-2"])
def test_every_model_is_evaluated(data, patterns, capsys, monkeypatch, name):
    monkeypatch.setattr(report_sets, "simulated_campaign", lambda number: patterns)
    monkeypatch.setattr(report_sets, "structure_patterns", lambda folder, split: patterns)
    monkeypatch.setattr(report_sets, "measured_patterns", lambda folder: patterns)
    monkeypatch.setattr(
        commands, "compare_with_classical", lambda model, found: {"n": len(found.X)}
    )
    commands.main(["evaluate", str(data), "--name", name])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["set"] for row in rows] == [
        "simulated campaigns",
        "structures, report",
        "minerals",
        "organics",
    ]
    assert rows[-1]["n"] == 12


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "{data}", "--split", "rapport"], "the split 'rapport'; choose one of report"),
        (["evaluate", "{data}/nowhere"], "give a folder that holds structures, minerals and"),
        (["evaluate", "{data}", "--name", "organic"], "(choose from "),
        (["relatives", "--name", "organic"], "(choose from "),
    ],
)
def test_what_is_mistyped_is_refused_before_anything_is_simulated(
    data, capsys, monkeypatch, arguments, message
):
    monkeypatch.setattr(report_sets, "simulated_campaign", None)
    with pytest.raises(SystemExit, match="2"):
        commands.main([argument.format(data=data) for argument in arguments])
    assert message in capsys.readouterr().err
