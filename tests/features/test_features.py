"""Holds tests/features.md against the tests: each feature once, each named test there, each reason in the README."""
import pathlib
import re
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
RUNS = ("A01-A53 A61-A63 A70-A76 A80-A105 B01-B13 C01-C40 D01-D18 "
        "E01-E24 E30-E43 E50-E73 E80-E123 N01-N28")
STATES = ("tested", "partly", "open", "out of scope")
ROW = re.compile(r"^\| ([A-Z]\d+) \|(.*)\|$", re.MULTILINE)
NAMED = re.compile(r'`([\w/]+\.(?:cpp|py|mjs|sh))`(?: "([^"]+)")?')


def ids_of(text):
    """Of "A01-A03, B02"."""
    found = []
    for first, last in re.findall(r"([A-Z]\d+)(?:-([A-Z]\d+))?", text):
        until = int((last or first)[1:])
        found += [f"{first[0]}{number:02}" for number in range(int(first[1:]), until + 1)]
    return found


def cases_of(file):
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".cpp":
        literals = re.findall(r'TEST_CASE(?:_FIXTURE|_TEMPLATE)?\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)', text)
        return {"".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literal)) for literal in literals}
    if file.suffix == ".mjs":
        return set(re.findall(r"^\s*test\('((?:[^'\\]|\\.)*)'", text, re.MULTILINE))
    cases, suite = set(), ""
    for line in text.splitlines():
        if found := re.match(r"class (\w+)", line):
            suite = found[1]
        if found := re.match(r"    def (test_\w+)", line):
            cases.add(f"{suite}.{found[1]}")
    return cases


class Features(unittest.TestCase):
    def setUp(self):
        text = (TESTS / "features.md").read_text(encoding="utf-8")
        self.rows = [(name, [cell.strip() for cell in rest.split("|")]) for name, rest in ROW.findall(text)]

    def test_each_feature_once(self):
        self.assertEqual([name for name, _ in self.rows], ids_of(RUNS))

    def test_each_row_is_whole(self):
        for name, cells in self.rows:
            self.assertEqual(len(cells), 4, name)
            feature, state, where, note = cells
            self.assertIn(state, STATES, name)
            self.assertTrue(feature, name)
            self.assertEqual(bool(where), bool(where) if state == "open" else state in ("tested", "partly"), name)
            self.assertTrue(note or state == "tested", f"{name} says nothing of what is missing")
            self.assertEqual(NAMED.sub("", where).replace("<br>", ""), "", name)

    def test_the_named_tests_exist(self):
        known, missing = {}, []
        for name, (_, _, where, _) in self.rows:
            for path, case in NAMED.findall(where):
                file = TESTS / path
                if path not in known:
                    known[path] = cases_of(file) if file.is_file() else None
                if known[path] is None or (case not in known[path] if case else known[path]):
                    missing.append(f"{name}: {path} {case}".strip())  # or: it has cases, and none is named
        self.assertEqual(missing, [])

    def test_what_is_out_of_scope_stands_in_the_readme_with_its_reason(self):
        readme = (TESTS.parent / "README.md").read_text(encoding="utf-8")
        section = readme.split("## Out of scope\n", 1)[1].split("\n## ", 1)[0]
        reasoned = {}
        for reason, features in re.findall(r"^\| ([^|]+) \| ([A-Z][^|]+) \|$", section, re.MULTILINE):
            for one in ids_of(features):
                self.assertNotIn(one, reasoned, "two reasons")
                reasoned[one] = reason
        self.assertEqual(sorted(reasoned), sorted(name for name, cells in self.rows if cells[1] == "out of scope"))


if __name__ == "__main__":
    unittest.main()
