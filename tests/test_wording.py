"""What the portal says in place of Django's and allauth's own words."""

import io
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import gettext, override

from tests.signing_in import errors_of, sign_in

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES" / "django.po"


def test_compiled_wording_is_the_written_one() -> None:
    compiled = io.BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file, locale="zh_Hans", domain="django"))
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run `make messages`"


def test_each_wording_is_in_force() -> None:
    with CATALOGUE.open("rb") as file, override("zh-hans"):
        wordings = [message for message in read_po(file) if message.id and not message.pluralizable]
        assert wordings
        assert [m.id for m in wordings if gettext(m.id) != m.string] == []


def test_short_password_is_refused_in_chinese() -> None:
    with override("zh-hans"), pytest.raises(ValidationError, match=r"^\['密码长度不足，不得少于12个字符。'\]$"):
        MinimumLengthValidator(12).validate("short")


def test_wrong_password_and_too_many_of_them_are_answered_in_the_portals_words(db: None, client: Client) -> None:
    answers = [errors_of(sign_in(client, "nobody@test.example", "wrong")) for _ in range(6)]
    assert answers == [["邮箱或密码不正确。"]] * 5 + [["登录失败次数过多，请5分钟后再试。"]]
