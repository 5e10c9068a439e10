"""The arithmetic of the key figures of 附1: what is asked, what follows, and whether a claim agrees. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from portal.declared import number
from tiers.editions import Indicator, IndicatorKind

# What is asked for each kind of figure: the part of the field's key, and its label.
PARTS: dict[IndicatorKind, tuple[tuple[str, str], ...]] = {
    IndicatorKind.RATIO: (("part", "分子"), ("whole", "分母")),
    IndicatorKind.INCREASE: (("before", "建设前"), ("after", "建设后")),
    IndicatorKind.DECREASE: (("before", "建设前"), ("after", "建设后")),
    IndicatorKind.LEVEL: (),
    IndicatorKind.COUNT: (),
}
_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class Figure:
    """One indicator as it was answered. `value`: what counts; `computed`: from its parts; `claimed`: as typed."""

    indicator: Indicator
    computed: Decimal | None = None
    claimed: Decimal | None = None
    not_applicable: bool = False

    @property
    def value(self) -> Decimal | None:
        """The figure that counts: computed where its parts are known, else as it was typed."""
        return self.claimed if self.computed is None else self.computed

    @property
    def contradiction(self) -> str:
        """What is claimed and what the parts give, when they disagree; else empty."""
        name, unit = self.indicator.name, self.indicator.unit
        if self.computed is None or self.claimed is None or agrees(self.computed, self.claimed):
            return ""
        return f"{name}：填写的{self.claimed}{unit}与按原始数据计算的{self.computed}{unit}不一致，请核对。"

    @property
    def excess(self) -> str:
        """That the figure can't be so small or so large; else empty."""
        name, unit = self.indicator.name, self.indicator.unit
        value, least, most = self.value, self.indicator.least, self.indicator.most
        if value is None or ((least is None or value >= least) and (most is None or value <= most)):
            return ""
        low, high = ("不限" if bound is None else f"{bound}{unit}" for bound in (least, most))
        return f"{name}：{value}{unit}超出合理范围（{low}至{high}），请核对。"

    @property
    def sentence(self) -> str:
        """What does not agree; empty when all is well."""
        return self.contradiction or self.excess


def figure(indicator: Indicator, values: Mapping[str, object]) -> Figure:
    """The indicator as a section of answers has it; keys are `<code>.<part>`, `<code>.value`, `<code>.na`."""
    if values.get(f"{indicator.code}.na") == "yes":
        return Figure(indicator, not_applicable=True)
    parts = [_number(values.get(f"{indicator.code}.{part}")) for part, _ in PARTS[indicator.kind]]
    claimed = _number(values.get(f"{indicator.code}.value"))
    return Figure(indicator, _computed(indicator.kind, parts), claimed)


def _number(value: object) -> Decimal | None:
    return number(value) if isinstance(value, str) and value else None


def _computed(kind: IndicatorKind, parts: list[Decimal | None]) -> Decimal | None:
    """The figure in %, two decimals, half up; None when a part is missing or the divisor is zero."""
    if len(parts) != 2 or parts[0] is None or parts[1] is None:
        return None
    one, other = parts[0], parts[1]
    divisor = other if kind is IndicatorKind.RATIO else one
    if divisor == 0:
        return None
    share = {
        IndicatorKind.RATIO: one,
        IndicatorKind.INCREASE: other - one,
        IndicatorKind.DECREASE: one - other,
    }[kind] / (divisor if kind is IndicatorKind.RATIO else abs(divisor))
    return (share * 100).quantize(_PLACES, ROUND_HALF_UP)


def agrees(computed: Decimal, claimed: Decimal) -> bool:
    """Whether a claim is the computed figure, rounded to as many decimals as the claim shows (at most two)."""
    places = max(min(-int(claimed.as_tuple().exponent), 2), 0)
    step = Decimal(1).scaleb(-places)
    return abs(computed - claimed) <= step / 2
