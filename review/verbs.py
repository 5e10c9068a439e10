"""What the review's verbs and details are called on the record."""

VERBS = {
    "copies.record": "登记纸质件",
    "copies.strike": "撤销纸质件登记",
    "message.write": "发送留言",
    "message.read": "阅读留言",
    "message.strike": "撤销留言",
}
DETAILS = {
    "arrived_on": "收到日期",
    "letters": "字数",
    "text_digest": "正文摘要",
}
