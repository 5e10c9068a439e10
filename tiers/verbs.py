"""What the ladder's verbs and details are called on the auditor's page."""

VERBS = {
    "edition.load": "载入要素条件版本",
    "calendar.load": "载入工作日历",
    "calendar.put": "设置特殊日期",
    "calendar.remove": "删除特殊日期",
    "round.add": "新建申报批次",
    "round.edit": "修改申报批次草稿",
    "round.discard": "删除申报批次草稿",
    "round.publish": "发布申报批次",
    "round.retract": "申报批次退回草拟",
    "round.accept": "申报批次开始受理",
    "round.begin_first_review": "申报批次转入初审",
    "round.begin_review": "申报批次转入评审",
    "round.reopen": "申报批次恢复受理",
    "round.return_to_cities": "申报批次恢复初审",
    "round.announce": "申报批次开始公示",
    "round.report": "申报批次上报",
    "round.finish": "申报批次结束",
    "round.change": "调整期限或名额",
    "round.extend": "批准个别延期",
    "round.remind": "发送截止提醒",
    "round.recommend": "推荐",
    "round.withdraw_recommendation": "撤回推荐",
}

DETAILS: dict[str, str] = {
    "programme": "所据规则文件",
    "based_on": "所据批次",
    "until": "期限",
    "factory": "工厂编号",
    "outside_quota": "不占名额",
}
