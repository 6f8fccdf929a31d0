"""The checks must fail on what they are there to find: each gets a small tree with one fault in it. Here is the test of
tools/again, too.
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent
LICENSE = (TOOLS.parent / "LICENSE").read_text(encoding="utf-8")


def modules_of_the_table():
    """The names in the import table, read from the check itself."""
    text = (TOOLS / "check-imports").read_text(encoding="utf-8")
    table = {}
    exec(text[text.index("TABLE = {"): text.index("\n}\n") + 3], table)  # the table is plain data
    return list(table["TABLE"])


class Tree(unittest.TestCase):
    """A throw-away repository that keeps to every rule until a test writes a fault into it."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="nomyo-checks-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name).resolve()
        subprocess.run(["git", "init", "--quiet", self.root], check=True)
        for module in modules_of_the_table():
            self.write(f"Sources/{module}/File.swift", "/// A file.\n")
        self.write("LICENSE", LICENSE)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def check(self, name):
        done = subprocess.run(
            [sys.executable, TOOLS / name, self.root], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    def assert_passes(self, check):
        status, said = self.check(check)
        self.assertEqual(status, 0, said)

    def assert_finds(self, check, *places):
        status, said = self.check(check)
        self.assertEqual(status, 1, said)
        for place in places:
            self.assertIn(place, said)
        self.assertEqual(len(said.splitlines()), len(places), said)


class Imports(Tree):
    def write_imports(self, module, *lines):
        self.write(f"Sources/{module}/Imports.swift", "\n".join(lines) + "\n")

    def test_a_tree_that_keeps_to_the_table_passes(self):
        self.write_imports("Relay", "public import Envelope", "import Logging", "internal import HTTPTypes")
        self.write_imports("Listener", "import NIOCore", "@preconcurrency import NIOPosix", "import Glibc")
        self.assert_passes("check-imports")

    def test_an_upward_import_is_found(self):
        self.write_imports("Sealing", "// first", "import Platform", "import Envelope")
        self.assert_finds("check-imports", "Sources/Sealing/Imports.swift:3: Sealing may not import Envelope")

    def test_an_import_behind_any_modifier_is_found(self):
        self.write_imports(
            "Pacing", "public import Relay", "  package import Glibc", "@preconcurrency internal import NIOCore",
            "import struct Foundation.Data", "import enum Dispatch.DispatchTimeInterval",
            "import Foundation.NSURL", "let a = 1; import FoundationEssentials", "import `CCurl`")
        self.assert_finds(
            "check-imports", *(f"Imports.swift:{line}: Pacing may not import {module}" for line, module in
                               enumerate(["Relay", "Glibc", "NIOCore", "Foundation", "Dispatch", "Foundation",
                                          "FoundationEssentials", "CCurl"], 1)))

    def test_the_c_libraries_have_one_importer_each(self):
        for module in ("Relay", "Daemon", "DevRouter"):
            self.write_imports(module, "import CCurl", "import COpenSSL", "import CSystemd", "import TOMLKit")
        status, said = self.check("check-imports")
        self.assertEqual((status, len(said.splitlines())), (1, 12), said)

    def test_a_testable_import_is_found(self):
        self.write_imports("Relay", "@testable import Envelope")
        self.assert_finds("check-imports", "Imports.swift:1: @testable import")

    def test_imports_in_comments_and_texts_are_no_imports(self):
        self.write_imports(
            "Pacing", "/*", "import Foundation", "*/", "// import Dispatch", 'let a = """', "import Relay", '"""')
        self.assert_passes("check-imports")

    def test_the_line_is_right_behind_a_comment_of_several_lines(self):
        self.write_imports("Pacing", "/* one", "two", "three */", "import Foundation")
        self.assert_finds("check-imports", "Imports.swift:4: Pacing may not import Foundation")

    def test_a_module_that_the_table_does_not_name_is_found(self):
        self.write("Sources/Extras/File.swift", "/// A file.\n")
        self.assert_finds("check-imports", "Sources/Extras: a module that the table")

    def test_a_module_that_is_gone_is_found(self):
        (self.root / "Sources/Pacing/File.swift").unlink()
        (self.root / "Sources/Pacing").rmdir()
        self.assert_finds("check-imports", "names Pacing, which Sources does not have")


class Sizes(Tree):
    def test_five_hundred_lines_pass_and_one_more_does_not(self):
        self.write("Sources/Pacing/Long.swift", "\n" * 500)
        self.assert_passes("check-sizes")
        self.write("Sources/Pacing/Long.swift", "\n" * 501)
        status, said = self.check("check-sizes")
        self.assertEqual(status, 1, said)
        self.assertIn("Sources/Pacing/Long.swift: 501 lines", said)

    def test_a_median_over_120_lines_is_found(self):
        for file in (self.root / "Sources").rglob("*.swift"):
            file.write_text("\n" * 121)
        status, said = self.check("check-sizes")
        self.assertEqual(status, 1, said)
        self.assertIn("the median file has 121 lines", said)

    def test_a_tree_without_sources_fails(self):
        for file in (self.root / "Sources").rglob("*.swift"):
            file.unlink()
        self.assertEqual(self.check("check-sizes")[0], 1)


class Contents(Tree):
    def test_a_clean_tree_passes(self):
        self.write("Sources/Relay/Good.swift", "let url = \"https://example.com/root/page\" // ~/opt/x\n")
        self.write("Tests/Good.swift", "let home = \"/home/user/.config\", other = \"/roots\"\n")
        self.assert_passes("check-tree")

    def test_built_files_are_found_even_when_git_is_told_to_keep_them(self):
        self.write(".gitignore", ".build*\nPackage.resolved\n")
        self.write("Package.resolved", "{}\n")
        self.write(".build-x/list", "\n")
        self.write("Tests/data/program", "\x7fELF\0")
        subprocess.run(["git", "-C", self.root, "add", "--force", "."], check=True)
        self.assert_finds(
            "check-tree", "Package.resolved: built", ".build-x/list: built", "Tests/data/program: a binary")

    def test_paths_of_one_machine_are_found_in_any_text(self):
        self.write("docs/a.md", "see /root/notes\n")
        self.write("etc/b.toml", "\nfile = \"/home/ada/key\"\n")
        self.write("Tests/c.swift", f"let here = \"{self.root}/x\"\n")
        self.write("deploy/d", "PATH=/usr/bin:/opt/swift/bin\n")
        self.assert_finds("check-tree", "docs/a.md:1:", "etc/b.toml:2:", "Tests/c.swift:1:", "deploy/d:1:")

    def test_unfinished_work_is_found(self):
        self.write("Sources/Relay/Bad.swift", "// TO" + "DO: later\n\n// FIX" + "ME\n")
        self.assert_finds("check-tree", "Bad.swift:1: unfinished", "Bad.swift:3: unfinished")

    def test_traps_are_found_in_sources_and_not_in_comments(self):
        self.write(
            "Sources/Relay/Bad.swift",
            "// try! and fatalError( are forbidden\nlet a = try! b()\nlet c = a as! Int\nfatalError(\"no\")\n")
        self.write("Tests/Good.swift", "let a = try! b()\n")
        self.assert_finds("check-tree", "Bad.swift:2: try!", "Bad.swift:3: as!", "Bad.swift:4: fatalError")

    def test_what_the_compiler_cannot_prove_needs_a_reason_within_two_lines(self):
        for number, line in enumerate(
            ["final class A: @unchecked Sendable {}", "nonisolated(unsafe) let a = 1", "unsafeBitCast(a, to: B.self)"]):
            self.write(f"Sources/Relay/Bad{number}.swift", f"// far away\n\n\n{line}\n\n\n// far away\n")
            self.write(f"Sources/Relay/Good{number}.swift", f"/// Near: one thread owns it.\n@frozen\n{line}\n")
            self.write(f"Sources/Relay/Same{number}.swift", f"{line}  // one thread owns it\n")
        self.assert_finds("check-tree", "Bad0.swift:4:", "Bad1.swift:4:", "Bad2.swift:4:")

    def test_a_changed_or_missing_licence_is_found(self):
        self.write("LICENSE", LICENSE.replace("WITHOUT", "WITH", 1))
        self.assert_finds("check-tree", "LICENSE: not the unchanged text")
        (self.root / "LICENSE").unlink()
        self.assert_finds("check-tree", "LICENSE: missing")


class Again(unittest.TestCase):
    """A command that downloads is tried three times; `sleep` is the test's own, which takes no time."""

    def run_with(self, successes):
        """Runs a command whose tries of these numbers succeed; its status, and what each try found in the folder."""
        with tempfile.TemporaryDirectory(prefix="nomyo-again-") as directory:
            place = pathlib.Path(directory)
            (place / "sleep").write_text("#!/bin/sh\n")
            (place / "sleep").chmod(0o755)
            script = f"""ls folder 2>/dev/null | tr '\\n' , >>found; echo >>found; mkdir folder; touch folder/half
                case " {successes} " in *" $(wc -l <found) "*) ;; *) exit 3 ;; esac"""
            done = subprocess.run(
                [TOOLS / "again", "folder", "sh", "-c", script], cwd=place, capture_output=True, text=True, timeout=60,
                env={"PATH": f"{place}:/usr/bin:/bin"})
            return done.returncode, (place / "found").read_text().splitlines(), done.stderr

    def test_what_succeeds_is_run_once(self):
        self.assertEqual(self.run_with("1"), (0, [""], ""))

    def test_what_fails_is_tried_again_without_what_it_left_and_says_so(self):
        status, found, said = self.run_with("3")
        self.assertEqual((status, found), (0, ["", "", ""]))
        self.assertEqual(said.count("ended with status 3; trying again"), 2)

    def test_what_fails_three_times_has_failed(self):
        status, found, said = self.run_with("")
        self.assertEqual((status, len(found)), (3, 3))
        self.assertEqual(said.count("trying again"), 2)


if __name__ == "__main__":
    unittest.main()
