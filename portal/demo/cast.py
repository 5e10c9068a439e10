"""Who plays in the demo: every role the programme knows, in at least one place, and neighbours beside them."""

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
    Seat("buji", "顾北辰", Role.MINISTRY, office="工业和信息化部"),
    Seat("xitong", "叶知行", Role.SYSTEM_ADMIN),
    Seat("anquan", "石守正", Role.SECURITY_ADMIN),
    Seat("shenji", "严明察", Role.AUDITOR),
)


@dataclass(frozen=True)
class Company:
    """One invented enterprise: the digits after its region make its code; `waiting`: its registration is undecided."""

    name: str
    region: str
    industry: str
    nature: str = "private"
    waiting: bool = False
    group: bool = False
    above_scale: bool = True


COMPANIES = (
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
