"""Starts trials, each in a process of its own with a sandbox and a database of its own."""

import os
import subprocess
import sys
from pathlib import Path

from integrations.exaktime.sandbox.client import start_sandbox
from tests.journeys.stack import ROOT, TODAY, scratch_database

SETTINGS = {
    "DEBUG": "true",
    "LOG_LEVEL": "CRITICAL",
    "EMAIL_URL": "dummymail://",
    "EXAKTIME_ALLOW_INSECURE_BASE_URL": "true",
    "SYNC_LEASE_SECONDS": "2",
    "SYNC_TASK_SECONDS": "2",
    "SYNC_WINDOW_RECORDS": "100",
}


def run_trial(seed: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Exit code 0 and one line, or the reasons."""
    with (
        scratch_database(folder) as database_url,
        start_sandbox(people=5, days=30, seed=seed, today=TODAY) as sandbox,
    ):
        env = os.environ | SETTINGS | {"DATABASE_URL": database_url, "EXAKTIME_BASE_URL": sandbox.base_url}
        command = [sys.executable, "-m", "tests.faults.trial", f"--seed={seed}", f"--url={sandbox.base_url}"]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=180, check=False)
