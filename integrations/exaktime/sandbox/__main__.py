"""`python -m integrations.exaktime.sandbox`: the sandbox without Django."""

import argparse
import sys

from .cli import add_arguments, run


def _write(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="exaktime_sandbox", description="A local ExakTime.")
    add_arguments(parser)
    run(parser.parse_args(), _write)
