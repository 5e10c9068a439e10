"""The pages of the portal as tables: who sees which, and what is answered to bad input. Tests walk them."""

# Every page of the ground floor, by the account that sees it; a test holds this table against portal/urls.py.
PAGES: dict[str, tuple[str, ...]] = {
    "": (
        "/", "/demo/", "/demo/mail/", "/demo/mail/?to=nobody", "/accounts/login/", "/accounts/signup/",
        "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/confirm-email/",
        "/accounts/inactive/", "/accounts/confirm-email/stale-key/", "/accounts/password/reset/key/0-0-stale/",
        "/accounts/3rdparty/login/cancelled/", "/invitations/{invitation}/",
    ),
    "xinren": (
        "/", "/me/", "/register/", "/register/{own}/", "/accounts/email/", "/accounts/password/change/",
        "/accounts/logout/", "/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/reauthenticate/",
        "/accounts/3rdparty/", "/invitations/{invitation}/",
    ),
    "qiye": (
        "/", "/registrations/", "/registrations/{asking}/", "/people/", "/people/invite/",
        "/people/{clerk}/disable/", "/people/{head}/hand-over/", "/enterprises/{code}/", "/enterprises/{code}/amend/",
        "/me/", "/recognitions/", "/editions/", "/editions/2024/",
    ),
    "tianbao": (
        "/", "/factories/", "/factories/new/", "/factories/{factory}/", "/factories/{factory}/amend/",
        "/factories/{factory}/assess/", "/assessments/{assessment}/", "/assessments/{assessment}/amend/",
        "/assessments/{assessment}/sections/basics/", "/assessments/{assessment}/sections/maturity/",
        "/assessments/{assessment}/sections/scenarios/", "/assessments/{assessment}/sections/operation/",
        "/assessments/{assessment}/sections/effects/", "/assessments/{assessment}/sections/indicators/",
        "/assessments/{assessment}/result/", "/assessments/{assessment}/compare/{earlier}/",
        "/assessments/{assessment}/file/", "/assessments/{earlier}/file/", "/filings/{filing}/",
    ),
    "chushen.wuhan": (
        "/", "/registrations/", "/registrations/?state=refused", "/registrations/?state=confirmed",
        "/registrations/{pending}/", "/enterprises/", "/enterprises/?search=xx", "/enterprises/{code}/", "/me/",
        "/factories/", "/factories/?search=xx", "/factories/{factory}/", "/filings/", "/filings/?state=returned",
        "/filings/?state=withdrawn", "/filings/{filing}/",
        "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/generate/",
    ),
    "fuze.wuhan": ("/", "/people/", "/people/invite/"),
    "jingban": (
        "/", "/factories/", "/factories/?city=420100&reached=excellent", "/filings/", "/enterprises/", "/people/",
        "/people/invite/", "/recognitions/", "/recognitions/?search=xx",
        "/recognitions/?state=revoked", "/recognitions/add/", "/recognitions/import/",
        "/recognitions/import/{good_list}/", "/recognitions/import/{bad_list}/", "/recognitions/{title}/",
        "/recognitions/{title}/amend/", "/recognitions/{title}/factory/", "/recognitions/{title}/review/",
        "/recognitions/{reviewed}/restore/", "/recognitions/{title}/revoke/", "/recognitions/{revoked}/",
        "/editions/2025/",
    ),
    "fuze.hualing": ("/", "/registrations/", "/people/", "/people/invite/"),
    "huitong": ("/",),
    "zhuanjia1": ("/", "/me/"),
    "buji": ("/", "/people/"),
    "xitong": (
        "/", "/offices/", "/offices/?search=xx", "/offices/?page=2", "/offices/add-group/", "/offices/{office}/rename/",
        "/people/", "/people/invite/", "/editions/", "/editions/2025/", "/editions/2024/?revision=1",
        "/editions/2024/scenarios/", "/editions/2024/scenarios/{scenarios}/",
    ),
    "anquan": ("/", "/security/", "/security/?search=xx", "/security/{account}/", "/security/{own_account}/"),
    "shenji": ("/", "/record/", "/record/?outcome=xx", "/record/?who=xx"),
}  # fmt: skip
NO_PAGE = {  # files
    "record_export", "evidence_file", "filed_file", "recognition_export", "recognition_template",
    "recognition_import_errors", "scenario_template",
    "scenario_import_errors",
}  # fmt: skip

# Account, page, what is typed into which field, the button; all of it must come back with an error.
BAD_INPUT: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("", "/accounts/signup/", {}, "注册"),
    ("", "/accounts/signup/", {"email": "no", "password1": "short", "password2": "other"}, "注册"),
    ("", "/accounts/signup/", {"name": "某", "email": "a@b.cn", "password1": "1234", "password2": "1234"}, "注册"),
    ("", "/accounts/login/", {}, "登录"),
    ("", "/accounts/login/", {"login": "nobody@b.cn", "password": "wrong"}, "登录"),
    ("", "/accounts/password/reset/", {"email": "no"}, "发送重设邮件"),
    ("", "/invitations/{invitation}/", {"password1": "password", "password2": "password"}, "建立账户并接受邀请"),
    ("", "/invitations/{invitation}/", {"password1": "123456789012", "password2": "1"}, "建立账户并接受邀请"),
    ("xinren", "/register/", {"code": "91420100", "contact_email": "no"}, "提交登记申请"),
    ("xinren", "/accounts/email/", {"email": "xinren@demo.example"}, "变更邮箱"),
    ("xinren", "/accounts/password/change/", {"oldpassword": "x", "password1": "1234"}, "保存新密码"),
    ("xinren", "/accounts/2fa/totp/activate/", {"code": "000000"}, "开通"),
    ("xinren", "/accounts/reauthenticate/", {"password": "wrong"}, "确认"),
    ("qiye", "/people/invite/", {"email": "no"}, "发送邀请"),
    ("qiye", "/people/{clerk}/disable/", {}, "停用"),
    ("qiye", "/people/{head}/hand-over/", {}, "移交"),
    ("chushen.wuhan", "/registrations/{pending}/", {}, "不予通过"),
    ("chushen.wuhan", "/filings/{filing}/", {}, "退回企业"),
    ("tianbao", "/factories/new/", {"industry_class": "12"}, "保存"),
    ("tianbao", "/assessments/{assessment}/amend/", {"name": ""}, "保存"),
    ("tianbao", "/factories/{factory}/assess/", {"name": ""}, "开始自评"),
    ("tianbao", "/assessments/{assessment}/file/", {}, "提交备案"),
    ("jingban", "/recognitions/add/", {"code": "91", "year": "24", "name": "某某公司"}, "登记"),
    ("jingban", "/recognitions/import/", {}, "上传并预览"),
    ("jingban", "/recognitions/{title}/review/", {}, "复核"),
    ("jingban", "/recognitions/{title}/revoke/", {"document": "某文号"}, "撤销"),
    ("xitong", "/editions/2024/scenarios/", {"source": "某文件"}, "上传并预览"),
)
