"""What the demo's applicants write: every question of a book in the words of the applicant's own trade."""

import random

from portal.demo.trades import Trade

_SUMMARY = (
    "项目围绕{product}的{first}、{second}、{third}、{last}全过程，新建和改造{machine}、{device}等关键装备{count}台（套），"
    "建成覆盖设计、生产、质量、设备、能源的数字化体系，数据实时汇聚，关键工序实现自动化作业。",
    "本工厂以{product}为对象，打通{second}至{last}的数据链路，部署{machine}和{other}等装备{count}台（套），"
    "并以生产执行、质量追溯和能源管理系统统一调度，形成面向{customers}的快速响应能力。",
    "针对{fault}波动大、{burden}偏高两个突出问题，项目先后完成装备联网、系统集成和数据治理三期建设，"
    "{machine}、{device}等{count}台（套）装备全部联网，{first}至{last}各工序实现数据驱动的闭环管理。",
)
_EFFECT = (
    "建成后，{second}工序人均产出明显提高，{fault}一次检验合格率稳定提升，{burden}逐年下降。\n\n"
    "- {device}作业替代重复劳动岗位{count}个\n- {fault}实现在线检测和全程追溯\n"
    "- {customers}的订单交付周期明显缩短\n\n| 项目 | 建设前 | 建设后 |\n| 订单交付周期 | {slow}天 | {fast}天 |",
    "项目投用以来运行稳定，主要成效体现在效率、质量、能耗三方面。\n\n"
    "- {first}到{last}在制品周转加快\n- {fault}由抽检改为在线全检\n- {burden}按班组精细核算\n\n"
    "| 项目 | 建设前 | 建设后 |\n| 换产准备时间 | {slow}分钟 | {fast}分钟 |",
)
_OVERVIEW = (
    "工厂按照“统一规划、分步实施”的原则，从{first}工序的装备联网起步，逐步覆盖{second}、{third}和{last}。\n\n"
    "- 装备层：{machine}、{device}、{other}\n- 系统层：研发、排产、执行、质量、设备、能源\n"
    "- 数据层：统一编码、统一采集、统一治理\n\n"
    "| 阶段 | 内容 |\n| 一期 | {first}、{second}装备联网 |\n| 二期 | 系统集成 |",
    "项目以{product}的质量一致性和交付及时性为目标，建设内容覆盖工厂建设、研发设计、生产作业、生产管理、运营管理。\n\n"
    "- {third}工序参数自动寻优\n- {fault}智能检测\n- {burden}监测与优化\n\n"
    "| 阶段 | 内容 |\n| 一期 | {machine}改造 |\n| 二期 | 面向{customers}的协同 |",
)
_FEATURES = (
    "一是{third}工序建立了机理与数据相结合的工艺模型；二是{fault}检测样本库持续积累，可在同行业复制；"
    "三是{burden}优化与排产联动，兼顾交付与成本。",
    "在{product}行业内较早实现{second}与{third}联动控制，{device}集群由系统统一调度；"
    "建设路径适合同类企业分步实施，投入产出清楚。",
)
_PLAN = (
    "今后三年分年度推进：第一年完善{third}工序模型；第二年推广{fault}智能检测至全部产线；"
    "第三年与{customers}实现计划协同。每年安排专项投入，由工厂统筹小组按季度检查。",
    "下一步重点降低{burden}，扩大{device}应用，培养智能制造人员{count}名，并向上下游企业开放{product}质量追溯数据。",
)
_INTEGRATION = (
    "以制造执行系统为中枢，与研发、仓储、能源、质量系统经统一接口平台集成，{machine}等装备通过工业网关接入，"
    "主数据统一编码，接口运行状态有监控。",
    "各系统经数据中台交换数据，{first}至{last}各工序的工单、物料、质量数据按统一模型汇聚，网络分区分域，重要数据本地备份。",
)
_RESULTS = (
    "上述指标按建设前后各十二个月的生产统计和能源台账计算，口径前后一致；{fault}指标以终检记录为准。",
    "指标数据取自制造执行系统和财务、能源台账，其中{burden}按单位产品折算，已经内部审计核对。",
)
_SCENE = (
    "针对原有作业依赖经验、{fault}波动的问题，应用{device}和配套系统，实现数据自动采集、异常自动报警和处置闭环。",
    "围绕{product}的{second}工序，建立标准作业数据，系统按订单自动下发参数，{machine}执行结果实时反馈。",
    "将{third}与{last}的计划、物料和质量数据贯通，现场问题限时响应，处置过程全程留痕。",
)
_SCENE_EFFECT = ("人工干预次数减少约{slow}%，运行稳定。", "相关作业时间缩短约{slow}%，{fault}问题明显减少。")
_VENDORS = ("江城云控软件（示例）有限公司", "楚工自动化（示例）有限公司", "汉滨数智系统（示例）有限公司")
_SYSTEMS = ("制造执行系统", "质量管理系统", "能源管理系统", "设备管理系统", "高级排产系统", "仓储管理系统")

TEXTS: dict[str, tuple[str, ...]] = {
    "business": ("{product}的研发、生产和销售，主要客户为{customers}。",),
    "summary": _SUMMARY,
    "effect": _EFFECT,
    "overview": _OVERVIEW,
    "features": _FEATURES,
    "plan": _PLAN,
    "integration": _INTEGRATION,
    "results": _RESULTS,
    "scenarios.text": _SCENE,
    "scenarios.equipment": ("{machine}、{device}；{vendor}",),
    "scenarios.effect": _SCENE_EFFECT,
    "systems.name": _SYSTEMS,
    "systems.vendor": _VENDORS,
    "systems.use": ("{product}的计划下达、过程记录和统计分析。", "{second}、{third}工序的过程管控与追溯。"),
    "systems.means": ("标准接口", "消息队列", "工业网关"),
    "integrators.name": _VENDORS,
    "integrators.scope": ("{second}至{last}的装备联网与系统集成。", "整体规划和制造执行系统实施。"),
}


class Pen:
    """Somebody of a trade who fills in a book; the same for the same trade and draw."""

    def __init__(self, trade: Trade, draw: random.Random) -> None:
        self.draw = draw
        first, second, third, last = trade.steps
        machine, device, other = trade.devices
        self.words = {
            "product": trade.product, "first": first, "second": second, "third": third, "last": last,
            "machine": machine, "device": device, "other": other, "fault": trade.fault, "burden": trade.burden,
            "customers": trade.customers,
        }  # fmt: skip

    def text(self, key: str) -> str:
        """An answer to a question, or to a column of a table (`table.column`); empty where nobody writes freely."""
        if not (said := TEXTS.get(key)):
            return ""
        slow = self.draw.randrange(18, 46)
        numbers = {"count": self.draw.randrange(24, 180), "slow": slow, "fast": slow * 2 // 3}
        return self.draw.choice(said).format(**self.words, **numbers, vendor=self.draw.choice(_VENDORS))
