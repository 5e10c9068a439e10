"""What the ladder's verbs and details are called on the auditor's page."""

VERBS = {
    "edition.load": "载入要素条件版本",
    "recognition.add": "登记荣誉称号",
    "recognition.import": "导入荣誉名单",
    "recognition.amend": "更正荣誉称号",
    "recognition.link": "荣誉称号关联企业或工厂",
    "recognition.review": "开始复核荣誉称号",
    "recognition.restore": "恢复荣誉称号",
    "recognition.revoke": "撤销荣誉称号",
    "recognition.export": "导出荣誉称号",
    "factory.hold_tier": "更新工厂已获层级",
    "scenarios.import": "导入场景清单",
}

DETAILS: dict[str, str] = {
    "document": "文号",
    "on": "日期",
    "file": "文件名",
    "lines": "文件行数",
    "count": "条数",
    "holder": "在册企业",
    "factory": "工厂",
}
