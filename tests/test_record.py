"""The record: one INSERT an event, append-only, kept though its request rolls back; tampering by the owner is found."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import audit, clock, walls
from portal.actors import Place
from portal.audit import AuditEvent, Outcome
from portal.models.enterprises import Nature
from portal.rooms import declared
from portal.services import record
from portal.verbs import all_verbs, details
from tests.factories import People
from tiers.assessment_form import assessment_form
from tiers.edition_file import read
from tiers.programme_file import PARTS
from tiers.services.catalogue import FOLDER
from tiers.titles import TITLES

AUDITOR = Place(office="auditor")


def _seal_some(blocks: int = 3, events: int = 4) -> None:
    with walls.stand(AUDITOR):
        for block in range(blocks):
            for event in range(events):
                audit.record("test.event", block=block, event=event)
            record.seal()


def _faults(**options: Any) -> list[str]:
    with walls.stand(AUDITOR):
        return record.verify(**options).faults


def _tamper(cursor: Any, table: str, statement: str, *params: Any) -> None:
    """Do as the table's owner what no trigger and no policy would let anybody do."""
    cursor.execute("SET portal.office = 'system'")
    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    cursor.execute(statement, params)
    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER; ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


def test_keys_of_events_are_version_7_and_sort_by_time() -> None:
    keys = [audit.uuid7() for _ in range(200)]
    assert {(key.version, key.variant) for key in keys} == {(7, uuid.RFC_4122)}
    assert keys == sorted(keys)
    assert len(set(keys)) == 200
    assert abs((keys[0].int >> 80) / 1000 - time.time()) < 5


@pytest.mark.django_db
def test_recording_costs_one_insert() -> None:
    with CaptureQueriesContext(connection) as queries:
        audit.record("test.event", detail="x")
    assert [q["sql"].split()[0] for q in queries] == ["INSERT"]


@pytest.mark.django_db
def test_event_says_who_when_where_what(people: People, client_as: Callable[..., Client]) -> None:
    actor = people.city_reviewer_a
    client_as(actor).get(reverse("enterprise", args=[people.enterprise_a.code]), REMOTE_ADDR="203.0.113.9")
    with walls.stand(AUDITOR):
        event = AuditEvent.objects.latest("id")
    assert (event.verb, event.outcome, event.role) == ("enterprise.view", "done", "city_reviewer")
    assert (event.actor, event.actor_name, event.organisation) == (actor.user, actor.name, "武汉市经济和信息化局")
    assert (event.subject_type, event.subject_id) == ("portal.enterprise", str(people.enterprise_a.pk))
    assert (event.address, event.utc_offset, len(event.request_id)) == ("203.0.113.9", 480, 12)
    assert abs(clock.now() - event.at) < timedelta(minutes=1)
    assert event.city_id == actor.stands("city")


