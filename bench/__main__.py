"""`make bench`: figures side by side in one run. Medians and percentiles, never a pass or a fail."""

from rich.console import Console

from bench import connectors, imports, live, units

if __name__ == "__main__":
    screen = Console()
    for part in (units, connectors, live, imports):
        screen.rule(f"[bold]{part.TITLE}")
        screen.print(part.measure(screen))
