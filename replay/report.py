"""The ledger as a page of the documentation: who did what when, and the digests of what came of it, shortened."""

from collections.abc import Iterator

from replay.ledger import Ledger, Produced, Step

_SHOWN = 12
_MOST = 6
_HEAD = """# 2024年度申报全流程重演

按鄂经信办函〔2024〕82号的期限，用`tests/dossiers/`中的{dossiers}份企业材料，从开启批次到向工业和信息化部上报，在演练环境中逐步办理一遍的结果。
全部操作由各机构、各企业自己的账号经平台的办理功能完成；批次的开放和截止由定时任务完成，文书由文书服务生成。材料中的企业、机构和数据均为虚构示例。

*What came of the 2024 round, replayed with `make replay-2024`. Times are Beijing time on the rehearsal's clock.*

每项成果的摘要为SHA-256，计算前去掉随机产生的内容：编号（如SB-7KQ2M9XA）、核验码、含有它们的摘要，以及空白字符；文书按排版所用的文字计算。
重复运行得到同一台账；完整摘要见[replay-2024.json](replay-2024.json)，台账摘要：

    {digest}

| 时间 | 办理单位 | 事项 | 成果（规模，摘要前12位） |
|---|---|---|---|
"""


def markdown(ledger: Ledger, dossiers: int) -> str:
    """The page."""
    head = _HEAD.format(digest=ledger.digest, dossiers=dossiers)
    return head + "".join(f"| {' | '.join(_cells(step))} |\n" for step in ledger.steps)


def _cells(step: Step) -> Iterator[str]:
    yield step.at
    yield step.who
    yield step.what
    shown = [_said(one) for one in step.produced[:_MOST]]
    left = len(step.produced) - len(shown)
    yield "<br>".join([*shown, *([f"……另{left}项"] if left else [])])


def _said(one: Produced) -> str:
    return f"{one.name}（{one.size}，`{one.digest[:_SHOWN]}`）"
