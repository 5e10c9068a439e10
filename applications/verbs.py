"""What the record calls the acts of this app, and the details that go with them."""

VERBS: dict[str, str] = {
    "application.begin": "开始申报",
    "application.save": "保存申报内容",
    "application.attach": "上传申报附件",
    "application.detach": "移除申报附件",
    "application.take_over": "引用已有资料",
    "application.carry_over": "转入新版申报书格式",
    "application.ask": "提请企业管理员提交",
    "application.discard": "删除申报草稿",
    "application.submit": "提交申报",
    "application.withdraw": "撤回申报",
    "application.return": "退回申报修改",
    "application.extend": "延长修改时限",
    "application.lapse": "修改逾期，恢复审核",
    "application.keep_late": "保留逾期内容",
    "application.read": "查阅申报内容",
}

DETAILS: dict[str, str] = {}
