"""The pages of the portal as tables: who sees which, and what is answered to bad input. Tests walk them."""

# Every page, by the account that sees it; a test holds this table against portal/urls.py.
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
        "/", "/rounds/", "/rounds/{round}/", "/registrations/", "/registrations/{asking}/", "/people/",
        "/people/invite/",
        "/people/{clerk}/disable/", "/people/{head}/hand-over/", "/enterprises/{code}/", "/enterprises/{code}/amend/",
        "/me/",
    ),
    "tianbao": ("/",),
    "chushen.wuhan": (
        "/", "/registrations/", "/registrations/?state=refused", "/registrations/?state=confirmed",
        "/registrations/{pending}/", "/enterprises/", "/enterprises/?search=xx", "/enterprises/{code}/", "/me/",
        "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/generate/",
    ),
    "fuze.wuhan": ("/", "/people/", "/people/invite/"),
    "jingban": (
        "/", "/enterprises/", "/people/", "/people/invite/", "/rounds/", "/rounds/add/", "/rounds/{round}/",
        "/rounds/{round}/clone/", "/rounds/{round}/dates/", "/rounds/{round}/quota/", "/rounds/{round}/extend/",
        "/rounds/{round_draft}/", "/rounds/{round_draft}/basics/", "/rounds/{round_draft}/general/",
        "/rounds/{round_draft}/rules/", "/rounds/{round_draft}/rows/criterion/", "/rounds/{round_draft}/rows/limit/",
        "/rounds/{round_draft}/rows/attachment/", "/rounds/{round_draft}/rows/column/", "/rounds/{round_ended}/",
        "/calendar/", "/calendar/?year=2025",
    ),
    "fuze": ("/", "/rounds/{round_draft}/", "/rounds/{round}/"),
    "fuze.hualing": ("/", "/rounds/", "/rounds/add/", "/registrations/", "/people/", "/people/invite/"),
    "huitong": ("/",),
    "zhuanjia1": ("/", "/me/"),
    "buji": ("/", "/people/"),
    "xitong": (
        "/", "/offices/", "/offices/?search=xx", "/offices/?page=2", "/offices/add-group/", "/offices/{office}/rename/",
        "/people/", "/people/invite/", "/calendar/", "/calendar/?year=2025",
    ),
    "anquan": ("/", "/security/", "/security/?search=xx", "/security/{account}/", "/security/{own_account}/"),
    "shenji": ("/", "/record/", "/record/?outcome=xx", "/record/?who=xx"),
}  # fmt: skip
NO_PAGE = {"record_export"}  # a file

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
    ("jingban", "/rounds/add/", {"year": "1900", "opens_on": ""}, "建立草稿"),
    ("jingban", "/rounds/{round}/dates/", {"enterprise_until": ""}, "调整期限"),
    ("jingban", "/rounds/{round}/extend/", {"code": "9142"}, "批准延期"),
    ("jingban", "/rounds/{round}/quota/", {"quota": "0"}, "调整名额"),
    ("jingban", "/rounds/{round_draft}/basics/", {"name": ""}, "保存"),
    ("jingban", "/rounds/{round_draft}/general/", {"sources": ""}, "保存"),
    ("jingban", "/rounds/{round_draft}/rules/", {"rows-0-text": ""}, "保存"),
    ("jingban", "/rounds/{round_draft}/rows/criterion/", {"rows-0-weight": "-1"}, "保存"),
    ("xitong", "/calendar/", {}, "保存"),
)
