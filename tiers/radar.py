"""A radar chart as points for an SVG: axes clockwise from the top, values 0–100. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

CENTRE, RADIUS = 160.0, 110.0
_RINGS = (20, 40, 60, 80, 100)


@dataclass(frozen=True)
class Axis:
    """One axis: its name, where it ends, and where its name stands."""

    name: str
    x: str
    y: str
    label_x: str
    label_y: str
    anchor: str


@dataclass(frozen=True)
class Shape:
    """One closed line: its name, the number of its style, its points as SVG has them."""

    name: str
    number: int
    points: str


@dataclass(frozen=True)
class Radar:
    """All that the template draws."""

    axes: tuple[Axis, ...]
    rings: tuple[Shape, ...]
    shapes: tuple[Shape, ...]
    centre: str = f"{CENTRE:.0f}"


def _point(place: int, count: int, distance: float) -> tuple[float, float]:
    angle = 2 * math.pi * place / count - math.pi / 2
    return CENTRE + distance * math.cos(angle), CENTRE + distance * math.sin(angle)


def _line(values: Sequence[float]) -> str:
    points = (_point(place, len(values), RADIUS * value / 100) for place, value in enumerate(values))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _axis(place: int, names: Sequence[str]) -> Axis:
    x, y = _point(place, len(names), RADIUS)
    label_x, label_y = _point(place, len(names), RADIUS + 14)
    anchor = "middle" if abs(label_x - CENTRE) < 1 else "start" if label_x > CENTRE else "end"
    return Axis(names[place], f"{x:.1f}", f"{y:.1f}", f"{label_x:.1f}", f"{label_y + 4:.1f}", anchor)


def radar(axes: Mapping[str, str], series: Mapping[str, Mapping[str, Decimal]]) -> Radar:
    """`axes`: code → name; `series`: name of a line → value of each axis by its code."""
    names = list(axes.values())
    return Radar(
        axes=tuple(_axis(place, names) for place in range(len(names))),
        rings=tuple(Shape(f"{ring}", ring, _line([ring] * len(names))) for ring in _RINGS),
        shapes=tuple(
            Shape(name, number, _line([float(values.get(code, 0)) for code in axes]))
            for number, (name, values) in enumerate(series.items(), start=1)
        ),
    )
