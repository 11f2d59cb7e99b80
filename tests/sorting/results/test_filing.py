import pytest

from xrpdsim.sorting.results import describe_run, file_results, result_files, verify_record


@pytest.fixture
def run(found, folder, tmp_path):
    return describe_run(found, tmp_path / "run.json", folder=folder)


def test_typical_patterns_of_groups_that_are_no_more_are_removed(run, tmp_path):
    report = {"report_a.html": b"a"}
    file_results(tmp_path, {"typical/a.xy": b"1", "typical/b.xy": b"2", **report}, run)
    (tmp_path / "typical" / "b.xy").write_bytes(b"edited")
    (tmp_path / "typical" / "own.xy").write_bytes(b"mine")
    file_results(tmp_path, {"typical/c.xy": b"3"}, run)
    left = sorted(path.name for path in (tmp_path / "typical").iterdir())
    assert left == ["b.xy", "c.xy", "own.xy"]
    assert (tmp_path / "report_a.html").exists()


def test_a_folder_holds_the_tables_of_one_run(run, tmp_path):
    tables = {"references_found.csv": b"1", "changes.csv": b"2", "forms.xlsx": b"3"}
    file_results(tmp_path, {"forms.csv": b"0", **tables}, run)
    (tmp_path / "changes.csv").write_bytes(b"edited")
    file_results(tmp_path, {"forms.csv": b"4"}, run)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["changes.csv", "forms.csv", "run.json"]


def test_all_or_none(run, tmp_path):
    (tmp_path / "run.json").write_text("before")
    (tmp_path / "forms.csv").mkdir()
    with pytest.raises(OSError, match=r"forms\.csv"):
        file_results(tmp_path, {"typical/a.xy": b"1", "forms.csv": b"2"}, run)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["forms.csv", "run.json"]
    assert (tmp_path / "run.json").read_text() == "before"


def test_what_is_filed_is_as_recorded(found, run, folder, tmp_path):
    written = file_results(tmp_path, result_files(found, run_id=run["run"]), run)
    assert written[-1] == tmp_path / "run.json"
    assert all(path.is_file() for path in written)
    assert verify_record(written[-1]).changes == []


def test_there_may_be_more_files_than_can_be_open(run, tmp_path):
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, limits[1]))
    try:
        file_results(tmp_path, {f"typical/{k}.xy": b"1" for k in range(300)}, run)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert len(list((tmp_path / "typical").iterdir())) == 300
