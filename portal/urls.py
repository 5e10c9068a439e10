"""Every address of the ground floor, and where those of the other apps come in."""

from importlib.util import find_spec

from allauth.socialaccount.views import LoginCancelledView, LoginErrorView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from portal.views import (
    accounts,
    demo,
    enterprises,
    exports,
    home,
    notices,
    offices,
    packages,
    papers,
    people,
    record,
    registrations,
    seals,
)

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.broken"

# The other apps, by name: the ground floor imports none of them.
_OTHERS = [app for app in settings.OWN_APPS if app != "portal"]

urlpatterns = [
    path("", home.home, name="home"),
    # What comes with every pause in typing is looked for first.
    *(path("api/v1/", include(f"{app}.api")) for app in _OTHERS if find_spec(f"{app}.api")),
    path("display/", home.display, name="display"),
    path("hat/", home.hat, name="hat"),
    path("me/", home.me, name="me"),
    path("notices/", notices.notices, name="notices"),
    path("me/end-sessions/", home.end_sessions, name="end_sessions"),
    # allauth asks for a sign-in here, of people whose sign-in through the identity provider just failed.
    path("accounts/3rdparty/login/error/", login_not_required(LoginErrorView.as_view())),
    path("accounts/3rdparty/login/cancelled/", login_not_required(LoginCancelledView.as_view())),
    path("accounts/", include("allauth.urls")),
    path("register/", registrations.register, name="register"),
    path("register/<str:ref>/", registrations.own_registration, name="own_registration"),
    path("register/<str:ref>/withdraw/", registrations.withdraw, name="registration_withdraw"),
    path("registrations/", registrations.registrations, name="registrations"),
    path("registrations/<str:ref>/", registrations.registration, name="registration"),
    path("registrations/<str:ref>/confirm/", registrations.confirm, name="registration_confirm"),
    path("registrations/<str:ref>/refuse/", registrations.refuse, name="registration_refuse"),
    path("enterprises/", enterprises.enterprises, name="enterprises"),
    path("enterprises/<str:code>/", enterprises.enterprise, name="enterprise"),
    path("enterprises/<str:code>/amend/", enterprises.amend, name="enterprise_amend"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<int:pk>/withdraw/", people.withdraw, name="invitation_withdraw"),
    path("people/<int:pk>/disable/", people.disable, name="membership_disable"),
    path("people/<int:pk>/restore/", people.restore, name="membership_restore"),
    path("people/<int:pk>/hand-over/", people.hand_over, name="membership_hand_over"),
    path("invitations/<str:token>/", people.invitation, name="invitation"),
    path("offices/", offices.offices, name="offices"),
    path("offices/add-group/", offices.add_group, name="group_add"),
    path("offices/<int:pk>/rename/", offices.rename, name="office_rename"),
    path("security/", accounts.accounts, name="accounts"),
    path("security/<int:pk>/", accounts.account, name="account"),
    path("security/<int:pk>/disable/", accounts.disable, name="account_disable"),
    path("security/<int:pk>/enable/", accounts.enable, name="account_enable"),
    path("security/<int:pk>/end-sessions/", accounts.end_sessions, name="account_end_sessions"),
    path("security/<int:pk>/reset-second-factor/", accounts.reset_second_factor, name="account_reset_second_factor"),
    path("packages/", packages.packages, name="packages"),
    path("packages/<str:ref>/", packages.package, name="package"),
    path("packages/<str:ref>/retry/", packages.retry, name="package_retry"),
    path("packages/<str:ref>/file/", packages.file, name="package_file"),
    path("papers/issue/<slug:kind>/<path:key>/", papers.issue, name="paper_issue"),
    path("papers/check/", papers.check, name="paper_check"),
    path("papers/<str:code>/", papers.paper, name="paper"),
    path("papers/<str:code>/seals/", seals.paper_seals, name="paper_seals"),
    path("papers/<str:code>/seals/<slug:key>/", seals.stamp, name="paper_stamp"),
    path("papers/<str:code>/retry/", papers.retry, name="paper_retry"),
    path("papers/<str:code>/file/", papers.file, name="paper_file"),
    path("seal/", seals.seal, name="seal"),
    path("seal/remove/", seals.remove, name="seal_remove"),
    path("seal/picture/", seals.picture, name="seal_picture"),
    path("verify/", papers.verify, name="verify_any"),
    path("verify/<str:code>/", papers.verify, name="verify"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<slug:key>.<slug:kind>", exports.export, name="export"),
    path("record/", record.record, name="record"),
    path("record/export.xlsx", record.export, name="record_export"),
    path("record/verify/", record.verify, name="record_verify"),
    *(path("", include(f"{app}.urls")) for app in _OTHERS),
]

if settings.IS_DEMO:
    urlpatterns += [path("demo/", demo.demo, name="demo"), path("demo/mail/", demo.mailbox, name="demo_mail")]
