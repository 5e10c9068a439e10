"""Who may do what in the review."""

from typing import Any

import rules

from applications.rules import has_applications, is_answering_for, is_reviewing
from portal.actors import Actor
from portal.roles import JOINT, Level, Role
from portal.rules import is_portal
from tiers.rules import is_filling_for
from tiers.terms import Decider

_CITY, _UNIT = {Role.CITY_REVIEWER, Role.CITY_HEAD}, {Role.UNIT_OFFICER, Role.UNIT_HEAD}


@rules.predicate
def has_copies(actor: Actor) -> bool:
    """Paper arrives at their office: a city's or a unit's lead office."""
    return actor.role in _CITY | _UNIT


@rules.predicate
def is_receiving(actor: Actor, application: Any) -> bool:
    """This application's paper comes to their own office."""
    if application is None:
        return False
    if actor.role in _CITY:
        return bool(actor.stands("city") == application.city_id)
    return actor.role in _UNIT and bool(actor.stands("unit") == application.unit_id)


@rules.predicate
def is_reviewer(actor: Actor, review: Any) -> bool:
    """The application of this review lies before them."""
    return review is not None and bool(is_reviewing(actor, review.application))


@rules.predicate
def is_applicant(actor: Actor, review: Any) -> bool:
    """They answer for the enterprise whose application was reviewed."""
    return review is not None and bool(is_answering_for(actor, review.application))


@rules.predicate
def has_reviews(actor: Actor) -> bool:
    """Applications come before their office to be reviewed first."""
    return actor.role in _CITY | _UNIT


@rules.predicate
def is_of_city(actor: Actor, city_list: Any) -> bool:
    """They work in the lead office of the city whose list it is."""
    return city_list is not None and actor.role in _CITY and bool(actor.stands("city") == city_list.city_id)


@rules.predicate
def is_city_head(actor: Actor, city_list: Any) -> bool:
    """They answer for what their city sends up."""
    return actor.role is Role.CITY_HEAD and bool(is_of_city(actor, city_list))


@rules.predicate
def is_of_lists_unit(actor: Actor, city_list: Any) -> bool:
    """They work in the lead office of the unit that the list goes to."""
    return city_list is not None and actor.role in _UNIT and bool(actor.stands("unit") == city_list.unit_id)


@rules.predicate
def is_of_rounds_unit(actor: Actor, round_: Any) -> bool:
    """They work in the lead office of the unit whose round it is, and cities have a part in it."""
    own = round_ is not None and actor.stands("unit") == round_.unit_id and round_.city_until is not None
    return actor.role in _UNIT and bool(own)


@rules.predicate
def has_city_lists(actor: Actor) -> bool:
    """Lists of cities are theirs, or come to their office."""
    return actor.role in _CITY | _UNIT


@rules.predicate
def is_asked(actor: Actor, sign_off: Any) -> bool:
    """Their own department was asked to sign."""
    return (
        sign_off is not None
        and actor.role in JOINT
        and actor.membership is not None
        and bool(actor.membership.office_id == sign_off.office_id)
    )


@rules.predicate
def is_asking(actor: Actor, sign_off: Any) -> bool:
    """Their own lead office asked for the signature."""
    if sign_off is None:
        return False
    if sign_off.city_id is None:
        return actor.role in _UNIT and bool(actor.stands("unit") == sign_off.unit_id)
    return actor.role in _CITY and bool(actor.stands("city") == sign_off.city_id)


@rules.predicate
def has_sign_offs(actor: Actor) -> bool:
    """They act for a joint department of a city or a unit."""
    return actor.role in JOINT


@rules.predicate
def is_of_place(actor: Actor, application: Any) -> bool:
    """Any department of the place whose lead office reviews the application: facts come from all of them."""
    if application is None or actor.role is None:
        return False
    if is_reviewing(actor, application):
        return True
    return actor.role in JOINT and actor.role.level is Level.CITY and actor.stands("city") == application.city_id


