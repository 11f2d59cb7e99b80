import pytest

from xrpdsim.commands import main


@pytest.mark.parametrize(
    "arguments",
    [
        ["compare", "{tmp}/none.xy", "{tmp}/none.xy"],
        ["benchmark", "--patterns", "60", "--out", "{tmp}/file"],
        ["benchmark", "--patterns", "60", "--out", "{tmp}/file/results"],
        ["simulate", "{tmp}/file", "--patterns", "60"],
    ],
)
def test_what_the_system_refuses_is_one_line_with_the_path(tmp_path, capsys, arguments):
    (tmp_path / "file").touch()
    assert main([argument.format(tmp=tmp_path) for argument in arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("xrpdsim: ")
    assert str(tmp_path) in line
    assert "Errno" not in line
