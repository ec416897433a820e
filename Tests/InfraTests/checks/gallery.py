"""Pictures of pages that are kept as files: 1400 and 390 pixels wide, light and dark.

    gallery.py FOLDER

takes each FOLDER/NAME.html, writes FOLDER/NAME-WIDTH-light.png and …-dark.png, and says what sticks out and which
rules of accessibility a page breaks. The pages come from `GALLERY=FOLDER swift test --filter GalleryTests`.
"""

import pathlib
import sys

from browser import Browser


def main(folder: pathlib.Path) -> int:
    count = 0
    with Browser() as browser:
        for width in (1400, 390):
            for dark in (False, True):
                with browser.tab(width, dark) as tab:
                    for file in sorted(folder.glob("*.html")):
                        tab.open(file.absolute().as_uri())
                        name = f"{file.stem}-{width}-{'dark' if dark else 'light'}"
                        tab.page.screenshot(path=folder / f"{name}.png", full_page=True)
                        for problem in tab.overflow() + tab.rules():
                            count += 1
                            print(f"{name}: {problem}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
