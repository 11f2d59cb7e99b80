import json
import shutil

from xrpdsim.io.folder import files_of_folder
from xrpdsim.sorting import read_screen
from xrpdsim.sorting.screens._earlier_results import earlier_results


def test_results_of_an_earlier_run_are_no_samples(folder, tmp_path):
    screen = tmp_path / "screen"
    screen.mkdir()
    for path in sorted(folder.glob("plate1_*.xy"))[:4]:
        shutil.copy(path, screen)
    (screen / "typical").mkdir()
    shutil.copy(folder / "plate1_A01.xy", screen / "typical" / "Form I.xy")
    record = {"record": "xrpdsim sort", "results": [{"file": "typical/Form I.xy", "sha256": ""}]}
    (screen / "run.json").write_text(json.dumps(record))
    found = read_screen(screen)
    assert len(found.files) == 4
    earlier = dict(found.skipped)
    assert set(earlier) == {"run.json", "typical/Form I.xy"}
    assert set(earlier.values()) == {"written by an earlier xrpdsim sort"}


def test_other_files_of_that_name_are_files_like_any(tmp_path):
    (tmp_path / "a.xy").write_text("1 2\n")
    for text in ("{}", "[]", "no JSON", '{"record": "xrpdsim sort", "results": 3}'):
        (tmp_path / "run.json").write_text(text)
        assert earlier_results(files_of_folder(tmp_path)) == set()
