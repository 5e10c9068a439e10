from django.db import connection
from django.test import Client
from allauth.core.internal import ratelimit
import threading
from tests import factories
from tests.signing_in import errors_of, sign_in
from tests.test_committed import at_once
def test_x(own_database, monkeypatch):
    user = factories.user()
    orig = ratelimit.apply_rate
    log=[]
    def ar(history, now, rate, **k):
        log.append((threading.get_ident()%1000, list(history)))
        return orig(history, now, rate, **k)
    monkeypatch.setattr(ratelimit, "apply_rate", ar)
    print([errors_of(sign_in(Client(), user.email, "wrong")) for _ in range(2)])
    print(at_once(*[lambda: errors_of(sign_in(Client(), user.email, "wrong"))] * 8))
    for l in log: print(l)
    with connection.cursor() as c:
        c.execute("select cache_key, expires from portal_cache"); print(c.fetchall())
    assert 0
