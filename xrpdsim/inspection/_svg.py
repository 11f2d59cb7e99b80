"""Pictures for the report as SVG, written without a plotting library."""

from __future__ import annotations

import base64
import html
import struct
import zlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list

from ._plots import colour_of

# Points a curve is drawn with: two a pixel, the lowest and the highest there.
_COLUMNS = 450


def svg(width: float, height: float, parts: Iterable[str], label: str) -> str:
    """Return an SVG element that grows and shrinks with the page."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{html.escape(label)}" '
        f'style="max-width:{width:g}px">{"".join(parts)}</svg>'
    )


def text(x: float, y: float, content: str, *, anchor: str = "start", colour: str = "#333") -> str:
    """Return a line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{html.escape(content)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = "#999") -> str:
    """Return a straight line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        'stroke-width="1"/>'
    )


def curve(
    values: NDArray[np.floating],
    box: tuple[float, float, float, float],
    *,
    title: str,
    colour: str,
    width: float = 1.0,
    opacity: float = 1.0,
) -> str:
    """Return values between 0 and 1 as a curve in a box (left, top, width, height).

    Every pixel shows the lowest and the highest value that fall on it; gaps are where values are
    NaN.
    """
    left, top, across, down = box
    n_columns = min(_COLUMNS, len(values))
    starts = np.linspace(0, len(values), n_columns + 1).astype(int)[:-1]
    x = left + across * (np.arange(n_columns) + 0.5) / n_columns
    ends = [top + down * (1 - extreme.reduceat(values, starts)) for extreme in (np.fmax, np.fmin)]
    missing = np.isnan(ends[0])
    path: list[str] = []
    pen_up, y = True, 0.0
    for at, high, low, gap in zip(x, *ends, missing, strict=True):
        if not gap:
            # enter a pixel at the end nearer to where the pen is, or slopes become saws
            first, second = (high, low) if abs(y - high) <= abs(y - low) else (low, high)
            path.append(f"{'M' if pen_up else 'L'}{at:.1f} {first:.1f}")
            if low - high >= 0.1:
                path.append(f"V{second:.1f}")
            y = second
        pen_up = bool(gap)
    return (
        f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        f'stroke-opacity="{opacity:g}"><title>{html.escape(title)}</title></path>'
    )


def angle_axis(two_theta: NDArray[np.float64], left: float, top: float, across: float) -> list[str]:
    """Return an axis of angles, a tick every five degrees."""
    first, last = float(two_theta[0]), float(two_theta[-1])
    parts = [line(left, top, left + across, top)]
    for angle in range(5 * int(np.ceil(first / 5)), int(last) + 1, 5):
        x = left + across * (angle - first) / ((last - first) or 1)
        parts += [line(x, top, x, top + 4), text(x, top + 16, str(angle), anchor="middle")]
    parts.append(text(left + across / 2, top + 32, "2θ / degrees (Cu K-alpha1)", anchor="middle"))
    return parts


def stack(
    curves: Sequence[tuple[NDArray[np.floating], str]],
    two_theta: NDArray[np.float64],
    colour: str,
    label: str,
) -> str:
    """Return patterns over each other; the last in front, drawn strongly."""
    box = (5.0, 5.0, 880.0, 110.0)
    parts = [
        curve(
            values,
            box,
            title=name,
            colour=colour,
            width=1.3 if last else 0.8,
            opacity=1.0 if last else 0.25,
        )
        for values, name, last in (
            (values, name, k == len(curves) - 1) for k, (values, name) in enumerate(curves)
        )
    ]
    parts += angle_axis(two_theta, 5, 118, 880)
    return svg(890, 155, parts, label)


def scatter(
    places: NDArray[np.float64], labels: NDArray[np.intp], titles: Sequence[str], label: str
) -> str:
    """Return a map of points; crosses for what is in no group."""
    size, margin = 520.0, 20.0
    low = places.min(axis=0)
    span = float((places.max(axis=0) - low).max()) or 1.0
    parts = []
    for (x, y), group, title in zip((places - low) / span, labels, titles, strict=True):
        px, py = margin + x * (size - 2 * margin), size - margin - y * (size - 2 * margin)
        shape = (
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="5" fill="{colour_of(int(group))}" '
            'fill-opacity="0.75" stroke="white">'
            if group >= 0
            else f'<path d="M{px - 4:.1f} {py - 4:.1f}l8 8m0 -8l-8 8" fill="none" '
            f'stroke="{colour_of(-1)}" stroke-width="2">'
        )
        closing = "circle" if group >= 0 else "path"
        parts.append(f"{shape}<title>{html.escape(title)}</title></{closing}>")
    return svg(size, size, parts, label)


def tree(linkage: NDArray[np.float64], names: Sequence[str], threshold: float, label: str) -> str:
    """Return a dendrogram above a map of as many columns as it has leaves."""
    size, height = 520.0, 120.0
    n_leaves = len(names)
    # a node stands over the middle of its two branches, as high as they are apart; corrections
    # make distances below 0 or above 1
    x = np.empty(2 * n_leaves - 1)
    x[leaves_list(linkage)] = (np.arange(n_leaves) + 0.5) * size / n_leaves
    y = np.full(2 * n_leaves - 1, height)
    parts = []
    for node, (one, other, distance, _) in enumerate(linkage, start=n_leaves):
        a, b = int(one), int(other)
        x[node], y[node] = (x[a] + x[b]) / 2, height - np.clip(distance, 0, 1) * (height - 5)
        path = f"M{x[a]:.1f} {y[a]:.1f}V{y[node]:.1f}H{x[b]:.1f}V{y[b]:.1f}"
        parts.append(f'<path d="{path}" fill="none" stroke="#444" stroke-width="1"/>')
    cut = height - (1 - threshold) * (height - 5)
    parts.append(
        f'<line x1="0" y1="{cut:.1f}" x2="{size:g}" y2="{cut:.1f}" stroke="#D55E00" '
        'stroke-dasharray="4 3"/>'
    )
    for k, name in enumerate(names):
        parts.append(
            f'<rect x="{k / n_leaves * size:.2f}" y="0" width="{size / n_leaves:.2f}" '
            f'height="{height:g}" fill="transparent"><title>{html.escape(name)}</title></rect>'
        )
    return svg(size, height, parts, label)


def heat_map(probability: NDArray[np.floating]) -> str:
    """Return a matrix of probabilities as the address of a PNG picture, a pixel an entry."""
    levels = (np.clip(np.nan_to_num(probability), 0, 1) * 255).astype(np.uint8)
    # from dark blue over grey to yellow, as light as they are large, also without colours
    stops = np.array([[0, 34, 78], [124, 123, 120], [254, 232, 56]], dtype=float)
    at = np.linspace(0, 2, 256)
    palette = np.column_stack([np.interp(at, [0, 1, 2], stops[:, c]) for c in range(3)])
    return "data:image/png;base64," + base64.b64encode(
        _png(levels, palette.round().astype(np.uint8))
    ).decode("ascii")


def _png(levels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> bytes:
    """Return an indexed picture in PNG (ISO/IEC 15948)."""
    height, width = levels.shape

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    rows = b"".join(b"\0" + row.tobytes() for row in levels)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", palette.tobytes())
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )
