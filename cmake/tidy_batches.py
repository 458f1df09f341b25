#!/usr/bin/env python3
"""Joins the sources of rooms into few files for clang-tidy, most of whose work is the headers that all of them read.

usage: tidy_batches.py BUILD OUT FILE…: BUILD has the compile_commands.json of the FILEs; OUT gets the joined files and
a compile_commands.json of these and of the FILEs. Prints what to look at: joined files, each said to hold some FILEs (#line).
A file that says a name of another's unnamed namespace is not joined with that one, and a file whose own names stand in
some header, too, with none.
"""
import glob
import json
import os
import re
import shlex
import sys

FILES_MAX = 20
OPENS = re.compile(r"^(?:inline )?namespace ?([\w:]*) ?\{")
TYPE = re.compile(r"^(?:template ?<.*> )?(?:struct|class|union|enum(?: class)?|using|namespace) (\w+)")
OTHER = re.compile(r"(\w+)(?:<[^()=]*>)? ?[({=\[;]")


def names(text, unnamed):
    """(namespace, name) of what stands in namespaces, or in the unnamed ones in these."""
    around, found = [], set()
    for line in text.splitlines():
        if opened := OPENS.match(line):
            if not line.endswith("}"):
                around.append(opened[1])
        elif line.startswith("} // namespace") and around:
            around.pop()
        elif around and (around[-1] == "") == unnamed and line[:1].isalpha():
            if name := TYPE.match(line) or OTHER.search(line):
                found.add(("::".join(filter(None, around)), name[1]))
    return found


def options(command):
    """What of a compiler's command is no file, and no precompiled header."""
    words, kept = iter(shlex.split(command)), []
    for word in words:
        if word in ("-o", "-c"):
            next(words)
        elif word == "-Xclang":
            next(words)  # all of them are about the precompiled header
        elif word == "-isystem":
            kept.append((word, next(words)))
        elif word.startswith("-") and word != "-Winvalid-pch":
            kept.append((word,))
    return kept


def as_command(file, chosen):
    return shlex.join(["clang++-19", *(word for group in chosen for word in group), "-c", file])


class File:
    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.text = open(path).read()
        self.own = names(self.text, unnamed=True)
        # What it says, in each namespace that it opens: a name of another file's unnamed namespace would be meant by it.
        opened = {match[1] for match in map(OPENS.match, self.text.splitlines()) if match and match[1]}
        self.says = {(space, word) for space in opened for word in re.findall(r"\w+", self.text)}


class Batch:
    def __init__(self, room=FILES_MAX):
        self.files, self.own, self.says, self.options = [], set(), set(), {}  # a dictionary keeps the order
        self.room = room

    def takes(self, file):
        return len(self.files) < self.room and not self.own & file.says and not self.says & file.own

    def add(self, file, command):
        self.files.append(file)
        self.own |= file.own
        self.says |= file.says
        self.options |= dict.fromkeys(options(command))

    def write(self, joined):
        with open(joined, "w") as out:
            for file in self.files:
                out.write(f'#line 1 "{file.path}"\n{file.text}\n')


def batches_of(files, commands):
    headers = {header for file in files for header in glob.glob(os.path.join(os.path.dirname(file), "*.hpp"))}
    public = set().union(*(names(open(header).read(), unnamed=False) for header in headers))
    batches = []
    for file in map(File, files):
        alone = file.own & public
        batch = None if alone else next((one for one in batches if one.takes(file)), None)
        if batch is None:
            batch = Batch(1 if alone else FILES_MAX)
            batches.append(batch)
        batch.add(file, commands[file.path])
    return batches


def main(build, out, *files):
    commands = {one["file"]: one["command"] for one in json.load(open(os.path.join(build, "compile_commands.json")))}
    if unknown := [file for file in files if os.path.abspath(file) not in commands]:
        sys.exit(f"{build}/compile_commands.json does not know {unknown[0]}: cmake --preset release")
    os.makedirs(out, exist_ok=True)
    chosen = {}
    for number, batch in enumerate(batches_of(files, commands)):
        joined = os.path.join(out, f"joined_{number:02}.cpp")
        batch.write(joined)
        chosen[joined] = batch.options
        print(joined)
    chosen |= {file: options(commands[file]) for file in map(os.path.abspath, files)}
    database = [{"directory": build, "file": file, "command": as_command(file, of_it)} for file, of_it in chosen.items()]
    with open(os.path.join(out, "compile_commands.json"), "w") as file:
        json.dump(database, file)


main(*(os.path.abspath(one) for one in sys.argv[1:3]), *sys.argv[3:])
