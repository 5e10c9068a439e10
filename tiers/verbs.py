"""What the ladder's verbs and details are called on the auditor's page."""

VERBS = {
    "edition.load": "载入要素条件版本",
    "factory.open": "新增工厂",
    "factory.amend": "更正工厂信息",
    "assessment.begin": "新建自评",
    "assessment.save": "保存自评",
    "assessment.amend": "调整自评方案",
    "assessment.make_current": "设为当前自评方案",
    "assessment.discard": "删除自评方案",
    "assessment.attach": "上传自评证明材料",
    "assessment.detach": "移除自评证明材料",
    "assessment.measure_all": "重新评估全部自评",
    "filing.file": "提交基础级备案",
    "filing.confirm": "确认基础级备案",
    "filing.return": "退回基础级备案",
    "filing.withdraw": "撤回基础级备案",
    "filing.view": "查阅基础级备案",
}

DETAILS = {
    "edition": "要素条件版本",
    "year": "年度",
    "copied_from": "复制自",
    "section": "分节",
    "version": "版本",
    "fields": "变更项数",
    "field": "对应项",
    "name": "名称",
    "assessment": "自评编号",
}
