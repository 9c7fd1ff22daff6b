"""The fast way to write many rows: COPY on PostgreSQL, `executemany` on SQLite.

Table and column names come from the model and are quoted by Django; values go through the driver, never into the text.

Django's `bulk_create(update_conflicts=True)` takes two to five times as long (docs/architecture.md, "Speed").
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)
Row = Sequence[Any]


class BulkSyncQuerySet(models.QuerySet[M], Generic[M]):
    """A QuerySet that can write the rows a sync brought."""

    def bulk_sync(
        self,
        rows: Iterable[Row],
        *,
        fields: Sequence[str],
        unique_fields: Sequence[str],
        insert_only: Sequence[str] = (),
    ) -> None:
        """Insert `rows` (values in the order of `fields`), or update those that `unique_fields` finds.

        An update leaves `insert_only` as it is. Must run in a transaction; raises the database's own errors.
        """
        connection = connections[self.db]
        model_fields: list[models.Field[Any, Any]] = [
            field for name in fields if isinstance(field := self.model._meta.get_field(name), models.Field)
        ]
        quoted = {field.name: connection.ops.quote_name(field.column or "") for field in model_fields}
        updated = [quoted[name] for name in fields if name not in (*unique_fields, *insert_only)]
        write = _copy if connection.vendor == "postgresql" else _executemany
        write(
            connection,
            connection.ops.quote_name(self.model._meta.db_table),
            list(quoted.values()),
            f"ON CONFLICT ({', '.join(quoted[name] for name in unique_fields)}) DO UPDATE SET "
            + ", ".join(f"{column} = excluded.{column}" for column in updated),
            _adapted(rows, model_fields, connection),
        )


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


def _adapted(
    rows: Iterable[Row], fields: "Sequence[models.Field[Any, Any]]", connection: BaseDatabaseWrapper
) -> Iterable[Row]:
    """Rows as the driver wants them. Only SQLite has types (dates, times, decimals) that need a change."""
    if connection.vendor == "postgresql":
        return rows
    plain = (models.IntegerField, models.CharField, models.BooleanField, models.ForeignKey)
    changed = [(index, field) for index, field in enumerate(fields) if not isinstance(field, plain)]
    return (_with_changes(row, changed, connection) for row in rows)


def _with_changes(
    row: Row, changed: "list[tuple[int, models.Field[Any, Any]]]", connection: BaseDatabaseWrapper
) -> Row:
    values = list(row)
    for index, field in changed:
        values[index] = field.get_db_prep_save(values[index], connection)
    return values


def _copy(connection: BaseDatabaseWrapper, table: str, columns: list[str], upsert: str, rows: Iterable[Row]) -> None:
    """Through a temporary table, because COPY knows no conflicts."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bulk_sync ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
        with cursor.copy(f"COPY bulk_sync ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM bulk_sync {upsert}")  # noqa: S608
        cursor.execute("DROP TABLE bulk_sync")


def _executemany(
    connection: BaseDatabaseWrapper, table: str, columns: list[str], upsert: str, rows: Iterable[Row]
) -> None:
    """The driver's own `executemany`: one prepared statement for all rows."""
    places = ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) {upsert}"  # noqa: S608
    connection.connection.executemany(statement, rows)
