"""Statements of every request or every save: Django puts their SQL together once, later only values change.

Putting the SQL together takes Django several times as long as sending it and reading the row. It pays where a query is
always the same; everywhere else a queryset is the thing to write.
"""

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connection, models
from django.db.models.query import RelatedPopulator, get_related_populators

M = TypeVar("M", bound=models.Model)
# What stands in for a value while the SQL is made; no query has such a constant of its own.
_STAND_INS: dict[type, Callable[[int], Any]] = {int: lambda n: 2_000_000_000 + n, str: lambda n: f"\u241a{n}\u241a"}


class Compiled(Generic[M]):
    """A queryset as a function of values (`kinds`: their types, int or str), which gives the rows as a list.

    Takes filters, `defer`, `select_related` over foreign keys, and `select_for_update`; nothing that is prefetched.
    """

    def __init__(self, queryset_of: Callable[..., models.QuerySet[M]], *kinds: type) -> None:
        self._queryset_of, self._kinds = queryset_of, kinds

    def __call__(self, *values: Any) -> list[M]:
        """The rows for these values. None finds nothing where a column is compared with it, as in SQL."""
        sql, order, rows_of = self._made
        with connection.cursor() as cursor:
            cursor.execute(sql, [values[place] if is_value else place for is_value, place in order])
            return rows_of(cursor.fetchall())

    @cached_property
    def _made(self) -> tuple[str, list[tuple[bool, Any]], Callable[[list[Any]], list[M]]]:
        stand_ins = [_STAND_INS[kind](number) for number, kind in enumerate(self._kinds)]
        compiler = self._queryset_of(*stand_ins).query.get_compiler(connection.alias)
        sql, params = compiler.as_sql()
        order = [(True, stand_ins.index(p)) if p in stand_ins else (False, p) for p in params]
        if {place for is_value, place in order if is_value} != set(range(len(stand_ins))):
            raise ValueError("a value of the query is not found again in its SQL")
        return sql, order, _reader(compiler)


def inserted(row: models.Model) -> None:
    """Add a row of a model without parents, signals or columns that the database fills."""
    names = tuple(field.name for field in row._meta.local_concrete_fields)
    with connection.cursor() as cursor:
        cursor.execute(_insert(type(row), names), _values(row, names))
    row._state.adding, row._state.db = False, connection.alias


def updated(row: models.Model, *names: str) -> None:
    """Write these fields of a row of such a model. Raises DatabaseError when there is no such row any more."""
    with connection.cursor() as cursor:
        cursor.execute(_update(type(row), names), [*_values(row, names), row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError("the row to be updated is not there")


def _values(row: models.Model, names: tuple[str, ...]) -> list[Any]:
    fields = [_field(type(row), name) for name in names]
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _columns(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    return [connection.ops.quote_name(_field(model, name).column) for name in names]


@cache
def _insert(model: type[models.Model], names: tuple[str, ...]) -> str:
    columns = _columns(model, names)
    table, places = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names of the model alone


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> str:
    sets = ", ".join(f"{column} = %s" for column in _columns(model, names))
    table, (key,) = connection.ops.quote_name(model._meta.db_table), _columns(model, (model._meta.pk.name,))
    return f"UPDATE {table} SET {sets} WHERE {key} = %s"  # noqa: S608 - names of the model alone


def _reader(compiler: Any) -> Callable[[list[Any]], list[Any]]:
    """What makes instances of rows, as Django's own iteration over a queryset does."""
    model, start = compiler.klass_info["model"], compiler.klass_info["select_fields"][0]
    end = compiler.klass_info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    populators: Any = get_related_populators  # the stubs are a Django ahead
    beside: list[RelatedPopulator] = populators(compiler.klass_info, compiler.select, connection.alias)
    converters = list(compiler.get_converters([column[0] for column in compiler.select]).items())

    def read(rows: list[Any]) -> list[Any]:
        return [_instance(list(row)) for row in rows]

    def _instance(row: list[Any]) -> Any:
        for place, (functions, expression) in converters:
            for convert in functions:
                row[place] = convert(row[place], expression, connection)
        found = model.from_db(connection.alias, names, row[start:end])
        for populator in beside:
            populator.populate(row, found)
        return found

    return read
