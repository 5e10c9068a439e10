"""What the review's verbs and details are called on the record."""

VERBS = {
    "copies.record": "登记纸质件",
    "copies.strike": "撤销纸质件登记",
}
DETAILS = {
    "arrived_on": "收到日期",
}
