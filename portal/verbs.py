"""What the record's verbs are called on the auditor's page."""

VERBS = {
    "walls.cross": "跨越租户边界",
    "request.refuse": "请求被规则拒绝",
    "request.deny": "越权访问被拒",
    "session.open": "登录",
    "session.close": "退出登录",
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
    "invitation.send": "发出邀请",
    "invitation.accept": "接受邀请",
    "invitation.withdraw": "撤回邀请",
    "invitation.expire": "邀请过期",
    "membership.grant": "授予角色",
    "membership.disable": "停用角色",
    "membership.restore": "恢复角色",
    "membership.hand_over": "移交角色",
    "record.export": "导出审计记录",
    "record.verify": "核验审计记录",
    "administrator.appoint": "任命平台管理员",
    "reference.load": "载入基础数据",
    "demo.seed": "载入演示数据",
}


def verb_label(verb: str) -> str:
    """The verb in Chinese; itself when it has no name yet."""
    return VERBS.get(verb, verb)
