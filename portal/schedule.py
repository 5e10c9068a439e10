"""What beat does, and how often: seconds. Every task may run twice, or on two machines at once."""

CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "portal.tasks.heartbeat", "schedule": 15},
    "seal the record": {"task": "portal.tasks.seal_record", "schedule": 30},
    "deliver mail": {"task": "portal.tasks.deliver_waiting_mail", "schedule": 30},
    "make packages": {"task": "portal.tasks.make_waiting_packages", "schedule": 60},
    "make papers": {"task": "portal.tasks.make_waiting_papers", "schedule": 60},
    "begin publicities": {"task": "review.tasks.begin_publicities", "schedule": 60},
    "sweep objections": {"task": "review.tasks.sweep_objections", "schedule": 86_400},
    "lock lists": {"task": "review.tasks.lock_lists", "schedule": 60},
    "lapse corrections": {"task": "applications.tasks.lapse_corrections", "schedule": 60},
    "sweep application files": {"task": "applications.tasks.sweep_files", "schedule": 86_400},
    "advance rounds": {"task": "tiers.tasks.advance_rounds", "schedule": 60},
    "clear counters": {"task": "portal.tasks.clear_counters", "schedule": 600},
    "expire invitations": {"task": "portal.tasks.expire_invitations", "schedule": 600},
    "link recognitions": {"task": "tiers.tasks.link_recognitions", "schedule": 180},
    "clear imports": {"task": "tiers.tasks.clear_imports", "schedule": 86_400},
    "sweep visits": {"task": "review.tasks.sweep_photos", "schedule": 86_400},
    "sweep evidence": {"task": "tiers.tasks.sweep_evidence", "schedule": 86_400},
    "sweep papers": {"task": "portal.tasks.sweep_papers", "schedule": 86_400},
    "clear sessions": {"task": "portal.tasks.clear_sessions", "schedule": 86_400},
}
