"""Finds the one worker that a line of a wage file means, though a spreadsheet changed the number on the way.

A spreadsheet takes an employee number for a number: 0042 comes back as 42, and a long one as 1.2E+11. What could mean
two people, or says two different ones, is refused.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from protiv.kit.refused import Refused
from protiv.timekeeping.models import Worker

ID_COLUMN, NUMBER_COLUMN, NAME_COLUMN = "worker_external_id", "number", "worker"
NAMED_AT_MOST = 3
ZEROS = "Spreadsheets remove leading zeros."
SHORTENED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
APOSTROPHES = str.maketrans("", "", "'’ʼ`´")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a line says about its worker: the provider's id, the employee number, and names; empty: nothing."""

    external_id: str = ""
    employee_number: str = ""
    names: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        return self.external_id or self.employee_number or next(iter(self.names), "")


@dataclass(frozen=True, slots=True)
class Found:
    """The worker of a line. `note` says what the spreadsheet changed; empty: nothing."""

    worker: Worker
    note: str = ""


class _Index:
    """Workers by one kind of key, exactly and without leading zeros."""

    def __init__(self, column: str, keyed: Iterable[tuple[str, Worker]]) -> None:
        self.column, self.other = column, NUMBER_COLUMN if column == ID_COLUMN else ID_COLUMN
        self.exact: dict[str, list[Worker]] = defaultdict(list)
        self.alike: dict[str, list[tuple[str, Worker]]] = defaultdict(list)
        for key, worker in keyed:
            if key:
                self.exact[key].append(worker)
                self.alike[_plain(key)].append((key, worker))

    def only(self, key: str, *, exact_wins: bool) -> Worker:
        """The worker with this key. Raises Refused if no one has it, or more than one may be meant."""
        exact, alike = self.exact.get(key, []), self.alike.get(_plain(key), [])
        if not alike:
            raise self._refused(self._nobody(key))
        if len(exact) > 1:
            names = ", ".join(sorted(worker.name for worker in exact)[:NAMED_AT_MOST])
            raise self._refused(f"{len(exact)} workers have {self.column} “{key}” ({names}). Use {self.other} instead.")
        if exact and exact_wins:
            return exact[0]
        if len(alike) > 1:
            raise self._refused(f"{self.column} “{key}” could be {_listed(alike)}. {ZEROS} Use {self.other} instead.")
        return alike[0][1]

    def _nobody(self, key: str) -> str:
        if SHORTENED.fullmatch(key):
            return (
                f"{self.column} “{key}” is how a spreadsheet shortens a long number. Format the column as text, enter "
                "the whole number, and save the file again."
            )
        return f"No worker in your company has {self.column} “{key}”. Check it against the template."

    def _refused(self, message: str) -> Refused:
        return Refused(message, field=self.column)


def _plain(key: str) -> str:
    """The key as a spreadsheet writes it."""
    return key.lstrip("0") or "0" if key.isdigit() else key


def _listed(alike: list[tuple[str, Worker]]) -> str:
    return " or ".join(f"“{key}” ({worker.name})" for key, worker in alike[:NAMED_AT_MOST])


class People:
    """The workers of a company, as a file may name them."""

    def __init__(self, workers: Iterable[Worker]) -> None:
        workers = list(workers)
        self.by_id = _Index(ID_COLUMN, ((worker.external_id, worker) for worker in workers))
        self.by_number = _Index(NUMBER_COLUMN, ((worker.number.strip(), worker) for worker in workers))
        self.by_name: dict[frozenset[str], list[Worker]] = defaultdict(list)
        for worker in workers:
            self.by_name[_words(worker.name)].append(worker)

    def find(self, named: Named) -> Found:
        """The worker that id, number, and name agree on; an exact id wins over a number without its zeros."""
        names = [name for name in named.names if _words(name)]
        if named.external_id:
            worker = self.by_id.only(named.external_id, exact_wins=True)
            self._check_number(worker, named)
        elif named.employee_number:
            # A name confirms or refutes it; and zeros that are there weren't removed.
            is_sure = bool(names) or named.employee_number.startswith("0")
            worker = self.by_number.only(named.employee_number, exact_wins=is_sure)
        else:
            raise Refused("No worker is given. Fill in worker_external_id or number.", field=ID_COLUMN)
        for name in names:
            self._check_name(worker, name, named)
        return Found(worker, _note(worker, named))

    def _check_number(self, worker: Worker, named: Named) -> None:
        number, own = named.employee_number, worker.number.strip()
        if number and _plain(number) != _plain(own) and not SHORTENED.fullmatch(number):
            raise Refused(
                f"worker_external_id “{named.external_id}” is {worker.name}, whose number is “{own}” and not "
                f"“{number}”. Make both name the same person.",
                field=NUMBER_COLUMN,
            )

    def _check_name(self, worker: Worker, name: str, named: Named) -> None:
        """Refuse a name that someone else has, or that isn't the worker's with a part more or less."""
        others = self.by_name.get(_words(name), [])
        if worker in others or (not others and _agree(_words(name), _words(worker.name))):
            return
        what = f"{ID_COLUMN if named.external_id else NUMBER_COLUMN} “{named.who}”"
        theirs = [other.number.strip() for other in others if _plain(other.number.strip()) == _plain(named.who)]
        why = f" {ZEROS} {name} has “{theirs[0]}”." if theirs and not named.external_id else ""
        raise Refused(
            f"{what} is {worker.name}, but the line names {name}.{why} Make both name the same person.",
            field=NAME_COLUMN,
        )


def _words(name: str) -> frozenset[str]:
    """The parts of a name without case, accents, order, and punctuation; none where there are no letters."""
    plain = unicodedata.normalize("NFKD", name.translate(APOSTROPHES)).casefold()
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    words = frozenset(re.findall(r"\w+", letters))
    return words if any(not word.isdigit() for word in words) else frozenset()


def _agree(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether one name is the other with parts left out, or only their initials."""
    fewer, more = sorted((one, other), key=len)
    return all(any(_is_initial(word, full) or word == full for full in more) for word in fewer)


def _is_initial(one: str, other: str) -> bool:
    return min(len(one), len(other)) == 1 and one[0] == other[0]


def _note(worker: Worker, named: Named) -> str:
    changed = [
        f"{column} {key} to {written}"
        for column, key, written in (
            (ID_COLUMN, worker.external_id, named.external_id),
            (NUMBER_COLUMN, worker.number.strip(), named.employee_number),
        )
        if written and written != key
    ]
    return f"The spreadsheet changed {' and '.join(changed)}." if changed else ""
