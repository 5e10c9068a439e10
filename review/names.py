"""Names of organisations as people write them, made comparable: full or short, with and without region and legal form.

Pure.
"""

import re
import unicodedata
from functools import lru_cache

# What a name ends in, longest first; what is left is what people call it by.
_FORMS = (
    "集团股份有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "集团公司", "公司", "集团", "工厂",
)  # fmt: skip
_REGION = re.compile(
    r"^(?:中国|[\u4e00-\u9fff]{2,7}?(?:省|自治区|自治州|地区|市|区|县)|"
    r"北京|上海|天津|重庆|湖北|湖南|河南|河北|山东|山西|广东|广西|江苏|江西|浙江|安徽|福建|四川|贵州|云南|陕西|甘肃|青海|"
    r"辽宁|吉林|黑龙江|海南|内蒙古|宁夏|新疆|西藏|武汉|黄石|十堰|宜昌|襄阳|鄂州|荆门|孝感|荆州|黄冈|咸宁|随州|恩施|仙桃|潜江|"
    r"天门|神农架)+"
)
# Of these the region is what tells one from another.
_KNOWN_BY_REGION = re.compile(r"(?:大学|学院|研究院|研究所|设计院|中心|医院|协会|学会)$")
_SHORTEST = 2  # letters of a short name that still says whose it is


@lru_cache(maxsize=100_000)
def folded(name: str) -> str:
    """A name without spaces, its letters and brackets half-width."""
    text = unicodedata.normalize("NFKC", name).upper()
    return re.sub(r"[\s\u3000]+", "", text)


@lru_cache(maxsize=100_000)
def bare(name: str) -> str:
    """A name without region, what stands in brackets, and legal form; what is too short to be one stays whole."""
    text = re.sub(r"\([^()]*\)", "", folded(name))
    if _KNOWN_BY_REGION.search(text):
        return text
    for form in _FORMS:
        text = text.removesuffix(form)
    core = _REGION.sub("", text)
    return next((said for said in (core, text) if len(said) >= _SHORTEST), folded(name))


def is_same(one: str, other: str) -> bool:
    """Whether two names are the same name, written this way or that."""
    return bool(one.strip()) and folded(one) == folded(other)


def is_named_in(name: str, text: str, *, least: int = 3) -> bool:
    """Whether a text names an organisation: in full, or by a short name of at least so many letters."""
    if not name.strip():
        return False
    said, core = folded(text), bare(name)
    return folded(name) in said or (len(core) >= least and core in said)
