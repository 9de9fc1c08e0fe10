"""Pictures of the page at desk and phone width, in every state: `uv run python -m tests.dashboard.screenshots`.

They go to results/screenshots/ for looking at; with `--publish` the one of the README is replaced too.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.dashboard.conftest import CHROMIUM, FLAGS, Visit, free_port, wait_for

HOME = Path(__file__).parents[2]
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
STATES = {
    "start": "",
    "unchanged-ahead": "?start=three-areas&dissimilarity=0&setup=40",
    "anew-ahead": "?start=three-areas&dissimilarity=0.8",
    "trust-levels": "?start=three-areas&show=trust&levels=1",
    "damaged-link": "?start=nowhere&dissimilarity=999&trust=abc&v=0.0.0",
    "beyond-evidence": "?start=three-areas&trust=0.9&swap=1",
}


def main() -> None:
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        sys.exit("no browser here: install Chromium (on Debian: apt-get install chromium)")
    folder = HOME / "results" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "modsim.cli", "dashboard", "--port", str(port)]
    server = subprocess.Popen(command, cwd=HOME, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        site = f"http://127.0.0.1:{port}"
        wait_for(f"{site}/readyz", server)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
            for name, query in STATES.items():
                for width, size in SIZES.items():
                    visit = Visit(browser, site, query, size)
                    visit.page.wait_for_timeout(800)  # charts are drawn
                    picture(visit, folder / f"{name}-{width}.png", full=True)
                    if name == "start":
                        picture(visit, folder / f"first-view-{width}.png")
                        for summary in visit.page.locator("summary").all():
                            summary.click()
                        picture(visit, folder / f"all-open-{width}.png", full=True)
                    visit.close()
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
    if "--publish" in sys.argv:
        shutil.copy(folder / "first-view-desk.png", HOME / "docs" / "pictures" / "page.png")


def picture(visit: Visit, path: Path, full: bool = False) -> None:
    visit.page.screenshot(path=path, full_page=full)
    print(path.relative_to(HOME))


if __name__ == "__main__":
    main()
