"""Database triggers that refuse to change or delete what was approved, locked, or paid, whoever asks.

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
from enum import StrEnum
from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from propay.rules import statement_states, states
from propay.rules.statement_states import StatementStatus
from propay.rules.states import Need, State, Transition


def _list(values: Iterable[StrEnum]) -> str:
    """The states as an SQL list."""
    return f"({', '.join(repr(value.value) for value in values)})"


FROZEN = _list(states.FROZEN)
FROZEN_STATEMENT = _list(statement_states.FROZEN)
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
APPROVED_TEXT = (
    "This ProPay is approved: nothing about it can be changed. Unapprove it while nothing of it is locked or paid."
)
STATUS_TEXT = "A ProPay can't go from this status to that one."
KEPT_TEXT = "The evidence of an approval is kept: it can be neither changed nor deleted."
LOCKED_TEXT = "This statement is in a payroll file: nothing on it can be changed. Unlock it first."
STATEMENT_STATUS_TEXT = "A statement can't go from this status to that one."
FILE_TEXT = "A payroll file is kept as it was created: it can be neither changed nor deleted."
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
    return [
        *_propay_guards(tables),
        *_part_guards(tables),
        *_snapshot_guards(tables),
        *_statement_guards(tables),
        *_file_guards(tables),
    ]


class _Tables:
    """The names of tables and columns, and conditions built from them in the database's dialect."""

    def __init__(self, connection: BaseDatabaseWrapper, apps: Apps) -> None:
        self._apps = apps
        self._differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"

    def has(self, model: str) -> bool:
        return model.lower() in self._apps.all_models["propay"]

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
    frozen = (
        f'SELECT 1 FROM "{tables.name("StatementLine")}" l JOIN "{tables.name("Statement")}" t ON t.id = l.statement_id'
        f" WHERE l.propay_id = NEW.id AND t.status IN {FROZEN_STATEMENT}"
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
        Need.NOTHING_FROZEN: f"NOT EXISTS ({frozen})",
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


def _way(transition: Transition[State], needs: Mapping[Need, str]) -> str:
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
    yield from _status_guards(tables)
    statement = tables.name("Statement")
    changes = f"({tables.changed('Statement', but=('paid_by_id',))} OR NOT {tables.only_loses_user('paid_by_id')})"
    conditions = {"UPDATE": f"OLD.status = 'PAID' AND {changes}", "DELETE": "OLD.status = 'PAID'"}
    for event, condition in conditions.items():
        name = f"guard_paid_statement_{event.lower()}"
        yield Guard(name=name, table=statement, event=event, condition=condition, text=PAID_TEXT)
    for status, text in ((StatementStatus.LOCKED, LOCKED_TEXT), (StatementStatus.PAID, PAID_TEXT)):
        yield from _line_guards(tables, status, text)


# The columns that unlocking and paying change on a locked statement.
CHANGED_BY: Mapping[Transition[StatementStatus], Collection[str]] = {
    statement_states.UNLOCK: ("status", "locked_at", "overtime_policy"),
    statement_states.PAY: ("status", "pay_date", "paid_amount", "paid_at", "paid_by_id", "pay_run_id"),
}


def _status_guards(tables: _Tables) -> Iterator[Guard]:
    """The transitions of a statement; a locked one keeps all other columns while it is locked and when it leaves."""
    statement = tables.name("Statement")
    ways = " OR ".join(f"({_way(transition, {})})" for transition in statement_states.TRANSITIONS)
    yield Guard(
        name="guard_statement_status",
        table=statement,
        event="UPDATE",
        condition=f"OLD.status <> NEW.status AND NOT ({ways})",
        text=STATEMENT_STATUS_TEXT,
    )
    changes = [f"NEW.status = OLD.status AND {tables.changed('Statement', but=('paid_by_id',))}"]
    for transition, columns in CHANGED_BY.items():
        changes.append(f"{_way(transition, {})} AND {tables.changed('Statement', but=columns)}")
    conditions = {
        "UPDATE": f"OLD.status = 'LOCKED' AND ({' OR '.join(f'({change})' for change in changes)})",
        "DELETE": "OLD.status = 'LOCKED'",
    }
    for event, condition in conditions.items():
        name = f"guard_locked_statement_{event.lower()}"
        yield Guard(name=name, table=statement, event=event, condition=condition, text=LOCKED_TEXT)


def _line_guards(tables: _Tables, status: StatementStatus, text: str) -> Iterator[Guard]:
    """No line is added to a statement with this status, removed from it, or changed."""
    statement, line = tables.name("Statement"), tables.name("StatementLine")
    changes = (
        f"({tables.changed('StatementLine', but=('created_by_id',))} OR NOT {tables.only_loses_user('created_by_id')})"
    )
    for event in EVENTS:
        of = " OR ".join(f"t.id = {row}.statement_id" for row in _rows(event))
        stands = f"EXISTS (SELECT 1 FROM \"{statement}\" t WHERE ({of}) AND t.status = '{status.value}')"
        condition = f"{changes} AND {stands}" if event == "UPDATE" else stands
        name = f"guard_{status.value.lower()}_line_{event.lower()}"
        yield Guard(name=name, table=line, event=event, condition=condition, text=text)


def _file_guards(tables: _Tables) -> Iterator[Guard]:
    """A file stays as it was created; a statement in it can be superseded, once. Older migrations know no files."""
    if not tables.has("PayrollFile"):
        return
    kept = f"{tables.changed('PayrollFile', but=('created_by_id',))} OR NOT {tables.only_loses_user('created_by_id')}"
    filed = tables.changed("FiledStatement", but=("superseded_at",))
    changes = {
        "PayrollFile": kept,
        "FiledStatement": f"OLD.superseded_at IS NOT NULL OR {filed}",
    }
    for model, condition in changes.items():
        name, table = f"guard_{model.lower()}", tables.name(model)
        yield Guard(name=f"{name}_update", table=table, event="UPDATE", condition=condition, text=FILE_TEXT)
        yield Guard(name=f"{name}_delete", table=table, event="DELETE", condition="OLD.id IS NOT NULL", text=FILE_TEXT)


def _rows(event: str) -> Iterable[str]:
    return {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}[event]