@rules.predicate
def has_list_papers(actor: Actor, issue: Any) -> bool:
    """Papers of a list are its city's, of every department that signs; and the unit's once they were sent."""
    if issue is None or actor.role is None:
        return False
    if actor.role.level is Level.CITY:
        return bool(actor.stands("city") == issue.city_id)
    return actor.role in _UNIT and bool(actor.stands("unit") == issue.unit_id)


@rules.predicate
def is_of_unit_lead(actor: Actor, thing: Any) -> bool:
    """They work in the lead office of the unit that this belongs to."""
    return thing is not None and actor.role in _UNIT and bool(actor.stands("unit") == thing.unit_id)


@rules.predicate
def is_unit_head(actor: Actor, thing: Any) -> bool:
    """They answer for what their unit decides and sends."""
    return actor.role is Role.UNIT_HEAD and bool(is_of_unit_lead(actor, thing))


@rules.predicate
def has_candidates(actor: Actor) -> bool:
    """Applications come to their office to be judged: a unit's lead office."""
    return actor.role in _UNIT


# -- experts ---------------------------------------------------------------------------------------------------------
@rules.predicate
def is_expert(actor: Actor) -> bool:
    """They act as an expert."""
    return actor.role is Role.EXPERT


@rules.predicate
def is_own_work(actor: Actor, thing: Any) -> bool:
    """A profile, a seat or a sheet of their own, under the hat of the unit that it belongs to."""
    if thing is None or actor.user is None or actor.role is not Role.EXPERT:
        return False
    return bool(thing.user_id == actor.user.pk and thing.unit_id == actor.stands("unit"))


@rules.predicate
def is_chair(actor: Actor, panel: Any) -> bool:
    """They chair this panel."""
    return panel is not None and panel.chair is not None and bool(is_own_work(actor, panel.chair))


@rules.predicate
def is_on_visit(actor: Actor, visit: Any) -> bool:
    """They go along on this visit."""
    if visit is None or actor.user is None or actor.role is None:
        return False
    return any(member.user_id == actor.user.pk for member in visit.members.all())


@rules.predicate
def has_sheet_papers(actor: Actor, issue: Any) -> bool:
    """The paper of a signed sheet is its expert's, and its unit's."""
    return issue is not None and bool(is_own_work(actor, issue) or is_of_unit_lead(actor, issue))


@rules.predicate
def has_unit_papers(actor: Actor, issue: Any) -> bool:
    """Papers of a unit's list are its lead office's, and every department's that signs."""
    own = issue is not None and actor.stands("unit") == issue.unit_id
    return actor.role is not None and actor.role.level is Level.UNIT and bool(own)


@rules.predicate
def is_of_its_office(actor: Actor, message: Any) -> bool:
    """Their own office wrote this, and the application still lies before them."""
    if message is None or message.office_id is None or actor.membership is None:
        return False
    return bool(actor.membership.office_id == message.office_id) and is_reviewing(actor, message.application)


@rules.predicate
def is_asked_about(actor: Actor, notice: Any) -> bool:
    """The enterprise that an office asks about an objection is their own: its administrator answers."""
    own = notice is not None and actor.stands("enterprise") == notice.enterprise_id
    return actor.role is Role.ENTERPRISE_ADMIN and bool(own)


@rules.predicate
def is_ministry(actor: Actor, _thing: Any = None) -> bool:
    """They act for the ministry, before which every unit's dispatch comes."""
    return actor.role is Role.MINISTRY


@rules.predicate
def is_deciding_itself(actor: Actor, round_: Any) -> bool:
    """They answer for a unit that recognises by itself in this round (先进级)."""
    return bool(is_unit_head(actor, round_)) and round_.value.decider is Decider.UNIT


