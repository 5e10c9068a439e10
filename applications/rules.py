"""Who may do what with an application: predicates over (actor, object), and the names they answer to."""

from typing import Any

import rules

PERMISSIONS: dict[str, Any] = {}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
