"""The command line: reads options, calls, prints, exits. Nothing is computed here; one file a command."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the program; every way out has its code: 0 done, 2 no verdict, 70 a bug, 130 Ctrl-C, 141 a closed pipe."""
    # Nearly all that is made at the start stays until the end; the collector would look at it again and again.
    gc.set_threshold(300_000, 20, 50)
    try:
        from llmcost.cli.app import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = 141
    except Exception as bug:  # one that came up while another problem was being told
        from llmcost.cli.app import tell_bug

        code = tell_bug(bug)
    if code in (130, 141):
        from llmcost.cli.console import forget_output

        forget_output()
    gc.freeze()  # what is left goes with the process; looking at all of it once more takes a tenth of a short run
    sys.exit(code)
