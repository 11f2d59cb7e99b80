"""What damaged files do to the readers: refused, read right, or read wrong in silence.

    python benchmarks/mutated_files.py [--files 100000] [--seed 0] [--out results/mutated.json]

Every format's sample file of the tests is damaged at random, file i always in the same way, and
read. Any other exception than the library's own, a file that takes over 5 seconds, and more than
300 MB of memory are counted as failures. With --out, what is done is kept every 2000 files, and
the same command goes on from there.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import resource
import signal
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from types import FrameType

import numpy as np

from xrpdsim._support._files import write_atomically
from xrpdsim._support._table import Table
from xrpdsim.io import PatternFileError, read_pattern, read_patterns
from xrpdsim.io.errors import ReaderFailure
from xrpdsim.patterns import Pattern

LIMIT_SECONDS = 5.0
LIMIT_MEGABYTES = 300.0
PORTION = 2000
OTHER_LINE = 3e-4  # angstrom; less moves no line by half a step of the grid up to 42 degrees
NUMBERS = [b"1e308", b"-1e308", b"1e-320", b"0", b"-1", b"nan", b"inf", b"1_0", b"99999999999", b""]
ENCODINGS = ("utf-16", "utf-16-le", "utf-8-sig")
OUTCOMES = (
    "refused", "same axis", "part of it", "other axis, warned", "other axis, in silence",
    "other wavelength, in silence", "failures",
)  # fmt: skip


def sample_files() -> tuple[dict[str, bytes], np.ndarray, np.ndarray]:
    """Return a file of every format, and the angles and counts that all hold."""
    path = Path(__file__).parents[1] / "tests" / "io" / "conftest.py"
    spec = importlib.util.spec_from_file_location("sample_files", path)
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    files = {name: encode() for name, encode in module.ENCODERS.items()}
    for form in ("ESD", "FXYE"):
        files[f"gsas {form}"] = module.gsas(form)
    files["uxd with angles"] = module.uxd("_2THETACOUNTS")
    files["raw3 with angles"] = module.raw3(
        module.raw3_range(module.START, module.STEP, module.COUNTS, angles=module.TWO_THETA)
    )
    return files, module.TWO_THETA, module.COUNTS.astype(float)


def mutated(content: bytes, generator: np.random.Generator) -> bytes:
    """Damage a file in one to three ways; of archives, half the time what they hold."""
    if content.startswith(b"PK") and generator.random() < 0.5:
        return _repacked(content, generator)
    for _ in range(generator.integers(1, 4)):
        content = _DAMAGES[generator.integers(len(_DAMAGES))](bytearray(content), generator)
    return bytes(content)


def _repacked(content: bytes, generator: np.random.Generator) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = sorted(members)[generator.integers(len(members))]
    members[name] = mutated(members[name], generator)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return file.getvalue()


def _flip(content: bytearray, generator: np.random.Generator) -> bytes:
    for _ in range(generator.integers(1, 5)):
        if content:
            content[generator.integers(len(content))] = generator.integers(256)
    return bytes(content)


def _flip_bit(content: bytearray, generator: np.random.Generator) -> bytes:
    if content:
        content[generator.integers(len(content))] ^= 1 << generator.integers(8)
    return bytes(content)


def _cut(content: bytearray, generator: np.random.Generator) -> bytes:
    return bytes(content[: generator.integers(len(content) + 1)])


def _lose_block(content: bytearray, generator: np.random.Generator) -> bytes:
    start, length = generator.integers(len(content) + 1), generator.integers(1, 200)
    return bytes(content[:start] + content[start + length :])


def _repeat_block(content: bytearray, generator: np.random.Generator) -> bytes:
    start, length = generator.integers(len(content) + 1), generator.integers(1, 200)
    return bytes(content[: start + length] + content[start:])


def _change_digit(content: bytearray, generator: np.random.Generator) -> bytes:
    digits = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    if digits:
        content[digits[generator.integers(len(digits))]] = generator.integers(48, 58)
    return bytes(content)


def _change_number(content: bytearray, generator: np.random.Generator) -> bytes:
    digits = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    if not digits:
        return bytes(content)
    start = end = digits[generator.integers(len(digits))]
    number = b"0123456789.+-eE"
    while start > 0 and content[start - 1] in number:
        start -= 1
    while end < len(content) and content[end] in number:
        end += 1
    return bytes(content[:start] + NUMBERS[generator.integers(len(NUMBERS))] + content[end:])


def _extreme_field(content: bytearray, generator: np.random.Generator) -> bytes:
    start = generator.integers(len(content) + 1)
    fields = [bytes(4), b"\xff" * 4, b"\xff\xff\xff\x7f", b"\x00\x00\x80\x7f", b"\x01\0\0\0"]
    content[start : start + 4] = fields[generator.integers(len(fields))]
    return bytes(content)


def _swap_lines(content: bytearray, generator: np.random.Generator) -> bytes:
    lines = bytes(content).split(b"\n")
    a, b = generator.integers(len(lines), size=2)
    lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def _write_otherwise(content: bytearray, generator: np.random.Generator) -> bytes:
    text = bytes(content)
    if generator.random() < 0.5:
        return text.replace(b"\n", (b"\r", b"\r\n")[generator.integers(2)])
    encoding = ENCODINGS[generator.integers(len(ENCODINGS))]
    return text.decode("latin-1").encode(encoding)


_DAMAGES = (
    _flip, _flip_bit, _cut, _lose_block, _repeat_block, _change_digit, _change_number,
    _extreme_field, _swap_lines, _write_otherwise,
)  # fmt: skip


def outcome(
    path: Path, two_theta: np.ndarray, counts: np.ndarray, wavelength: float | None
) -> tuple[str, str]:
    """Read a file; return what came of it, and what failed."""
    start = time.perf_counter()
    failure, patterns = "", []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        signal.setitimer(signal.ITIMER_REAL, LIMIT_SECONDS)
        try:
            read_patterns(path)
            patterns = [read_pattern(path)]
        except ReaderFailure as error:
            failure = f"unknown to its reader: {error}"
        except PatternFileError:
            pass
        except BaseException as error:
            failure = f"{type(error).__name__}: {error}"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    if time.perf_counter() - start > LIMIT_SECONDS:
        failure = f"took {time.perf_counter() - start:.1f} s"
    if failure:
        return "failures", failure
    if not patterns:
        return "refused", ""
    kinds = {_kind(pattern, two_theta, counts) for pattern in patterns}
    if "other" in kinds:
        return ("other axis, warned" if caught else "other axis, in silence"), ""
    # A file that lost its wavelength asks for it; only another one misleads.
    others = {pattern.wavelength for pattern in patterns} - {None, wavelength}
    if any(abs(other - (wavelength or 0)) > OTHER_LINE for other in others) and not caught:
        return "other wavelength, in silence", ""
    return ("part of it" if "part" in kinds else "same axis"), ""


def _kind(pattern: Pattern, two_theta: np.ndarray, counts: np.ndarray) -> str:
    """Say whether angles are those of the sample file, part of them, or others."""
    n_points = pattern.two_theta.size
    if n_points == two_theta.size and np.abs(pattern.two_theta - two_theta).max() < 1e-3:
        return "same"
    nearest = np.abs(pattern.two_theta[:, None] - two_theta).argmin(axis=1)
    there = np.abs(pattern.two_theta - two_theta[nearest]).max() < 1e-3
    # Angles that are another part of the same grid are wrong where the counts are not theirs.
    if there and n_points < two_theta.size:
        agree = np.isclose(pattern.intensity, counts[nearest], rtol=1e-4)
        if agree.mean() > 0.8:
            return "part"
    return "other"


def run(n_files: int, seed: int, out: Path | None = None) -> dict[str, Counter[str]]:
    """Damage and read files; return outcomes by format, with up to three failures of each."""
    files, two_theta, counts = sample_files()
    wavelengths = {name: None if name in ("chi", "plain counts") else 1.5406 for name in files}
    names = list(files)
    done, found = _kept(out, seed, names)
    earlier = signal.signal(signal.SIGALRM, _too_long)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a"
            for number in range(done, n_files):
                name = names[number % len(names)]
                path.write_bytes(mutated(files[name], np.random.default_rng([seed, number])))
                what, failure = outcome(path, two_theta, counts, wavelengths[name])
                found[name][what] += 1
                if failure:
                    found[name][f"file {number}: {failure}"] += 1
                if out is not None and ((number + 1) % PORTION == 0 or number + 1 == n_files):
                    with write_atomically(out) as file:
                        json.dump({"seed": seed, "done": number + 1, "found": found}, file)
    finally:
        signal.signal(signal.SIGALRM, earlier)
    return found


def _kept(out: Path | None, seed: int, names: list[str]) -> tuple[int, dict[str, Counter[str]]]:
    """Return how many files an earlier run read, and what it found."""
    if out is None or not out.exists():
        return 0, {name: Counter() for name in names}
    kept = json.loads(out.read_text(encoding="utf-8"))
    if kept["seed"] != seed or list(kept["found"]) != names:
        raise ValueError(f"{out} holds another run; give another --out")
    return kept["done"], {name: Counter(found) for name, found in kept["found"].items()}


def peak_megabytes() -> float:
    """Return the most memory that this process held, in megabytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        # ru_maxrss of a process that another one started counts that one's memory, too
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _too_long(signal_number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"over {LIMIT_SECONDS:g} s")


def main() -> int:
    """Run and print the table; return 1 if a file or the memory went beyond what is promised."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    start = time.perf_counter()
    found = run(options.files, options.seed, options.out)
    columns: dict[str, list[object]] = {"format": [*found, "all"]}
    for what in OUTCOMES:
        numbers = [count[what] for count in found.values()]
        columns[what] = [*numbers, sum(numbers)]
    print(Table(columns))
    for name, count in found.items():
        for failure in count:
            if failure.startswith("file "):
                print(f"{name}, {failure}")
    megabytes = peak_megabytes()
    print(
        f"{options.files} files in {time.perf_counter() - start:.0f} s, at most {megabytes:.0f} MB"
        f" ({'within' if megabytes < LIMIT_MEGABYTES else 'over'} {LIMIT_MEGABYTES:g})"
    )
    failed = any(count["failures"] for count in found.values())
    return int(failed or megabytes >= LIMIT_MEGABYTES)


if __name__ == "__main__":
    raise SystemExit(main())
