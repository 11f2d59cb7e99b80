"""Put the tables and figures of the runs in benchmarks/folds into docs/benchmarks.md.

    python benchmarks/benchmarks_page.py

What stands between two marks of the page, such as `<!-- minerals paper -->` and `<!-- end -->`, is
replaced. Figures in its sentences are not: read them again afterwards.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from xrpdsim._support._files import write_atomically
from xrpdsim.evaluation.benchmark import format_table, unpack, write_report
from xrpdsim.evaluation.benchmark._fold_files import FoldFiles
from xrpdsim.evaluation.benchmark._provenance import read_run

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
FIGURES = {"well-plate": "benchmark_well_plate.png", "minerals": "benchmark_minerals.png"}


def main() -> None:
    page = PAGE.read_text("utf-8")
    for path in sorted((ROOT / "benchmarks" / "folds").glob("*.xz")):
        for part, text in parts_of_run(path).items():
            page = between_marks(page, f"{path.stem} {part}", text)
    with write_atomically(PAGE) as file:
        file.write(page)


def parts_of_run(packed: Path) -> dict[str, str]:
    """Return the paper's table, the other tables and the versions of a run; write its figure."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        unpack(packed, out)
        run = read_run(out / "run.json")
        results, refused = FoldFiles(out / "folds", run["settings"]).read()
        if refused:
            raise SystemExit(f"{packed}: folds that cannot be read: {refused}")
        write_report(out, results)
        figure = ROOT / "docs" / "figures" / FIGURES[packed.stem]
        figure.write_bytes((out / "figure.png").read_bytes())
    report = format_table(results, run)
    paper, rest = report.split("\nColumns named paper")
    tables, data = rest.split("\nData: ")
    return {
        "paper": paper.strip(),
        "tables": tables[tables.index("\n| Row") :].strip(),
        "versions": data[data.index("\nRun ") :].strip(),
    }


def between_marks(page: str, name: str, text: str) -> str:
    """Return the page with the text between the marks of this name."""
    pattern = rf"(<!-- {name} -->\n).*?(\n<!-- end -->)"
    page, n_found = re.subn(pattern, lambda m: f"{m[1]}\n{text}\n{m[2]}", page, flags=re.S)
    if n_found != 1:
        raise SystemExit(f"{PAGE}: {n_found} places are marked <!-- {name} -->, one is needed")
    return page


if __name__ == "__main__":
    main()
