"""The pictures of the dashboards: what `make pictures` draws, and nothing that a reader of a README could not see."""

import os
import sys
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, os.path.abspath("infra/boards"))
os.environ.setdefault("COPILOT_LOCAL", os.path.join(
    os.path.dirname(os.environ.get("COPILOT_FUNCTIONS", ".build/debug/copilot-functions")), "copilot-local"))

import pictures  # noqa: E402

FOLDER = Path("docs/pictures")


class Pictures(unittest.TestCase):
    def test_are_what_make_pictures_draws(self):
        drawn = pictures.pictures()
        self.assertEqual(sorted(path.name for path in FOLDER.iterdir()), sorted(drawn))
        for name, text in drawn.items():
            self.assertTrue((FOLDER / name).read_text() == text, f"{FOLDER / name} is not current: run make pictures")

    def test_are_files_of_their_own(self):
        for path in FOLDER.iterdir():
            root = ElementTree.parse(path).getroot()
            self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
            self.assertLess(path.stat().st_size, 100_000)
            text = path.read_text()
            self.assertNotIn("<script", text)
            self.assertNotIn("href", text)
            self.assertIn("prefers-color-scheme:dark", text)

    def test_are_shown(self):
        pages = Path("README.md").read_text() + Path("docs/dashboards.md").read_text()
        for path in FOLDER.iterdir():
            self.assertIn(f"pictures/{path.name}", pages)


if __name__ == "__main__":
    unittest.main()
