"""The demo's sixty enterprises, all invented: nineteen with names of their own, the others named by its seed."""

import random
from dataclasses import dataclass

from portal.demo.cast import CAST
from portal.demo.trades import TRADES
from portal.roles import Role

MARK = "（示例）"


@dataclass(frozen=True)
class Company:
    """One invented enterprise. `waiting`: its registration is undecided; `legal_person`: whose branch it is.

    `factory`: the name of its one factory, where it is not among those that tiers.demo.factories names.
    """

    name: str
    region: str
    industry: str
    nature: str = "private"
    waiting: bool = False
    group: bool = False
    above_scale: bool = True
    legal_person: str = ""
    factory: str = ""


_XINGQIAO, _XIAJIANG, _HUALING = tuple(
    dict.fromkeys(seat.enterprise for seat in CAST if seat.role is Role.ENTERPRISE_ADMIN)
)
NAMED = (
    Company(_XINGQIAO, "420100", "C34"),
    Company(_XIAJIANG, "420500", "C26", "mixed"),
    Company(_HUALING, "420600", "C35", "state", group=True),
    Company("武汉云帆光电传感（示例）有限公司", "420100", "C39"),
    Company("武汉鹦鹉洲生物制药（示例）有限公司", "420100", "C27"),
    Company("武汉长丰车身部件（示例）有限公司", "420100", "C36", "hmt"),
    Company("黄石磁湖特种钢管（示例）有限公司", "420200", "C31"),
    Company("十堰车桥智造（示例）有限公司", "420300", "C36"),
    Company("宜昌清江电气成套（示例）有限公司", "420500", "C38"),
    Company("襄阳隆中轴承（示例）有限公司", "420600", "C34"),
    Company("鄂州葛店医用材料（示例）有限公司", "420700", "C27", "foreign"),
    Company("荆门漳河阀门铸造（示例）有限公司", "420800", "C33"),
    Company("孝感澴川纸业（示例）有限公司", "420900", "C22"),
    Company("荆州江津湾日化（示例）有限公司", "421000", "C26"),
    Company("恩施硒源食品（示例）有限公司", "422800", "C14", above_scale=False),
    Company("仙桃沔阳无纺布（示例）有限公司", "429004", "C17"),
    Company("武汉府河智能仓储设备（示例）有限公司", "420100", "C34", waiting=True),
    Company("武汉南望山激光装备（示例）有限公司", "420100", "C35", waiting=True),
    Company("宜昌点军陶瓷基板（示例）有限公司", "420500", "C30", waiting=True),
)
# City's code, what it is called in a name, and the trades of the enterprises that are named by the seed.
_DRAWN = (
    ("420100", "武汉", ("C40", "C38", "C37", "C29", "C25")),
    ("420500", "宜昌", ("C28", "C15", "C13")),
    ("420600", "襄阳", ("C36", "C17", "C35", "C18")),
    ("420200", "黄石", ("C32", "C33")),
    ("420300", "十堰", ("C34", "C29", "C33")),
    ("420700", "鄂州", ("C35", "C33", "C18")),
    ("420800", "荆门", ("C26", "C13", "C35")),
    ("420900", "孝感", ("C39", "C35")),
    ("421000", "荆州", ("C36", "C17", "C29")),
    ("421100", "黄冈", ("C27", "C21", "C30")),
    ("421200", "咸宁", ("C15", "C39", "C34")),
    ("421300", "随州", ("C36", "C14")),
    ("422800", "恩施", ("C15",)),
    ("429004", "仙桃", ("C13",)),
    ("429005", "潜江", ("C25",)),
    ("429006", "天门", ("C17",)),
    ("429021", "神农架", ("C15",)),
)
_BRANCHES = frozenset({("420200", "C32")})  # 82号 二(一)1: an industry that may apply with a branch
_BRANDS = (
    "启岳", "澄观", "砺新", "行简", "云栖", "鸿筑", "致恒", "朗煜", "沐川", "拓图", "景行", "禾谷",
    "锐承", "方舟远", "臻一", "远岫", "知微", "泽丰", "承启", "晟屹", "和润", "卓衡", "明石", "青禾",
    "博毅", "天工序", "恒砺", "若谷", "嘉木", "凌霄", "大衍", "同辉", "启明川", "瑞合", "曜石", "崇实",
    "浩原", "安澜", "万象新", "毓秀", "清越", "凯屹", "致远澄", "立达", "思诚", "群岳", "信川", "百炼",
    "春晖", "长乐坊",
)  # fmt: skip
_NATURES = ("private", "private", "private", "mixed", "state")


def companies(seed: int = 1) -> tuple[Company, ...]:
    """All sixty, the same for the same seed."""
    rng = random.Random(f"companies/{seed}")  # noqa: S311 — a demo, the same each time
    brands = iter(rng.sample(_BRANDS, len(_BRANDS)))
    drawn = [
        _drawn(region, city, industry, next(brands), rng.choice(_NATURES))
        for region, city, industries in _DRAWN
        for industry in industries
    ]
    return (*NAMED, *drawn)


def _drawn(region: str, city: str, industry: str, brand: str, nature: str) -> Company:
    firm = TRADES[industry].firm
    is_branch = (region, industry) in _BRANCHES
    whole = f"{city}{brand}{firm}{MARK}有限公司"
    return Company(
        f"{whole}{city}分公司" if is_branch else whole,
        region,
        industry,
        nature,
        legal_person=whole if is_branch else "",
        factory=f"{brand}{firm}工厂",
    )
