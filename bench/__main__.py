"""`make bench`: figures side by side in one run. Medians and percentiles, never a pass or a fail.

`python -m bench checker` measures one part; the checker's million entries are long, so it has to be asked for.
"""

import sys

from rich.console import Console

from bench import backtest, checker, cold, connectors, decide, imports, live, passes, pushes, units

ALWAYS = {
    "units": units,
    "connectors": connectors,
    "passes": passes,
    "pushes": pushes,
    "live": live,
    "decide": decide,
    "backtest": backtest,
    "imports": imports,
    "cold": cold,
}
PARTS = {**ALWAYS, "checker": checker}

if __name__ == "__main__":
    screen = Console()
    chosen = sys.argv[1:] or list(ALWAYS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        raise SystemExit(f"There is no {unknown[0]}. Known: {', '.join(PARTS)}")
    for name in chosen:
        screen.rule(f"[bold]{PARTS[name].TITLE}")
        screen.print(PARTS[name].measure(screen))
