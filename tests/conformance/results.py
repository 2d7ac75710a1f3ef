# SPDX-License-Identifier: Apache-2.0
"""results: reads which tests a suite ran, what became of them, and the rules
that they name.

Used by "report"."""

import re

from rules import ID, Problem

OK, FAILED, SKIPPED = "ok", "FAILED", "skipped"


class Test:
    """A test of 'suite' with a 'name' that tells it from others, the set of
    'ids' of the rules that it shows, and its 'result'."""

    def __init__(self, suite, name, ids, result):
        self.suite, self.name, self.ids, self.result = suite, name, ids, result


def _lines(suite, path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().splitlines()
    except OSError as error:
        raise Problem("%s: no results: %s: %s"
                      % (suite, path, error.strerror)) from error


def read_checks(suite, path):
    """Reads lines "ok: NAME" and "FAILED: NAME", which may be indented below a
    heading "HEADING:"; names have the ids.  The last line is "N passed, M
    failed"."""
    tests, heading = [], ""
    lines = _lines(suite, path)
    for line in lines:
        found = re.match(r" *(ok|FAILED): (.*)$", line)
        if found:
            tests.append(Test(suite, heading + found[2],
                              set(ID.findall(found[2])), found[1]))
        elif re.fullmatch(r"[\w-]+:", line):
            heading = line + " "
    passed = sum(test.result == OK for test in tests)
    totals = "%d passed, %d failed" % (passed, len(tests) - passed)
    if not lines or lines[-1] != totals:
        raise Problem("%s: %s does not end with '%s', which its lines add up "
                      "to" % (suite, path, totals))
    return tests


def _keywords(lines):
    """Returns the ids of the groups that "testsuite --list" prints, by number.

    Autotest prints keywords in lower case, in lines below the group's."""
    groups, number = {}, None
    for line in lines:
        found = re.match(r" *([0-9]+): \S+:[0-9]+ ", line)
        if found:
            number = int(found[1])
            groups[number] = set()
        elif number and line.startswith("      "):
            groups[number].update(word.upper() for word in line.split()
                                  if ID.fullmatch(word.upper()))
    return groups


def read_autotest(suite, path, list_path):
    """Reads the log 'path' of an Autotest suite and the output of its --list,
    'list_path'.  A failure that is expected is a failure still."""
    groups = _keywords(_lines(suite, list_path))
    tests = []
    for line in _lines(suite, path):
        found = re.match(r" *([0-9]+): (.*?) +(ok|skipped|FAILED"
                         r"|expected failure|UNEXPECTED PASS)( +\(.*\))?$",
                         line)
        if found and int(found[1]) in groups:
            result = found[3] if found[3] in (OK, SKIPPED) else FAILED
            tests.append(Test(suite, found[2], groups.pop(int(found[1])),
                              result))
    if groups:
        raise Problem("%s: %s has no results of %d of the suite's tests"
                      % (suite, path, len(groups)))
    return tests
