"""What the record's verbs and details are called on the auditor's page."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from portal.roles import Role
from portal.rooms import declared, merged

VERBS = {
    "walls.cross": "跨越租户边界",
    "request.refuse": "请求被规则拒绝",
    "request.deny": "越权访问被拒",
    "session.open": "登录",
    "session.close": "退出登录",
    "rehearsal.set_clock": "设定演练时钟",
    "account.open": "开立账户",
    "account.disable": "停用账户",
    "account.enable": "启用账户",
    "account.end_sessions": "结束全部会话",
    "account.reset_second_factor": "重置两步验证",
    "account.password_changed": "修改密码",
    "account.password_reset": "重置密码",
    "account.password_set": "设置密码",
    "account.totp_activated": "启用两步验证",
    "account.totp_deactivated": "停用两步验证",
    "account.recovery_codes_generated": "生成恢复码",
    "account.email_changed": "更换邮箱",
    "account.email_confirm": "确认邮箱",
    "account.email_deleted": "删除邮箱",
    "registration.submit": "提交企业登记",
    "registration.confirm": "确认企业登记",
    "registration.refuse": "企业登记不予通过",
    "registration.withdraw": "撤回企业登记",
    "registration.pass_on": "登记转交企业管理员",
    "enterprise.register": "企业入册",
    "enterprise.view": "查阅企业信息",
    "enterprise.amend": "更正企业信息",
    "registration.view": "查阅登记申请",
    "account.view": "查阅账户",
    "unit.add": "新增推荐单位",
    "office.rename": "机构更名",
    "invitation.send": "发出邀请",
    "invitation.accept": "接受邀请",
    "invitation.withdraw": "撤回邀请",
    "invitation.expire": "邀请过期",
    "membership.grant": "授予角色",
    "membership.disable": "停用角色",
    "membership.restore": "恢复角色",
    "membership.hand_over": "移交角色",
    "paper.issue": "申请生成文书",
    "paper.finish": "生成文书",
    "paper.fail": "文书生成失败",
    "paper.retry": "重新生成文书",
    "paper.take": "下载文书",
    "paper.check": "核对文书",
    "package.begin": "申请打包",
    "package.finish": "打包完成",
    "package.fail": "打包失败",
    "package.retry": "重新打包",
    "package.take": "下载文书包",
    "paper.stamp": "文书用印",
    "seal.keep": "上传印章图片",
    "seal.remove": "停用印章图片",
    "export.take": "导出数据",
    "record.export": "导出审计记录",
    "record.verify": "核验审计记录",
    "administrator.appoint": "任命平台管理员",
    "reference.load": "载入基础数据",
    "demo.seed": "载入演示数据",
}


# What the details of an event are called; a key without a name is shown as it is.
DETAILS = {
    "reason": "理由",
    "reasons": "理由",
    "why": "原因",
    "role": "角色",
    "user": "人员编号",
    "email": "邮箱（已遮蔽）",
    "methods": "验证方式",
    "by": "途径",
    "path": "地址",
    "method": "请求方式",
    "what": "内容",
    "ref": "编号",
    "code": "代码",
    "kind": "种类",
    "place": "用印位置",
    "mark": "用印方式",
    "organisation": "用印单位",
    "digest_before": "用印前摘要",
    "digest_after": "用印后摘要",
    "proved_by": "身份确认",
    "rows": "行数",
    "said": "结论",
    "source": "原状态",
    "target": "新状态",
    "to": "移交对象编号",
    "before": "更正前",
    "after": "更正后",
    "passed_on": "转交企业管理员",
    "office": "牵头部门",
    "filters": "查询条件",
    "blocks": "块数",
    "events": "记录数",
    "faults": "问题",
    "digest": "摘要",
    "changed": "变更行数",
    "differences": "差异数",
    "accounts": "账户数",
    "part": "部分",
    "stage": "阶段",
    "name": "名称",
    "region": "所在地",
    "address": "地址",
    "industry": "所属行业",
    "nature": "企业性质",
    "is_above_scale": "规模以上工业企业",
    "legal_representative": "法定代表人（负责人）",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "contact_email": "联系邮箱",
}


# Codes that details hold, as people call them, by "detail=code"; states are called what their workflow calls them.
VALUES = {
    **{f"role={role.value}": role.label for role in Role},
    "nature=state": "国有企业",
    "nature=collective": "集体企业",
    "nature=private": "民营企业",
    "nature=foreign": "外商投资企业",
    "nature=hmt": "港澳台投资企业",
    "nature=mixed": "混合所有制企业",
    "nature=other": "其他",
    "is_above_scale=True": "是",
    "is_above_scale=False": "否",
    "methods=password": "密码",
    "methods=mfa": "两步验证",
    "mark=picture": "印章图片",
    "mark=signature": "数字签名",
    "proved_by=second_factor": "动态口令",
    "what=account": "账户",
    "what=enterprise": "企业",
    "what=field": "填报项",
    "what=invitation": "邀请",
    "what=membership": "角色",
    "what=office": "机构",
    "what=registration": "登记申请",
    "what=section": "分节",
}


@cache
def all_verbs() -> dict[str, str]:
    """Every verb of every app, with its name."""
    return merged("verbs", "VERBS")


@cache
def _all_details() -> dict[str, str]:
    return merged("verbs", "DETAILS")


@cache
def _all_values() -> dict[str, str]:
    return merged("verbs", "VALUES")


@cache
def _states(name: str) -> dict[str, str]:
    """The states of the workflow of that name, in words; none when a verb belongs to no workflow."""
    workflows = [workflow for kind in declared("transitions", "WORKFLOWS") for workflow in kind]
    return {str(code): str(label) for w in workflows if w.name == name for code, label in w.states.choices}


def details(data: dict[str, Any], verb: str = "") -> list[tuple[str, str]]:
    """An event's details as lines a reader can follow: what each is called, and its value in words."""
    states = _states(verb.partition(".")[0])
    return [(_all_details().get(key, key), _in_words(value, key, states)) for key, value in data.items()]


def _in_words(value: Any, key: str = "", states: Mapping[str, str] | None = None) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "；".join(_in_words(item, key, states) for item in value) or "无"
    if isinstance(value, dict):
        return "；".join(f"{_all_details().get(n, n)}：{_in_words(item, n)}" for n, item in value.items()) or "无"
    if value is None or value == "":
        return "无"
    if key in {"source", "target"} and states:
        return states.get(str(value), str(value))
    return _all_values().get(f"{key}={value}", str(value))


def verb_label(verb: str) -> str:
    """The verb in Chinese; itself when it has no name yet."""
    return all_verbs().get(verb, verb)