@pytest.mark.django_db
def test_portals_role_can_not_change_the_record() -> None:
    event = audit.record("test.event")
    for statement in (
        f"UPDATE portal_auditevent SET verb = 'x' WHERE id = '{event.pk}'",
        f"DELETE FROM portal_auditevent WHERE id = '{event.pk}'",
        "TRUNCATE portal_auditevent",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_owner_is_stopped_by_the_triggers(own_database: str, owner_cursor: Any) -> None:
    _seal_some(1)
    owner_cursor.execute("SET portal.office = 'system'")
    for statement in (
        "UPDATE portal_auditevent SET verb = 'x'",
        "DELETE FROM portal_auditevent",
        "TRUNCATE portal_auditevent",
        "UPDATE portal_auditblock SET digest = 'x'",
        "DELETE FROM portal_auditblock",
    ):
        with pytest.raises(Exception, match=r"append-only|Cannot"):
            owner_cursor.execute(statement)


@pytest.mark.django_db
def test_refusal_and_denial_are_recorded_though_the_view_rolled_back(
    people: People, client_as: Callable[..., Client]
) -> None:
    client = client_as(people.city_head_a)
    assert client.get(reverse("enterprise", args=[people.enterprise_b.code])).status_code == 404
    assert client.get(reverse("record")).status_code == 403
    pk = people.city_head_a.membership.pk
    assert (
        client_as(people.unit_head).post(reverse("membership_disable", args=[pk]), {"reason": "离岗"}).status_code
        == 422
    )
    with walls.stand(AUDITOR):
        denied = list(AuditEvent.objects.filter(outcome=Outcome.DENIED).order_by("id").values_list("data", flat=True))
        refused = AuditEvent.objects.get(outcome=Outcome.REFUSED)
    assert [data["what"] for data in denied] == ["enterprise", "record.read"]
    assert "唯一" in refused.data["reasons"][0]
    assert refused.actor == people.unit_head.user


@pytest.mark.django_db
def test_whole_record_verifies_and_seals_nothing_twice() -> None:
    _seal_some()
    assert _faults() == []
    with walls.stand(AUDITOR):
        assert record.seal() == []
        verdict = record.verify()
    assert (verdict.blocks, verdict.unsealed) == (3, 0)


@pytest.mark.django_db
def test_backlog_of_a_day_is_sealed_in_one_go(monkeypatch: pytest.MonkeyPatch, time_machine: Any) -> None:
    monkeypatch.setattr(record, "BLOCK_SIZE", 5)
    time_machine.move_to("2124-11-20T10:00:00Z")
    _seal_some(1)
    for number in range(12):
        audit.record("test.event", number=number)
    time_machine.move_to("2124-11-21T10:00:00Z")
    with walls.stand(AUDITOR):
        assert [len(block.members) for block in record.seal()] == [5, 5, 2]
        verdict = record.verify()
    assert (verdict.faults, verdict.unsealed) == ([], 0)


@pytest.mark.django_db
def test_what_a_shifted_clock_records_is_sealed_like_anything_else() -> None:
    _seal_some()
    with clock.shifted(clock.now() - timedelta(days=40)):
        audit.record("test.event")
    with walls.stand(AUDITOR):
        assert [len(block.members) for block in record.seal()] == [1]
    assert _faults() == []


def test_change_is_found(own_database: str, owner_cursor: Any) -> None:
    _seal_some()
    for column, value in (("actor_name", "别人"), ("data", '{"block": 9}'), ("at", "2001-01-01T00:00Z")):
        owner_cursor.execute("SET portal.office = 'system'")
        owner_cursor.execute(
            f"SELECT id, {column} FROM portal_auditevent "
            "WHERE id = (SELECT members[2] FROM portal_auditblock WHERE number = 2)"
        )
        key, was = owner_cursor.fetchone()
        change = f"UPDATE portal_auditevent SET {column} = %s WHERE id = %s"
        _tamper(owner_cursor, "portal_auditevent", change, value, key)
        assert _faults() == ["第2块的内容或成员被改动。"], column
        back = json.dumps(was) if isinstance(was, dict) else was
        _tamper(owner_cursor, "portal_auditevent", change, back, key)
        assert _faults() == []


def test_deletion_is_found(own_database: str, owner_cursor: Any) -> None:
    _seal_some()
    _tamper(
        owner_cursor,
        "portal_auditevent",
        "DELETE FROM portal_auditevent WHERE id = (SELECT members[2] FROM portal_auditblock WHERE number = 2)",
    )
    (fault,) = _faults()
    assert fault.startswith("第2块的记录被删除")


@pytest.mark.parametrize(
    ("key", "is_demo"),
    [("uuidv7()", False), ("uuidv7(interval '-3 hours')", False), ("uuidv7(interval '-3 hours')", True)],
)
def test_insertion_is_found_whether_slipped_beside_the_chain_or_into_a_block(
    own_database: str, owner_cursor: Any, settings: Any, key: str, is_demo: bool
) -> None:
    settings.IS_DEMO = is_demo
    _seal_some()
    columns = ", ".join(c for c in record.COLUMNS if c not in {"id", "at"})
    copy = (
        f"INSERT INTO portal_auditevent (id, at, {columns}) SELECT {key}, now() - interval '3 hours', {columns} "
        "FROM portal_auditevent LIMIT 1 RETURNING id"
    )
    _tamper(owner_cursor, "portal_auditevent", copy)
    owner_cursor.execute("SELECT id FROM portal_auditevent ORDER BY at LIMIT 1")
    (forged,) = owner_cursor.fetchone()
    (fault,) = _faults()
    assert "事后插入" in fault
    with walls.stand(AUDITOR):
        assert record.seal() == [], "the sealer does not launder it"
    into = "UPDATE portal_auditblock SET members = members || %s::uuid WHERE number = 2"
    _tamper(owner_cursor, "portal_auditblock", into, forged)
    assert _faults() == ["第2块的内容或成员被改动。"]


def test_gap_and_cut_tail_are_found(own_database: str, owner_cursor: Any) -> None:
    _seal_some()
    with walls.stand(AUDITOR):
        head = record.verify().head
    # The whole last block goes, with its events: the chain that is left is whole, but the anchor noted outside tells.
    _tamper(
        owner_cursor,
        "portal_auditevent",
        "DELETE FROM portal_auditevent USING portal_auditblock b WHERE b.number = 3 AND id = ANY(b.members)",
    )
    _tamper(owner_cursor, "portal_auditblock", "DELETE FROM portal_auditblock WHERE number = 3")
    assert _faults() == []
    assert "末尾的块被删除" in _faults(anchor=(3, head))[0]
    _tamper(owner_cursor, "portal_auditblock", "DELETE FROM portal_auditblock WHERE number = 1")
    assert any("第1块缺失" in fault for fault in _faults())


def test_rewritten_block_no_longer_joins_the_next(own_database: str, owner_cursor: Any) -> None:
    _seal_some()
    change = "UPDATE portal_auditblock SET digest = repeat('a', 64) WHERE number = 2"
    _tamper(owner_cursor, "portal_auditblock", change)
    assert _faults() == ["第2块的内容或成员被改动。", "第3块未接续前一块。"]


@pytest.mark.django_db
def test_command_verifies_and_fails_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    _seal_some()
    out = StringIO()
    call_command("verify_audit", "--seal", stdout=out)
    assert "The record is whole." in out.getvalue()
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_audit", "--anchor", f"2:{'0' * 64}", stdout=StringIO(), stderr=StringIO())


@pytest.mark.django_db
def test_auditor_filters_exports_and_verifies_on_the_page(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.auditor)
    page = client.get(reverse("record"), {"verb": "membership.grant", "who": "test"}).content.decode()
    assert "授予角色" in page
    assert "<dt>角色</dt>" in page, "details have names too"
    assert "walls.cross" not in page.split("<table")[1]
    answer = client.get(reverse("record_export"), {"verb": "membership.grant"})
    assert answer["Content-Disposition"].startswith("attachment")
    from io import BytesIO

    rows = list(openpyxl.load_workbook(BytesIO(answer.content)).active.values)
    assert rows[0][7] == "行为"
    assert {row[7] for row in rows[1:]} == {"membership.grant"}
    assert "记录完整" in client.post(reverse("record_verify")).content.decode()
    with walls.stand(AUDITOR):
        assert {"record.export", "record.verify"} <= set(AuditEvent.objects.values_list("verb", flat=True))


@pytest.mark.django_db
def test_filter_days_are_beijing_days_and_both_count(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.auditor)
    today = clock.beijing(clock.now()).date()
    here = client.get(reverse("record"), {"since": today, "until": today}).content.decode()
    assert "授予角色" in here
    gone = client.get(reverse("record"), {"until": today - timedelta(days=1)}).content.decode()
    assert "没有符合条件的记录" in gone


def test_every_verb_in_the_code_has_a_name_in_chinese() -> None:
    import re
    from pathlib import Path

    root = Path(audit.__file__).parent.parent
    source = "\n".join(path.read_text() for app in settings.OWN_APPS for path in (root / app).rglob("*.py"))
    used = set(re.findall(r'audit\.record\(\s*"([a-z_]+\.[a-z_]+)"', source))
    used |= {
        f"{workflow.name}.{t.action}"
        for kind in declared("transitions", "WORKFLOWS")
        for workflow in kind
        for t in workflow.transitions
    }
    assert used <= set(all_verbs())


@pytest.mark.parametrize(
    ("verb", "data", "lines"),
    [
        ("round.publish", {"source": "draft", "target": "published"}, [("原状态", "草拟"), ("新状态", "已发布")]),
        ("registration.confirm", {"source": "pending"}, [("原状态", "待确认")]),
        ("filing.confirm", {"target": "confirmed"}, [("新状态", "已备案")]),
        ("membership.grant", {"role": "enterprise_admin"}, [("角色", "企业管理员")]),
        ("session.open", {"methods": ["password", "mfa"]}, [("验证方式", "密码；两步验证")]),
        ("assessment.save", {"section": "operation"}, [("分节", "生产作业")]),
        ("assessment.begin", {"copied_from": None}, [("复制自", "无")]),
        ("round.edit", {"parts": ["criterion", "aggregation"]}, [("修改内容", "评分表；得分汇总")]),
        ("factory.hold_tier", {"before": "", "after": "basic"}, [("更正前", "无"), ("更正后", "基础级")]),
        ("recognition.add", {"by": "filing"}, [("途径", "基础级备案")]),
        ("request.deny", {"what": "factory"}, [("内容", "工厂")]),
        (
            "factory.amend",
            {"before": {"address": "甲路", "is_closed": "False"}},
            [("更正前", "地址：甲路；是否停用：否")],
        ),
    ],
)
def test_details_are_read_in_words(verb: str, data: dict[str, Any], lines: list[tuple[str, str]]) -> None:
    assert details(data, verb) == lines


def test_every_section_of_a_self_assessment_and_part_of_a_round_has_a_name_on_record() -> None:
    for path in FOLDER.glob("*.toml"):
        edition = read(path)
        for section in assessment_form(edition, edition.tiers[-1].code).sections:
            assert details({"section": section.key}) == [("分节", section.title)]
    for title in TITLES:
        assert details({"after": {"title": title.code}}) == [("更正后", f"荣誉称号：{title.name}")]
    for nature in Nature:
        assert details({"after": {"nature": nature.value}}) == [("更正后", f"企业性质：{nature.label}")]
    assert not [part for part in PARTS if details({"parts": [part]})[0][1] == part]
