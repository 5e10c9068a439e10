import pytest
from portal import walls, clock
from tests import applications as made
from tests.factories import People
from applications.selectors.papers import paper, check
pytestmark = pytest.mark.django_db

def test_whole(people: People):
    row = made.filled(people)
    with walls.enter(people.enterprise_admin_a):
        c = check(paper(row), clock.now())
        for l in c.lines:
            if l.blocks: print("LINE", l.code, l.mark, l.reason, l.missing)
        for s, ps in c.problems:
            for p in ps: print("P", s.key, p.key, p.sentence)
        for f in c.findings: print("F", f)
    sub = made.submit(row, people.enterprise_admin_a)
    print(sub.number, sub.digest, len(sub.text))
    assert 0
