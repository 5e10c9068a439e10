"""The demo's guidance: common questions and a template in this year's round, and announcements."""

import io
import zipfile
from xml.sax.saxutils import escape

from portal import walls
from portal.actors import Place
from portal.demo.seed import somebody
from tiers.models import Announcement, Round
from tiers.services import announcements, guidance
from tiers.states import RoundState

QUESTIONS = (
    (
        "注册地与工厂所在地不在同一市州，向哪里申报？",
        "按企业注册地所在市州申报。工厂地址据实填写即可，初审时由注册地经信部门会同工厂所在地了解情况。",
    ),
    (
        "成熟度自评估在哪里做？报告要盖章吗？",
        "在智能制造评估评价公共服务平台（c3mep.cn）在线完成，下载报告后作为附件上传。\n\n"
        "报告由平台生成，不需要另行盖章；申报书填写的分数和等级应与报告一致。",
    ),
    (
        "同一企业有两个工厂，可以都申报吗？",
        "可以。申报以工厂为单位，每个工厂分别填写申报书；同一工厂在同一批次只能申报一次。",
    ),
)
TEMPLATE = (
    "真实性承诺书（模板）",
    "我单位申报（层级）智能工厂所提交的全部材料真实、完整、合法，不含国家秘密和商业秘密。",
    "如有不实，愿承担相应责任。",
    "单位名称（盖章）：　　　　　　　　　　　　法定代表人（签字）：",
    "　　　　年　　月　　日",
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def seed() -> bool:
    """All of it; False when it is there already, or there is no round to guide."""
    with walls.stand(Place(office="system")):
        round_ = Round.objects.filter(unit__code="HB", state=RoundState.ACCEPTING, tier="excellent").first()
        if round_ is None or Announcement.objects.exists():
            return False
    _guide(round_)
    _announce(round_)
    return True


def _guide(round_: Round) -> None:
    officer = somebody("jingban")
    with walls.enter(officer):
        for question, answer in QUESTIONS:
            guidance.add_question(round_, question=question, answer=answer, actor=officer)
        guidance.add_file(
            round_,
            title="真实性承诺书模板",
            note="打印后由法定代表人签字、加盖公章，扫描为 PDF 上传",
            stream=io.BytesIO(document(TEMPLATE)),
            name="真实性承诺书模板.docx",
            actor=officer,
        )


def _announce(round_: Round) -> None:
    officer, ministry = somebody("jingban"), somebody("buji")
    with walls.enter(ministry):
        row = announcements.draft(
            title="关于防范冒用智能工厂梯度培育名义收费的提示",
            text="智能工厂梯度培育各环节均不向企业收取任何费用，也未委托任何机构代理申报。\n\n"
            "请企业提高警惕；发现冒用名义收费的，请向所在地工业和信息化主管部门反映。",
            actor=ministry,
        )
        announcements.publish(row, actor=ministry)
    with walls.enter(officer):
        row = announcements.draft(
            title=f"关于组织开展{round_.year}年度卓越级智能工厂申报的公告",
            text="本批次已开始受理，请符合条件的企业对照要素条件自评后在线申报。\n\n"
            "申报条件、材料要求和各环节截止时间见批次页面；常见问题和承诺书模板已同步公布。",
            round_=round_,
            is_pinned=True,
            actor=officer,
        )
        announcements.publish(row, actor=officer)


def document(paragraphs: tuple[str, ...]) -> bytes:
    """A document of Word with these paragraphs, the first as its heading."""
    body = "".join(
        f"<w:p><w:pPr><w:jc w:val='{'left' if place else 'center'}'/></w:pPr>"
        f"<w:r><w:rPr><w:sz w:val='{28 if place else 36}'/></w:rPr>"
        f"<w:t xml:space='preserve'>{escape(text)}</w:t></w:r></w:p>"
        for place, text in enumerate(paragraphs)
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, head + part)
    return made.getvalue()
