"""Who plays in the demo: every role the programme knows, in at least one place; and the people of every other city."""

import base64
import hashlib
from dataclasses import dataclass

from portal.roles import ROLES, Role

PASSWORD = "Tidu-Peiyu-2024"  # noqa: S105 — printed on the demo's own page
DOMAIN = "demo.example"


def secret_of(email: str) -> str:
    """A demo account's TOTP secret: the same at every start, so that an authenticator keeps working."""
    return base64.b32encode(hashlib.sha256(f"demo:{email}".encode()).digest()[:20]).decode()


@dataclass(frozen=True)
class Seat:
    """One demo account; `office` names an office, `enterprise` an enterprise of the demo, `unit` a unit's code."""

    account: str
    name: str
    role: Role | None
    office: str = ""
    enterprise: str = ""
    unit: str = ""
    note: str = ""

    @property
    def email(self) -> str:
        """The address one signs in with."""
        return f"{self.account}@{DOMAIN}"

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in asks for a code."""
        return self.role is not None and self.role.needs_second_factor

    @property
    def role_label(self) -> str:
        """The role's name as its organisation calls it."""
        if self.role is None:
            return "新用户"
        in_group = ROLES[self.role].in_group if self.office == GROUP[2] else ""
        return in_group or self.role.label

    @property
    def place(self) -> str:
        """The organisation's name."""
        if self.role is None:
            return "（尚未加入任何机构）"
        return self.office or self.enterprise or ("湖北省专家库" if self.unit else "平台管理")


GROUP = ("HLZB", "华岭装备集团（示例）", "华岭装备集团智能制造部（示例）")

_WUHAN, _YICHANG = "武汉市经济和信息化局", "宜昌市经济和信息化局"
_XINGQIAO, _XIAJIANG = "武汉星桥精密机电（示例）有限公司", "宜昌峡江新材料（示例）股份有限公司"
_HUALING = "华岭重型装备（示例）有限公司"

CAST = (
    Seat("qiye", "林晓岚", Role.ENTERPRISE_ADMIN, enterprise=_XINGQIAO),
    Seat("tianbao", "周明远", Role.ENTERPRISE_CLERK, enterprise=_XINGQIAO),
    Seat("qiye.yichang", "覃志刚", Role.ENTERPRISE_ADMIN, enterprise=_XIAJIANG, note="另一市州的企业"),
    Seat("qiye.hualing", "韩立群", Role.ENTERPRISE_ADMIN, enterprise=_HUALING, note="中央企业所属单位"),
    Seat("xinren", "陶一鸣", None, note="新注册，可从“企业登记”开始"),
    Seat("chushen.wuhan", "何思敏", Role.CITY_REVIEWER, office=_WUHAN),
    Seat("fuze.wuhan", "程卫东", Role.CITY_HEAD, office=_WUHAN),
    Seat("huiqian.wuhan", "罗静", Role.CITY_JOINT, office="武汉市财政局"),
    Seat("chushen.yichang", "向建国", Role.CITY_REVIEWER, office=_YICHANG, note="武汉的邻市"),
    Seat("fuze.yichang", "谭春梅", Role.CITY_HEAD, office=_YICHANG, note="武汉的邻市"),
    Seat("jingban", "徐培", Role.UNIT_OFFICER, office="湖北省经济和信息化厅"),
    Seat("fuze", "蒋文清", Role.UNIT_HEAD, office="湖北省经济和信息化厅"),
    Seat("huitong", "郑克己", Role.UNIT_JOINT, office="湖北省发展和改革委员会"),
    Seat("fuze.hualing", "傅远山", Role.UNIT_HEAD, office=GROUP[2], note="中央企业集团"),
    Seat("jingban.hualing", "孟婕", Role.UNIT_OFFICER, office=GROUP[2], note="中央企业集团"),
    Seat("zhuanjia1", "沈怀瑾", Role.EXPERT, unit="HB"),
    Seat("zhuanjia2", "陆鸣谦", Role.EXPERT, unit="HB"),
    Seat("zhuanjia3", "韦清扬", Role.EXPERT, unit="HB"),
    Seat("zhuanjia4", "段知秋", Role.EXPERT, unit="HB"),
    Seat("zhuanjia5", "祝松年", Role.EXPERT, unit="HB"),
    Seat("zhuanjia6", "方亦宁", Role.EXPERT, unit="HB"),
    Seat("zhuanjia7", "贺兰舟", Role.EXPERT, unit="HB"),
    Seat("zhuanjia8", "苏见微", Role.EXPERT, unit="HB"),
    Seat("zhuanjia9", "欧阳恪", Role.EXPERT, unit="HB"),
    Seat("zhuanjia10", "冯守拙", Role.EXPERT, unit="HB"),
    Seat("zhuanjia11", "施予之", Role.EXPERT, unit="HB"),
    Seat("zhuanjia12", "谢长风", Role.EXPERT, unit="HB"),
    Seat("buji", "顾北辰", Role.MINISTRY, office="工业和信息化部"),
    Seat("xitong", "叶知行", Role.SYSTEM_ADMIN),
    Seat("anquan", "石守正", Role.SECURITY_ADMIN),
    Seat("shenji", "严明察", Role.AUDITOR),
)

# The other cities: account, region, who reviews there, who answers for the office.
_CITIES = (
    ("huangshi", "黄石市", "柯思源", "石敬亭"),
    ("shiyan", "十堰市", "房玉林", "郧德山"),
    ("xiangyang", "襄阳市", "隆景明", "樊正清"),
    ("ezhou", "鄂州市", "夏一川", "熊立言"),
    ("jingmen", "荆门市", "章以宁", "钟维岳"),
    ("xiaogan", "孝感市", "董书勤", "云开朗"),
    ("jingzhou", "荆州市", "江望舒", "楚怀远"),
    ("huanggang", "黄冈市", "梅问渠", "万启明"),
    ("xianning", "咸宁市", "桂采薇", "汪致和"),
    ("suizhou", "随州市", "炎少英", "曾复礼"),
    ("enshi", "恩施土家族苗族自治州", "向晚晴", "田守业"),
    ("xiantao", "仙桃市", "沔思齐", "别克勤"),
    ("qianjiang", "潜江市", "潜新雨", "章华远"),
    ("tianmen", "天门市", "竟小满", "陆鸿年"),
    ("shennongjia", "神农架林区", "林知夏", "杉立人"),
)
# Departments that sign with one of them.
_JOINT = ("发展和改革委员会", "财政局", "市场监督管理局", "数据局")
NEIGHBOURS = (
    *(
        Seat(f"huiqian{number}.xiaogan", name, Role.CITY_JOINT, office=f"孝感市{department}")
        for number, (name, department) in enumerate(
            zip(("安知节", "涂明理", "汤守正", "闵数章"), _JOINT, strict=True), 1
        )
    ),
    *(
        seat
        for account, region, reviewer, head in _CITIES
        for seat in (
            Seat(f"chushen.{account}", reviewer, Role.CITY_REVIEWER, office=f"{region}经济和信息化局"),
            Seat(f"fuze.{account}", head, Role.CITY_HEAD, office=f"{region}经济和信息化局"),
        )
    ),
)
CITY_ACCOUNTS = {"武汉市": "wuhan", "宜昌市": "yichang"} | {region: account for account, region, _, _ in _CITIES}


def seat_of(account: str) -> Seat:
    """Somebody's seat, by the account they sign in with."""
    return next(seat for seat in (*CAST, *NEIGHBOURS) if seat.account == account)
