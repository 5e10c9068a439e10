"""Statements of every request or every save: Django puts their SQL together once, later only values change.

Putting the SQL together takes Django several times as long as sending it and reading the row. It pays where a query is
always the same; everywhere else a queryset is the thing to write.
"""

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.models.base import ModelState
from django.db.models.query import RelatedPopulator, get_related_populators
from django.db.models.signals import post_init, pre_init

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
        with _connection().cursor() as cursor:
            cursor.execute(sql, [values[place] if is_value else place for is_value, place in order])
            return rows_of(cursor.fetchall())

    @cached_property
    def _made(self) -> tuple[str, list[tuple[bool, Any]], Callable[[list[Any]], list[M]]]:
        stand_ins = [_STAND_INS[kind](number) for number, kind in enumerate(self._kinds)]
        compiler = self._queryset_of(*stand_ins).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        order = [(True, stand_ins.index(p)) if p in stand_ins else (False, p) for p in params]
        if {place for is_value, place in order if is_value} != set(range(len(stand_ins))):
            raise ValueError("a value of the query is not found again in its SQL")
        return sql, order, _reader(compiler)


def inserted(row: models.Model) -> None:
    """Add a row of a model without parents, signals or columns that the database fills."""
    names = tuple(field.name for field in row._meta.local_concrete_fields)
    connection = _connection()
    with connection.cursor() as cursor:
        cursor.execute(_insert(type(row), names), _values(row, names, connection))
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def updated(row: models.Model, *names: str) -> None:
    """Write these fields of a row of such a model. Raises DatabaseError when there is no such row any more."""
    connection = _connection()
    with connection.cursor() as cursor:
        cursor.execute(_update(type(row), names), [*_values(row, names, connection), row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError("the row to be updated is not there")


def _connection() -> Any:
    """The connection itself: Django's `connection` looks it up anew each time it is touched."""
    return connections[DEFAULT_DB_ALIAS]


def _values(row: models.Model, names: tuple[str, ...], connection: Any) -> list[Any]:
    fields = _fields(type(row), names)
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


@cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> list[Any]:
    return [model._meta.get_field(name) for name in names]


def _columns(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    return [_connection().ops.quote_name(field.column) for field in _fields(model, names)]


@cache
def _insert(model: type[models.Model], names: tuple[str, ...]) -> str:
    columns = _columns(model, names)
    table, places = _connection().ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names of the model alone


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> str:
    sets = ", ".join(f"{column} = %s" for column in _columns(model, names))
    table, (key,) = _connection().ops.quote_name(model._meta.db_table), _columns(model, (model._meta.pk.name,))
    return f"UPDATE {table} SET {sets} WHERE {key} = %s"  # noqa: S608 - names of the model alone


class _Quick:
    """Makes instances of rows as Django's `from_db` does, without asking at each field whether it was given."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def from_db(self, alias: str, names: list[str], values: list[Any]) -> Any:
        """A row's instance; what was deferred is not there, and read when it is asked for."""
        found = self._model.__new__(self._model)
        found.__dict__.update(zip(names, values, strict=True))
        found._state = state = ModelState()
        state.adding, state.db = False, alias
        return found


def _maker(model: Any) -> Any:
    """What makes a model's instances: Django itself where something else has a say in how they begin."""
    own = [vars(part) for part in model.__mro__ if part not in models.Model.__mro__]
    theirs = any(name in part for part in own for name in ("__new__", "__init__", "from_db"))
    return model if theirs or any(signal.has_listeners(model) for signal in (pre_init, post_init)) else _Quick(model)


def _reader(compiler: Any) -> Callable[[list[Any]], list[Any]]:
    """What makes instances of rows, as Django's own iteration over a queryset does."""
    model, start = compiler.klass_info["model"], compiler.klass_info["select_fields"][0]
    end = compiler.klass_info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    populators: Any = get_related_populators  # the stubs are a Django ahead
    beside: list[RelatedPopulator] = populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
    made_by = _maker(model)
    _quicken(beside)
    converters = list(compiler.get_converters([column[0] for column in compiler.select]).items())

    def read(rows: list[Any]) -> list[Any]:
        connection = _connection()
        return [_instance(list(row), connection) for row in rows]

    def _instance(row: list[Any], connection: Any) -> Any:
        for place, (functions, expression) in converters:
            for convert in functions:
                row[place] = convert(row[place], expression, connection)
        found = made_by.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
        for populator in beside:
            populator.populate(row, found)
        return found

    return read


def _quicken(populators: list[Any]) -> None:
    for populator in populators:
        populator.model_cls = _maker(populator.model_cls)
        _quicken(populator.related_populators)
