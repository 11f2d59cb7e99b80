"""The scans of a NeXus or HDF5 file, read by h5py in a process of its own (see `hdf5`).

A scan is an NXdata group with a one-dimensional signal over 2theta, q or d, as NXmonopd, NXxrd and
pyFAI write it, or a group of datasets that are named so. Links to other files are not followed.
"""

from __future__ import annotations

import dataclasses
import io
import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._axes import kind_of_axis
from .._scan import MAX_POINTS, Scan, check_count
from ..errors import PatternFileError
from ..wavelengths import parse_wavelength

_MAX_SECONDS = 20
"""Of processor time."""
_MAX_MEMORY = 4 * 2**30
_MAX_OBJECTS = 20_000
_MAX_CHUNK = 16 * MAX_POINTS
_SIGNALS = ("intensity", "intensities", "counts", "data", "I", "signal")
_AXES = {"polar_angle": "2theta", "x": ""}
_WAVELENGTHS = {"wavelength", "incident_wavelength", "k_alpha_one"}
_ENERGIES = {"energy", "incident_energy"}
# h c in angstrom keV, from the SI's defined constants
_KEV_ANGSTROM = 12.398419843
_ENERGY_UNITS = {"kev": 1.0, "ev": 1e-3}


def main() -> None:
    """Read a file from standard input, and write its scans, or why there are none, as JSON."""
    _limit()
    answer: dict[str, Any]
    try:
        answer = {"scans": read_scans(sys.stdin.buffer.read())}
    except PatternFileError as error:
        answer = {"reason": error.reason}
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        answer = {"reason": f"the HDF5 file is damaged ({str(error)[:200]})"}
    sys.stdout.write(json.dumps(answer))


def _limit() -> None:
    """End this process after its share of processor time, and keep its memory bounded."""
    try:
        import resource
    except ImportError:  # Windows: whoever waits gives up in the end
        return
    for kind, most in ((resource.RLIMIT_CPU, _MAX_SECONDS), (resource.RLIMIT_AS, _MAX_MEMORY)):
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or hard > most:
            resource.setrlimit(kind, (most, hard))


def read_scans(content: bytes) -> list[dict[str, Any]]:
    """Return the scans of a file, the default one of a NeXus file or all, as fields of `Scan`."""
    import h5py

    with h5py.File(io.BytesIO(content), "r") as file:
        scans = _scans(file, h5py)
    columns = ("two_theta", "intensity", "esd")
    return [
        {
            **dataclasses.asdict(scan),
            **{
                name: None
                if (values := getattr(scan, name)) is None
                else np.asarray(values).tolist()
                for name in columns
            },
        }
        for scan in scans
    ]


def _scans(file: Any, h5py: Any) -> list[Scan]:
    groups = _groups(file, h5py)
    nexus = [group for group in groups if _attribute(group, "NX_class") == "NXdata"]
    default = _default(file, nexus)
    reasons: list[str] = []
    for candidates in ([default] if default is not None else [], nexus, groups):
        found = []
        for group in candidates:
            try:
                scan = _scan(group, file, h5py)
            except PatternFileError as error:
                reasons.append(f"{group.name}: {error.reason}")
                continue
            if scan is not None:
                found.append(scan)
        if found:
            return found
    why = f" ({reasons[0]})" if reasons else ""
    raise PatternFileError(
        f"the file holds no one-dimensional scan over 2theta, q or d{why}; a NeXus group NXdata, "
        "or datasets named 'two_theta' and 'intensity' in one group, would be read"
    )


def _groups(file: Any, h5py: Any) -> list[Any]:
    """Return all groups, the file first; links of all kinds but hard ones are passed over."""
    found = [file]
    count = 0

    def visit(_: str, item: Any) -> None:
        nonlocal count
        count += 1
        if count > _MAX_OBJECTS:
            raise PatternFileError(f"the file holds more than {_MAX_OBJECTS} objects")
        if isinstance(item, h5py.Group):
            found.append(item)

    file.visititems(visit)
    return found


def _default(file: Any, nexus: list[Any]) -> Any:
    """Return the group that the attributes `default` lead to, None if they lead nowhere."""
    path = ""
    group = file
    for _ in range(10):
        name = _attribute(group, "default")
        if not name:
            break
        path = f"{path}/{name.strip('/')}"
        if file.get(path, getclass=True) is None:
            return None
        group = file[path]
    return next((each for each in nexus if each.name == group.name), None)


