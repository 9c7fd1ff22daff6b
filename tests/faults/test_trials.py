"""A few of the soak's trials, in every run of the tests."""

from pathlib import Path

import pytest

from tests.faults.running import run_trial

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_fault_loses_doubles_or_invents_a_minute(seed: int, tmp_path: Path) -> None:
    done = run_trial(seed, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
