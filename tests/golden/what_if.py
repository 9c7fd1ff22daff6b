"""The results of generated what-if cases, with the numbers of every step."""

import json
from collections.abc import Iterator

from propay.cases.parsing import read_case
from propay.cases.solving import CaseError, as_json, solve
from tests.golden.cases import Json, make_cases
from tests.golden.text import step_line


def lines(count: int) -> Iterator[str]:
    for index, case in enumerate(make_cases(count)):
        yield f"case {index}"
        try:
            solution = solve(read_case(_with_amounts(case)))
        except CaseError as error:
            yield f"refused: {error.field}"
            continue
        result = as_json(solution)
        yield json.dumps(result | {"warnings": len(solution.warnings)})
        steps = solution.result.trace + (solution.overtime.trace if solution.overtime else ())
        for step in steps:
            yield step_line(step.key, step.formula, step.result)


def _with_amounts(case: Json) -> Json:
    """Where amounts are entered for the crew, those of equal shares, so that they add up to the crew's part."""
    if case["distribution"] != "MANUAL":
        return case
    equal = solve(read_case(case | {"distribution": "EQUAL", "overtime": None}))
    amounts = {share.worker_id: str(share.amount) for share in equal.result.shares if share.role == "CREW"}
    workers = [worker | {"manual_amount": amounts.get(worker["id"])} for worker in case["workers"]]
    return case | {"workers": workers}
