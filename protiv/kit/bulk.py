"""The fast way to write many rows: COPY on PostgreSQL, few statements or one prepared one on SQLite.

Table and column names come from the model and are quoted by Django; values go through the driver, never into the text.

Django's `bulk_create(update_conflicts=True)` takes two to five times as long, `bulk_update` thirty to fifty times
(docs/architecture.md, "Speed").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, islice
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.db import connection, connections, models

M = TypeVar("M", bound=models.Model)
Row = Sequence[Any]
# Rows as they are passed to this module: the values of each field, by its name. No order of fields means anything.
Columns = Mapping[str, Iterable[Any]]
# What both drivers take as it is.
PLAIN = (models.IntegerField, models.CharField, models.BooleanField, models.ForeignKey)
# Keeps the values of one statement below SQLite's limit of 32,766 for tables of up to 32 columns.
ROWS_PER_STATEMENT = 1_000
# A temporary table costs PostgreSQL more than so many rows do.
FEW_ROWS = 100
# A load of this many rows makes the statistics of a table useless.
MANY_ROWS = 10_000
# SQLite learns enough from this many rows of each index, and takes milliseconds for them.
SQLITE_SAMPLE = 1_000


class BulkSyncQuerySet(models.QuerySet[M], Generic[M]):
    """A QuerySet that can write many rows. Each way must run in a transaction."""

    def bulk_load(self, columns: Columns) -> None:
        """Insert rows. Raises IntegrityError where one of them is there already."""
        table = _Table(self, columns)
        load = _copy if table.is_postgresql else _insert_many
        load(table, table.name, table.rows(columns))

    def bulk_sync(self, columns: Columns, *, unique_fields: Sequence[str], insert_only: Sequence[str] = ()) -> None:
        """Insert rows, or update those that `unique_fields` finds.

        An update leaves `insert_only` as it is. Raises the database's own errors.
        """
        table = _Table(self, columns)
        rows = list(table.rows(columns))
        updated = [table.columns[name] for name in columns if name not in (*unique_fields, *insert_only)]
        upsert = (
            f" ON CONFLICT ({', '.join(table.columns[name] for name in unique_fields)}) DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in updated)
        )
        if table.is_postgresql and len(rows) > FEW_ROWS:
            insert = f"INSERT INTO {table.name} ({table.names}) SELECT {table.names} FROM bulk_rows{upsert}"  # noqa: S608
            _copy_and_run(table, rows, insert)
        else:
            _insert_many(table, table.name, rows, upsert)

    def bulk_write(self, objects: Sequence[models.Model], *, fields: Sequence[str]) -> None:
        """Write these fields of `objects`, which are stored already and hold plain values."""
        pk = self.model._meta.pk.name
        table = _Table(self, (*fields, pk))
        rows = table.rows({name: map(attrgetter(field.attname), objects) for name, field in table.fields.items()})
        key, columns = table.columns[pk], [table.columns[name] for name in fields]
        if table.is_postgresql and len(objects) > FEW_ROWS:
            values = ", ".join(f"{column} = bulk_rows.{column}" for column in columns)
            where = f"{table.name}.{key} = bulk_rows.{key}"
            _copy_and_run(table, rows, f"UPDATE {table.name} SET {values} FROM bulk_rows WHERE {where}")  # noqa: S608
        elif objects:
            values = ", ".join(f"{column} = %s" for column in columns)
            with table.connection.cursor() as cursor:
                update = f"UPDATE {table.name} SET {values} WHERE {key} = %s"  # noqa: S608
                cursor.executemany(update, list(rows))


class _Table:
    """A model's table and the columns that are written, as the database names them."""

    def __init__(self, queryset: "models.QuerySet[Any]", fields: Iterable[str]) -> None:
        self.connection = connections[queryset.db]
        self.fields: dict[str, models.Field[Any, Any]] = {
            name: field for name in fields if isinstance(field := queryset.model._meta.get_field(name), models.Field)
        }
        quote = self.connection.ops.quote_name
        self.columns = {name: quote(field.column or "") for name, field in self.fields.items()}
        self.names = ", ".join(self.columns.values())
        self.name = quote(queryset.model._meta.db_table)

    @property
    def is_postgresql(self) -> bool:
        return self.connection.vendor == "postgresql"

    def rows(self, columns: Columns) -> Iterator[Row]:
        """Rows as the driver takes them. Raises ValueError where a column is longer than another one."""
        return zip(*(_adapted(self, field, columns[name]) for name, field in self.fields.items()), strict=True)


