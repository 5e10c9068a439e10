"""What papers about an application are made from: a frozen submission, or, for a preview, the draft as it stands."""

import hashlib

from applications.models import Application, Submission
from applications.selectors.applications import application_for, own_application_for, submission_for
from applications.selectors.papers import Paper as Draft
from applications.selectors.papers import paper
from applications.states import ApplicationState
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Hidden
from portal.papers import Source, Standing


def key_of(submission: Submission) -> str:
    """The key by which the papers of a version are asked for."""
    return f"{submission.application.ref}/{submission.version}"


def submission_source(actor: Actor, key: str) -> Source:
    """The version of an application that a key (ref/version) names. Raises Hidden."""
    ref, _, version = key.partition("/")
    if not (version.isascii() and version.isdecimal() and len(version) < 5):
        raise Hidden("submission", key[:40])
    row = submission_for(_any(ref) if actor.system else application_for(actor, ref), int(version))
    keys = {"unit_id": row.unit_id, "city_id": row.city_id, "enterprise_id": row.enterprise_id}
    return Source(row, row.number, row.version, row.digest, issuer=row.document["enterprise"]["name"], **keys)


def draft_source(actor: Actor, key: str) -> Source:
    """An application as it is being written (key: its ref); it is nobody's but the enterprise's. Raises Hidden."""
    row = _any(key) if actor.system else own_application_for(actor, key)
    draft = paper(row)
    digest = hashlib.sha256(canonical(_content(draft)).encode()).hexdigest()
    return Source(draft, "", 0, digest, issuer=row.enterprise.name, enterprise_id=row.enterprise_id)


def _content(draft: Draft) -> dict[str, object]:
    files = {field: [file.digest for file in held] for field, held in draft.handed_in.items()}
    row = draft.application
    names = [row.enterprise.name, row.factory.name, row.book_id, row.terms_digest]
    return {"ref": row.ref, "names": names, "answers": draft.answers, "files": files}


def standing(key: str, version: int) -> Standing:
    """What a paper of this version is worth now."""
    ref, _, _ = key.partition("/")
    row = Application.objects.get(ref=ref)
    if row.version != version:
        return Standing.SUPERSEDED
    return Standing.WITHDRAWN if row.state == ApplicationState.DRAFT else Standing.VALID


def _any(ref: str) -> Application:
    """The application whoever asks; for the worker, which stands behind all walls. Raises Hidden."""
    row = Application.objects.select_related("enterprise", "round__edition", "book", "factory").filter(ref=ref).first()
    if row is None:
        raise Hidden("application", ref)
    return row
