"""The command line.

`python -m portal.embedded` prepares and serves the portal (that is `make run`);
`python -m portal.embedded with COMMAND…` runs one command beside it, with the same servers;
`python -m portal.embedded with --scratch COMMAND…` runs it with empty servers of its own.
DATABASE_URL and REDIS_URL, where set, are used as they are and nothing is started in their place.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from portal.embedded import supervisor
from portal.embedded.errors import Unable
from portal.embedded.process import STOP_SIGNALS


def _stop(number: int, frame: FrameType | None) -> None:
    """Unwind once, undisturbed by a second signal."""
    for other in STOP_SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m portal.embedded")
    actions = parser.add_subparsers(dest="action")
    actions.add_parser("announce").add_argument("port", type=int)
    beside = actions.add_parser("with")
    beside.add_argument("--scratch", action="store_true")
    beside.add_argument("command", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(arguments)
    for number in STOP_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup make run` outlives its terminal
            signal.signal(number, _stop)
    try:
        if chosen.action == "announce":
            return supervisor.announce(chosen.port)
        if chosen.action == "with":
            return supervisor.run_beside(chosen.command, scratch=chosen.scratch)
        return supervisor.run()
    except (Unable, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已停止。Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
