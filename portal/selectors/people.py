"""Hats, colleagues, invitations, accounts."""

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal import walls
from portal.actors import NOBODY, Actor
from portal.compiled import Compiled
from portal.errors import Hidden
from portal.models import Invitation, Membership, Office, OfficeLevel, Unit, UnitKind, User
from portal.roles import ROLES, Level, Role
from portal.rules import may
from portal.states import InvitationState, MembershipState

_POST = ("unit", "city__region", "enterprise", "office")
# They come with every request.
_hats = Compiled(
    lambda user: (
        Membership.objects.filter(user=user, state=MembershipState.ACTIVE).select_related(*_POST).order_by("pk")
    ),
    int,
)


def hats(user: User) -> list[Membership]:
    """The memberships a person can act under now, oldest first, each with the name of its place.

    The transaction must stand where those names are seen: at the door (`Place.at_door`), or behind all walls.
    """
    return _hats(user.pk)


def actor_for(user: User | AnonymousUser, chosen: int | None) -> tuple[Actor, list[Membership]]:
    """Who acts: the person under the hat they chose, else under their first; and all their hats.

    The transaction must stand at the door.
    """
    if not isinstance(user, User) or not user.is_active:
        return NOBODY, []
    held = hats(user)
    worn = next((hat for hat in held if hat.pk == chosen), held[0] if held else None)
    if worn:
        worn.user = user
    return Actor(user=user, membership=worn), held


def _appointed(actor: Actor) -> list[Role]:
    return list(ROLES[actor.role].appoints) if actor.role else []


def colleagues(actor: Actor) -> QuerySet[Membership]:
    """Whom this actor looks after: the posts they may give, at their own place; the walls do the rest."""
    rows = Membership.objects.filter(role__in=_appointed(actor)).exclude(state=MembershipState.HANDED_OVER)
    return rows.select_related("user", *_POST).order_by("state", "role", "user__name", "pk")


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """Invitations to those posts that nobody has taken up or taken back."""
    rows = Invitation.objects.filter(role__in=_appointed(actor), state=InvitationState.OPEN)
    return rows.select_related("invited_by", *_POST)


def membership_for(actor: Actor, pk: int) -> Membership:
    """The gate to a colleague's membership, or one's own. Raises Hidden."""
    row = Membership.objects.select_related("user", *_POST).filter(pk=pk).first()
    if row and (may(actor, "membership.restore", row) or may(actor, "membership.hand_over", row)):
        return row
    raise Hidden("membership", str(pk))


def invitation_for(actor: Actor, pk: int) -> Invitation:
    """The gate to an invitation, for those who may send its like. Raises Hidden."""
    row = Invitation.objects.select_related(*_POST).filter(pk=pk).first()
    if row and may(actor, "invitation.send", row):
        return row
    raise Hidden("invitation", str(pk))


def invitation_by_token(token: str) -> Invitation:
    """The invitation a secret link opens, whoever holds it; the walls are crossed, on record. Raises Hidden."""
    with walls.system("受邀人打开邀请链接"):
        wanted = Invitation.objects.filter(token_digest=hashlib.sha256(token.encode()).hexdigest())
        row = wanted.select_related("invited_by", *_POST).first()
    if row is None:
        raise Hidden("invitation", "by link")
    return row


def successors(membership: Membership) -> QuerySet[Membership]:
    """Colleagues to whom this post can be handed over: active at the same organisation, one row a person."""
    level = Role(membership.role).level
    same = Membership.objects.filter(
        **membership.place,
        state=MembershipState.ACTIVE,
        role__in=[role for role in Role if role.level is level],
    )
    others = same.exclude(user_id=membership.user_id).exclude(role=membership.role)
    return others.select_related("user", *_POST).order_by("user_id", "pk").distinct("user_id")


def offices_to_staff(actor: Actor) -> QuerySet[Office]:
    """Offices to which this actor may appoint somebody."""
    rows = Office.objects.select_related("unit", "city__region")
    match ROLES[actor.role].level if actor.role else None:
        case Level.CITY:
            return rows.filter(city_id=actor.stands("city"))
        case Level.UNIT:
            own = Q(unit_id=actor.stands("unit"))
            return rows.filter(own & (Q(level=OfficeLevel.UNIT) | Q(level=OfficeLevel.CITY, is_lead=True)))
        case Level.MINISTRY:
            return rows.filter(level=OfficeLevel.MINISTRY)
        case Level.ADMINISTRATION:
            return rows.filter(is_lead=True).exclude(level=OfficeLevel.CITY)
    return rows.none()


_STAFF = Membership.objects.filter(office=OuterRef("pk"), state=MembershipState.ACTIVE)


def offices_without_head() -> QuerySet[Office]:
    """Lead offices of the ministry and the units where nobody works yet."""
    return Office.objects.filter(~Exists(_STAFF), is_lead=True).exclude(level=OfficeLevel.CITY)


def offices(*, level: str = "", search: str = "") -> QuerySet[Office]:
    """All offices with whether anybody works there (`is_staffed`); for the system administrator."""
    rows = Office.objects.select_related("unit", "city__region").annotate(is_staffed=Exists(_STAFF))
    if level:
        rows = rows.filter(level=level)
    return rows.filter(name__icontains=search) if search else rows


def office_for(actor: Actor, pk: int) -> Office:
    """The gate to an office, for the system administrator. Raises Hidden."""
    row = Office.objects.filter(pk=pk).first() if may(actor, "office.manage") else None
    if row is None:
        raise Hidden("office", str(pk))
    return row


def accounts(*, search: str = "", only_shut: bool = False) -> QuerySet[User]:
    """All accounts, for the security administrator."""
    rows = User.objects.order_by("name", "pk")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search))
    return rows.filter(is_active=False) if only_shut else rows


def account_for(actor: Actor, pk: int) -> User:
    """The gate to an account, for the security administrator. Raises Hidden."""
    row = User.objects.filter(pk=pk).first() if may(actor, "account.list") else None
    if row is None:
        raise Hidden("account", str(pk))
    return row


def central_groups() -> QuerySet[Unit]:
    """The groups of 中央企业 on this portal."""
    return Unit.objects.filter(kind=UnitKind.CENTRAL_GROUP).order_by("name")