def copy_rows(rows: "models.QuerySet[Any]", *, into: type[models.Model], values: Mapping[str, Any]) -> None:
    """Add a row to `into` for each of `rows`, inside the database (INSERT … SELECT).

    `values` maps the new row's fields to fields or expressions of the old one.
    """
    database = connections[rows.db]
    quote = database.ops.quote_name
    columns = [getattr(into._meta.get_field(name), "column", "") for name in values]
    select, parameters = rows.order_by().values_list(*values.values()).query.sql_with_params()
    target = f"{quote(into._meta.db_table)} ({', '.join(map(quote, columns))})"
    with database.cursor() as cursor:
        cursor.execute(f"INSERT INTO {target} {select}", parameters)


def _copy(table: _Table, target: str, rows: Iterable[Row]) -> None:
    load = f"COPY {target} ({table.names}) FROM STDIN"
    with table.connection.wrap_database_errors, table.connection.cursor() as cursor, cursor.copy(load) as copy:
        for row in rows:
            copy.write_row(row)


def _copy_and_run(table: _Table, rows: Iterable[Row], statement: str) -> None:
    """Run a statement on the rows in a temporary table `bulk_rows`: COPY alone can neither update nor upsert."""
    with table.connection.cursor() as cursor:
        like = f"SELECT {table.names} FROM {table.name} WITH NO DATA"  # noqa: S608
        cursor.execute(f"CREATE TEMPORARY TABLE bulk_rows ON COMMIT DROP AS {like}")
        _copy(table, "bulk_rows", rows)
        cursor.execute(statement)
        cursor.execute("DROP TABLE bulk_rows")


def _insert_many(table: _Table, target: str, rows: Iterable[Row], upsert: str = "") -> None:
    """Many rows in one statement: unlike in `executemany`, another thread can work while the database does."""
    places = f"({', '.join(['%s' if table.is_postgresql else '?'] * len(table.columns))})"
    rest = iter(rows)
    with table.connection.wrap_database_errors:
        while some := list(islice(rest, ROWS_PER_STATEMENT)):
            values = ", ".join([places] * len(some))
            statement = f"INSERT INTO {target} ({table.names}) VALUES {values}{upsert}"  # noqa: S608
            table.connection.connection.execute(statement, list(chain.from_iterable(some)))


def _adapted(table: _Table, field: "models.Field[Any, Any]", values: Iterable[Any]) -> Iterable[Any]:
    """Values as the driver takes them: SQLite has no dates, times, or decimals; for PostgreSQL a list is an array.

    Days and times of day repeat, so each is adapted once. JSON can't be a key of that cache.
    """
    adapt = partial(field.get_db_prep_save, connection=table.connection)
    if isinstance(field, models.JSONField):
        return map(adapt, values)
    return values if table.is_postgresql or isinstance(field, PLAIN) else map(lru_cache(adapt), values)


def update_statistics(*, loaded: int) -> None:
    """Update the statistics by which the database plans its queries, after `loaded` new rows.

    Call it outside of a transaction. SQLite never gathers statistics by itself. PostgreSQL does within minutes, but
    pages may be slow until then. All tables are looked at, because one without statistics misleads next to the others.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit = {SQLITE_SAMPLE}")
            cursor.execute("ANALYZE" if loaded >= MANY_ROWS else "PRAGMA optimize")
        elif loaded >= MANY_ROWS:
            tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
            cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, sorted(tables)))}")