PERMISSIONS: dict[str, Any] = {
    # made public, sent up, decided
    "publicity.draw": is_of_unit_lead,
    "publicity.edit": is_of_unit_lead,
    "publicity.publish": is_unit_head,
    "publicity.withdraw": is_unit_head,
    "paper.publicity": is_of_unit_lead,
    "objection.list": has_candidates,
    "objection.record": is_of_unit_lead,
    "objection.accept": is_of_unit_lead,
    "objection.refuse": is_of_unit_lead,
    "objection.uphold": is_unit_head,
    "objection.dismiss": is_unit_head,
    "objection.ask": is_of_unit_lead,
    "objection_notice.read": is_filling_for | is_of_unit_lead,
    "objection_notice.answer": is_asked_about,
    "dispatch.list": has_candidates | is_ministry,
    "dispatch.read": is_of_unit_lead | is_ministry,
    "dispatch.survey": is_ministry,
    "dispatch.send": is_unit_head,
    "dispatch.receive": is_ministry,
    "dispatch.ask": is_ministry,
    "dispatch.supersede": is_portal,
    "dispatch.decide": is_ministry,
    "outcome.record": is_deciding_itself,
    "copies.list": has_copies,
    "copies.record": is_receiving,
    "copies.strike": is_receiving,
    "first_review.list": has_reviews,
    "first_review.review": is_reviewing,
    "first_review.pass": is_reviewer,
    "first_review.reject": is_reviewer,
    "first_review.reopen": is_reviewer,
    "first_review.reconsider": is_applicant,
    "first_review.renew": is_portal,
    "finding.record": is_of_place,
    "city_list.list": has_city_lists,
    "city_list.order": is_of_city,
    "city_list.circulate": is_of_city,
    "city_list.reopen": is_of_city | is_portal,
    "city_list.send": is_city_head,
    "city_list.accept": is_of_lists_unit,
    "city_list.return": is_of_lists_unit,
    "city_list.extend": is_of_lists_unit,
    "city_list.survey": is_of_rounds_unit,
    "city_list.lock": is_portal,
    "city_list.unlock": is_of_lists_unit,
    "sign_off.list": has_sign_offs,
    "sign_off.agree": is_asked,
    "sign_off.disagree": is_asked,
    "sign_off.verify": is_asked,
    "sign_off.record": is_asking,
    "sign_off.resolve": is_asking,
    "sign_off.void": is_asking | is_portal,
    "candidate.list": has_candidates,
    "candidate.accept": is_of_unit_lead,
    "candidate.send_back": is_of_unit_lead,
    "candidate.refuse": is_of_unit_lead,
    "candidate.restore": is_of_unit_lead,
    "candidate.answer": is_of_city,
    "candidate.recall": is_portal,
    "candidate.renew": is_portal,
    "unit_list.list": has_candidates,
    "unit_list.choose": is_of_unit_lead,
    "unit_list.circulate": is_of_unit_lead,
    "unit_list.reopen": is_of_unit_lead | is_portal,
    "unit_list.send": is_unit_head,
    "unit_list.give_back": is_portal,
    "paper.unit_list": has_unit_papers,
    "expert.list": has_candidates,
    "expert.keep": is_of_unit_lead | is_own_work,
    "expert.own": is_expert,
    "panel.list": has_candidates,
    "panel.draw": is_of_unit_lead,
    "panel.start": is_of_unit_lead,
    "panel.open": is_chair,
    "panel.reseal": is_of_unit_lead,
    "panel.close": is_of_unit_lead,
    "panel.resume": is_of_unit_lead,
    "seat.consent": is_own_work,
    "seat.decline": is_own_work,
    "seat.release": is_of_unit_lead,
    "seat.invite": is_of_unit_lead,
    "waiver.grant": is_unit_head,
    "sheet.list": is_expert,
    "sheet.save": is_own_work,
    "sheet.declare": is_own_work,
    "sheet.sign": is_own_work,
    "sheet.recuse": is_own_work,
    "sheet.reopen": is_of_unit_lead,
    "sheet.release": is_of_unit_lead,
    "sheet.assign": is_of_unit_lead,
    "visit.list": has_candidates,
    "visit.plan": is_of_unit_lead,
    "visit.record": is_of_unit_lead | is_on_visit,
    "visit.finish": is_of_unit_lead | is_on_visit,
    "visit.cancel": is_of_unit_lead,
    "paper.sheet": has_sheet_papers,
    "paper.city_list": has_list_papers,
    "message.list": has_applications,
    "message.write": is_filling_for | is_reviewing,
    "message.strike": is_of_its_office,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