def _scan(group: Any, file: Any, h5py: Any) -> Scan | None:
    """Return the scan that a group holds, None if it holds none."""
    columns = _columns(group, h5py)
    signal = _signal(group, columns)
    if signal is None:
        return None
    axis = _axis(group, columns, signal)
    if axis is None:
        return None
    name, heading = axis
    x, y = _values(columns[name], name), _values(columns[signal], signal)
    if x.size != y.size:
        raise PatternFileError(f"{name} has {x.size} values, but {signal} has {y.size}")
    check_count(x.size)
    esd = None
    for errors in (f"{signal}_errors", "errors", f"{signal}_error"):
        if errors in columns and columns[errors].shape == columns[signal].shape:
            esd = _values(columns[errors], errors)
            break
    if (np.diff(x) < 0).all():
        x, y, esd = x[::-1], y[::-1], None if esd is None else esd[::-1]
    entry = file[group.name.split("/")[1]] if group.name != "/" else file
    return Scan(
        x,
        y,
        esd if esd is not None and (esd >= 0).all() and esd.any() else None,
        axis=heading,
        name=group.name,
        wavelength=_wavelength(entry, h5py),
        sample=_text(entry, "sample/name", h5py) or _text(entry, "title", h5py),
        date=_text(entry, "start_time", h5py),
        metadata={"definition": _text(entry, "definition", h5py)},
    )


def _columns(group: Any, h5py: Any) -> dict[str, Any]:
    """Return the datasets of numbers in a group, by name; links to other files are passed over."""
    found = {}
    for name in group:
        if isinstance(group.get(name, getlink=True), h5py.ExternalLink):
            continue
        item = group.get(name)
        if isinstance(item, h5py.Dataset) and item.dtype.kind in "iuf":
            found[name] = item
    return found


def _signal(group: Any, columns: dict[str, Any]) -> str | None:
    named = _attribute(group, "signal")
    if named in columns:
        return named
    marked = [name for name, each in columns.items() if _attribute(each, "signal") == "1"]
    if marked:
        return marked[0]
    return next((name for name in _SIGNALS if name in columns), None)


def _axis(group: Any, columns: dict[str, Any], signal: str) -> tuple[str, str] | None:
    """Return the name of the axis and its heading with its unit, None if no axis is known."""
    stated = [*_attributes(group, "axes"), *_attributes(columns[signal], "axes")]
    stated = [name for each in stated for name in each.replace(",", ":").strip("[]").split(":")]
    stated += [name for name, each in columns.items() if _attribute(each, "axis") == "1"]
    for name in [*(each for each in stated if each in columns), *columns]:
        if name == signal:
            continue
        unit = _attribute(columns[name], "units")
        named = _AXES.get(name, name)
        for quantity in filter(None, (named, _attribute(columns[name], "long_name"))):
            for heading in (f"{quantity} ({unit})" if unit else quantity, quantity):
                kind = kind_of_axis(heading)
                if kind is not None and kind[0] in ("2theta", "q", "d"):
                    return name, heading if kind[
                        1
                    ] else f"{quantity} ({unit})" if unit else quantity
    return None


def _values(dataset: Any, name: str) -> NDArray[np.float64]:
    """Return the numbers of a dataset with one dimension, whose size is looked up before."""
    shape = tuple(size for size in dataset.shape if size != 1)
    if len(shape) != 1:
        raise PatternFileError(f"{name} has the shape {dataset.shape}; one dimension is read")
    if dataset.external or dataset.is_virtual:
        raise PatternFileError(f"{name} lies in another file, which is not opened")
    if shape[0] > MAX_POINTS or (dataset.chunks and np.prod(dataset.chunks) > _MAX_CHUNK):
        raise PatternFileError(f"{name} has more than {MAX_POINTS} values")
    return np.asarray(dataset[()], dtype=np.float64).ravel()


def _wavelength(entry: Any, h5py: Any) -> float | None:
    """Return the one wavelength that an entry states with its unit, directly or as an energy."""
    found: set[float] = set()

    def visit(path: str, item: Any) -> None:
        name = path.rpartition("/")[2]
        if name not in _WAVELENGTHS | _ENERGIES or not isinstance(item, h5py.Dataset):
            return
        if item.dtype.kind not in "iuf" or item.size != 1 or item.external or item.is_virtual:
            return
        value, unit = float(np.ravel(item[()])[0]), _attribute(item, "units").strip()
        if name in _ENERGIES:
            scale = _ENERGY_UNITS.get(unit.lower())
            if scale is not None and value > 0:
                found.add(round(_KEV_ANGSTROM / (value * scale), 6))
        elif unit:
            try:
                found.add(round(parse_wavelength(f"{value!r} {unit}"), 6))
            except ValueError:
                return

    entry.visititems(visit)
    return found.pop() if len(found) == 1 else None


def _attributes(item: Any, name: str) -> list[str]:
    """Return the texts of an attribute, as text whatever its type; none if it is not there."""
    if name not in item.attrs:
        return []
    values = np.ravel(item.attrs[name])[:100]
    return [
        each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in values
    ]


def _attribute(item: Any, name: str) -> str:
    return next(iter(_attributes(item, name)), "")


def _text(entry: Any, path: str, h5py: Any) -> str:
    """Return a short text of an entry, empty where there is none."""
    item: Any = entry
    for name in path.split("/"):
        if not isinstance(item, h5py.Group) or not isinstance(
            item.get(name, getlink=True), h5py.HardLink
        ):
            return ""
        item = item.get(name)
    if not isinstance(item, h5py.Dataset) or item.size != 1 or item.dtype.kind not in "OS":
        return ""
    value = np.ravel(item[()])[0]
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text[:200]


if __name__ == "__main__":
    main()
