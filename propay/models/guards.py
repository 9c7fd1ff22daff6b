"""Database triggers that refuse to change or delete what was approved or paid, whoever asks.

They are the same for PostgreSQL and SQLite, and a migration creates them. They name the columns of their tables, and
SQLite drops them when it rebuilds a table. So a migration that changes a guarded table begins with
`migrations.RunPython(guards.lift, guards.install)` and ends with `migrations.RunPython(guards.install, guards.lift)`;
`tests/propay/models/test_guards.py` fails if it doesn't.

Rows can lose the user who wrote them (`SET_NULL`), since people leave; the email stays in the snapshot.
"""
# The SQL contains names from the models and nothing else.
# ruff: noqa: S608

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from propay.rules import states
from propay.rules.states import Need, ProPayStatus, Transition


def _list(values: Iterable[ProPayStatus]) -> str:
    """The states as an SQL list."""
    return f"({', '.join(repr(value.value) for value in values)})"


FROZEN = _list(states.FROZEN)
EVENTS = ("INSERT", "UPDATE", "DELETE")
# Tables with the terms and the shares of a ProPay, by model, and the columns that may still change.
PARTS_OF_A_PROPAY = {
    "Share": (),
    "CrewTerm": (),
    "BudgetTask": (),
    "AppliedCondition": ("created_by_id",),
    "ProPay_cost_codes": (),
    "ProPay_others": (),
}
APPROVED_TEXT = "This ProPay is approved: nothing about it can be changed. Unapprove it while nothing of it was paid."
STATUS_TEXT = "A ProPay can't go from this status to that one."
KEPT_TEXT = "The evidence of an approval is kept: it can be neither changed nor deleted."
PAID_TEXT = "This statement is paid: nothing on it can be changed. Corrections go to the next open one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A trigger that refuses `event` on a row of `table` where `condition` is true, with `text` as the error."""

    name: str
    table: str
    event: str
    condition: str
    text: str


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create all guards."""
    install_on(schema_editor.connection, apps)


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove all guards, for a migration that changes their tables."""
    lift_on(schema_editor.connection, apps)


def install_on(connection: BaseDatabaseWrapper, apps: Apps) -> None:
    """Create all guards for the models as `apps` has them."""
    lift_on(connection, apps)
    with connection.cursor() as cursor:
        for guard in guards(connection, apps):
            for statement in _creation(connection, guard):
                cursor.execute(statement)


def lift_on(connection: BaseDatabaseWrapper, apps: Apps) -> None:
    """Remove all guards."""
    with connection.cursor() as cursor:
        for guard in guards(connection, apps):
            if connection.vendor == "postgresql":
                cursor.execute(f'DROP TRIGGER IF EXISTS {guard.name} ON "{guard.table}"')
                cursor.execute(f"DROP FUNCTION IF EXISTS {guard.name}()")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")


def _creation(connection: BaseDatabaseWrapper, guard: Guard) -> Iterator[str]:
    text = guard.text.replace("'", "''")
    trigger = f'CREATE TRIGGER {guard.name} BEFORE {guard.event} ON "{guard.table}" FOR EACH ROW'
    if connection.vendor == "postgresql":
        row = "OLD" if guard.event == "DELETE" else "NEW"
        yield (
            f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {guard.condition} THEN RAISE EXCEPTION '{text}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$"
        )
        yield f"{trigger} EXECUTE FUNCTION {guard.name}()"
    else:
        yield f"{trigger} WHEN {guard.condition} BEGIN SELECT RAISE(ABORT, '{text}'); END"


def guards(connection: BaseDatabaseWrapper, apps: Apps) -> list[Guard]:
    """All guards."""
    tables = _Tables(connection, apps)
    return [*_propay_guards(tables), *_part_guards(tables), *_snapshot_guards(tables), *_statement_guards(tables)]


class _Tables:
    """The names of tables and columns, and conditions built from them in the database's dialect."""

    def __init__(self, connection: BaseDatabaseWrapper, apps: Apps) -> None:
        self._apps = apps
        self._differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"

    def name(self, model: str) -> str:
        return str(self._meta(model).db_table)

    def changed(self, model: str, *, but: Collection[str]) -> str:
        """Whether an UPDATE changes any column except these."""
        columns = sorted({field.column for field in self._meta(model).local_concrete_fields} - {*but})
        return f"({' OR '.join(self.differs(column) for column in columns)})"

    def differs(self, column: str) -> str:
        return f'NEW."{column}" {self._differs} OLD."{column}"'

    def only_loses_user(self, column: str) -> str:
        """Whether the user who wrote the row is unchanged or set to null."""
        return f'(NEW."{column}" IS NULL OR NOT ({self.differs(column)}))'

    def _meta(self, model: str) -> Any:
        return self._apps.get_model("propay", model)._meta


def _propay_guards(tables: _Tables) -> Iterator[Guard]:
    propay = tables.name("ProPay")
    snapshot = f'SELECT 1 FROM "{tables.name("Snapshot")}" s WHERE s.propay_id = NEW.id AND s.is_live'
    paid = (
        f'SELECT 1 FROM "{tables.name("StatementLine")}" l JOIN "{tables.name("Statement")}" t ON t.id = l.statement_id'
        " WHERE l.propay_id = NEW.id AND t.status = 'PAID'"
        " AND (l.amount <> 0 OR l.federal_amount <> 0 OR l.state_extra_amount <> 0)"
    )
    may_change = ("status", "drifted_at", "drift_amount", "manager_id")
    yield Guard(
        name="guard_approved_propay",
        table=propay,
        event="UPDATE",
        condition=f"OLD.status IN {FROZEN} AND NEW.status IN {FROZEN} AND {tables.changed('ProPay', but=may_change)}",
        text=APPROVED_TEXT,
    )
    needs = {
        Need.SNAPSHOT: f"EXISTS ({snapshot})",
        Need.NO_SNAPSHOT: f"NOT EXISTS ({snapshot})",
        Need.NOTHING_PAID: f"NOT EXISTS ({paid})",
    }
    ways = " OR ".join(f"({_way(transition, needs)})" for transition in states.TRANSITIONS)
    yield Guard(
        name="guard_propay_status",
        table=propay,
        event="UPDATE",
        condition=f"OLD.status <> NEW.status AND NOT ({ways})",
        text=STATUS_TEXT,
    )
    yield Guard(
        name="guard_propay_kept",
        table=propay,
        event="DELETE",
        condition=f"OLD.status IN {FROZEN}",
        text=KEPT_TEXT,
    )


def _way(transition: Transition, needs: Mapping[Need, str]) -> str:
    """Whether an UPDATE of the status follows this transition."""
    ends = (f"OLD.status IN {_list(transition.before)}", f"NEW.status IN {_list(transition.after)}")
    return " AND ".join([*ends, *(needs[need] for need in transition.needs)])


def _part_guards(tables: _Tables) -> Iterator[Guard]:
    for model, may_change in PARTS_OF_A_PROPAY.items():
        for event in EVENTS:
            of = " OR ".join(f"p.id = {row}.propay_id" for row in _rows(event))
            frozen = f'EXISTS (SELECT 1 FROM "{tables.name("ProPay")}" p WHERE ({of}) AND p.status IN {FROZEN})'
            changes = f"{tables.changed(model, but=may_change)} AND " if event == "UPDATE" else ""
            yield Guard(
                name=f"guard_{model.lower()}_{event.lower()}",
                table=tables.name(model),
                event=event,
                condition=f"{changes}{frozen}",
                text=APPROVED_TEXT,
            )


def _snapshot_guards(tables: _Tables) -> Iterator[Guard]:
    may_change = {
        "Snapshot": ("is_live", "dismissed_digest", "dismissed_reason", "created_by_id"),
        "SnapshotEntry": ("is_live",),
    }
    comes_back = "(NEW.is_live AND NOT OLD.is_live)"
    for model, columns in may_change.items():
        changes = [tables.changed(model, but=columns), comes_back]
        if "created_by_id" in columns:
            changes.append(f"NOT {tables.only_loses_user('created_by_id')}")
        name, table = f"guard_{model.lower()}", tables.name(model)
        condition = " OR ".join(changes)
        yield Guard(name=f"{name}_update", table=table, event="UPDATE", condition=condition, text=KEPT_TEXT)
        yield Guard(name=f"{name}_delete", table=table, event="DELETE", condition="OLD.id IS NOT NULL", text=KEPT_TEXT)


def _statement_guards(tables: _Tables) -> Iterator[Guard]:
    statement, line = tables.name("Statement"), tables.name("StatementLine")
    changes = f"({tables.changed('Statement', but=('paid_by_id',))} OR NOT {tables.only_loses_user('paid_by_id')})"
    conditions = {"UPDATE": f"OLD.status = 'PAID' AND {changes}", "DELETE": "OLD.status = 'PAID'"}
    for event, condition in conditions.items():
        name = f"guard_paid_statement_{event.lower()}"
        yield Guard(name=name, table=statement, event=event, condition=condition, text=PAID_TEXT)
    changes = (
        f"({tables.changed('StatementLine', but=('created_by_id',))} OR NOT {tables.only_loses_user('created_by_id')})"
    )
    for event in EVENTS:
        of = " OR ".join(f"t.id = {row}.statement_id" for row in _rows(event))
        paid = f"EXISTS (SELECT 1 FROM \"{statement}\" t WHERE ({of}) AND t.status = 'PAID')"
        condition = f"{changes} AND {paid}" if event == "UPDATE" else paid
        name = f"guard_paid_line_{event.lower()}"
        yield Guard(name=name, table=line, event=event, condition=condition, text=PAID_TEXT)


def _rows(event: str) -> Iterable[str]:
    return {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
