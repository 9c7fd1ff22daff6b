"""The fast way to write many rows: COPY on PostgreSQL, statements of a thousand rows on SQLite.

Table and column names come from the model and are quoted by Django; values go through the driver, never into the text.

Django's `bulk_create(update_conflicts=True)` takes two to five times as long (docs/architecture.md, "Speed").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from django.db import connections, models

M = TypeVar("M", bound=models.Model)
Row = Sequence[Any]
# Keeps the values of one statement below SQLite's limit of 32,766 for tables of up to 32 columns.
ROWS_PER_STATEMENT = 1_000
# A temporary table costs PostgreSQL more than so many rows do.
FEW_ROWS = 100


class BulkSyncQuerySet(models.QuerySet[M], Generic[M]):
    """A QuerySet that can write the rows a sync brought. Both ways must run in a transaction."""

    def bulk_load(self, rows: Iterable[Row], *, fields: Sequence[str]) -> None:
        """Insert `rows` (values in the order of `fields`). Raises IntegrityError where one of them is there already."""
        table = _Table(self, fields)
        load = _copy if table.is_postgresql else _insert_many
        load(table, table.name, rows)

    def bulk_sync(
        self,
        rows: Sequence[Row],
        *,
        fields: Sequence[str],
        unique_fields: Sequence[str],
        insert_only: Sequence[str] = (),
    ) -> None:
        """Insert `rows` (values in the order of `fields`), or update those that `unique_fields` finds.

        An update leaves `insert_only` as it is. Raises the database's own errors.
        """
        table = _Table(self, fields)
        updated = [table.columns[name] for name in fields if name not in (*unique_fields, *insert_only)]
        upsert = (
            f" ON CONFLICT ({', '.join(table.columns[name] for name in unique_fields)}) DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in updated)
        )
        write = _copy_and_upsert if table.is_postgresql and len(rows) > FEW_ROWS else _insert_many
        write(table, table.name, rows, upsert)


class _Table:
    """A model's table and the columns that are written, as the database names them."""

    def __init__(self, queryset: "models.QuerySet[Any]", fields: Sequence[str]) -> None:
        self.connection = connections[queryset.db]
        self.fields: list[models.Field[Any, Any]] = [
            field for name in fields if isinstance(field := queryset.model._meta.get_field(name), models.Field)
        ]
        quote = self.connection.ops.quote_name
        self.columns = {field.name: quote(field.column or "") for field in self.fields}
        self.names = ", ".join(self.columns.values())
        self.name = quote(queryset.model._meta.db_table)

    @property
    def is_postgresql(self) -> bool:
        return self.connection.vendor == "postgresql"


def copy_rows(rows: "models.QuerySet[Any]", *, into: type[models.Model], values: Mapping[str, Any]) -> None:
    """Add a row to `into` for each of `rows`, inside the database (INSERT … SELECT).

    `values` maps the new row's fields to fields or expressions of the old one.
    """
    connection = connections[rows.db]
    quote = connection.ops.quote_name
    columns = [getattr(into._meta.get_field(name), "column", "") for name in values]
    select, parameters = rows.order_by().values_list(*values.values()).query.sql_with_params()
    target = f"{quote(into._meta.db_table)} ({', '.join(map(quote, columns))})"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {target} {select}", parameters)


def _copy(table: _Table, target: str, rows: Iterable[Row]) -> None:
    load = f"COPY {target} ({table.names}) FROM STDIN"
    with table.connection.wrap_database_errors, table.connection.cursor() as cursor, cursor.copy(load) as copy:
        for row in rows:
            copy.write_row(row)


def _copy_and_upsert(table: _Table, target: str, rows: Iterable[Row], upsert: str) -> None:
    """Through a temporary table, because COPY knows no conflicts."""
    with table.connection.cursor() as cursor:
        like = f"SELECT {table.names} FROM {target} WITH NO DATA"  # noqa: S608
        cursor.execute(f"CREATE TEMPORARY TABLE bulk_sync ON COMMIT DROP AS {like}")
        _copy(table, "bulk_sync", rows)
        cursor.execute(f"INSERT INTO {target} ({table.names}) SELECT {table.names} FROM bulk_sync{upsert}")  # noqa: S608
        cursor.execute("DROP TABLE bulk_sync")


def _insert_many(table: _Table, target: str, rows: Iterable[Row], upsert: str = "") -> None:
    """Many rows in one statement: unlike in `executemany`, another thread can work while the database does."""
    places = f"({', '.join(['%s' if table.is_postgresql else '?'] * len(table.columns))})"
    adapted = iter(rows) if table.is_postgresql else _adapted(table, rows)
    with table.connection.wrap_database_errors:
        while some := list(islice(adapted, ROWS_PER_STATEMENT)):
            values = ", ".join([places] * len(some))
            statement = f"INSERT INTO {target} ({table.names}) VALUES {values}{upsert}"  # noqa: S608
            table.connection.connection.execute(statement, list(chain.from_iterable(some)))


def _adapted(table: _Table, rows: Iterable[Row]) -> Iterator[Row]:
    """Rows as SQLite wants them: it has no dates, times and decimals."""
    plain = (models.IntegerField, models.CharField, models.BooleanField, models.ForeignKey)
    # Days and times of day come again and again: each is adapted once.
    adapters = [
        (index, lru_cache(partial(field.get_db_prep_save, connection=table.connection)))
        for index, field in enumerate(table.fields)
        if not isinstance(field, plain)
    ]
    for row in rows:
        values = list(row)
        for index, adapt in adapters:
            values[index] = adapt(values[index])
        yield values
