# SPDX-License-Identifier: Apache-2.0
"""rules: reads the file "rules", which says what each line of it means.

Used by "report"."""

import re

ID = re.compile(r"\b[A-Z]-[0-9]{2}\b")

# Words of a level, the strongest first, and the row of the summary that a
# level with such a word belongs to.
BINDING, ADVICE, OTHER = "MUST, MUST NOT, format", "SHOULD, SHOULD NOT", "other"
_WORDS = (
    (BINDING, r"MUST|REQUIRED|must|never|format"),
    (ADVICE, r"SHOULD|should|RECOMMENDED"),
    (OTHER, r""),
)
_REMARKS = ("n/a", "manual", "as")


class Problem(Exception):
    """A file that cannot be used, and why."""


class Rule:
    """One rule: its fields as in the file, and the row it belongs to.

    'remark' is "", "n/a", "manual" or "as", and 'value' what follows it."""

    def __init__(self, section, text):
        fields = [field.strip() for field in text.split(" | ")]
        if len(fields) not in (4, 5) or not ID.fullmatch(fields[0]):
            raise Problem("'%s': a rule has an id, level, reference, text and "
                          "perhaps a remark" % text)
        self.section = section
        self.id, self.level, self.reference, self.text = fields[:4]
        self.remark, _, value = fields[4].partition(":") if fields[4:] else (
            "", "", "")
        self.value = value.strip()
        if fields[4:] and (self.remark not in _REMARKS or not self.value):
            raise Problem("%s: remark '%s': accepted are n/a: REASON, "
                          "manual: WORDS and as: ID..." % (self.id, fields[4]))
        self.row = next(row for row, words in _WORDS
                        if re.search(words, self.level))


def _paragraphs(lines):
    """Joins each line to those below it that are indented."""
    paragraph = ""
    for line in lines:
        if line.startswith("#"):
            continue
        if line[:1].isspace() and line.strip():
            paragraph += " " + line.strip()
        else:
            if paragraph:
                yield paragraph
            paragraph = line.strip()
    if paragraph:
        yield paragraph


def read(path):
    """Returns the rules of file 'path' in a dict by id, in the file's order,
    and the set of letters whose ids belong elsewhere."""
    rules, elsewhere, section = {}, set(), ""
    with open(path, encoding="utf-8") as file:
        for paragraph in _paragraphs(file):
            if paragraph.startswith("= "):
                section = paragraph[2:]
            elif paragraph.startswith("elsewhere "):
                elsewhere.update(paragraph.split()[1:])
            else:
                rule = Rule(section, paragraph)
                if rule.id in rules:
                    raise Problem("%s: is there twice" % rule.id)
                rules[rule.id] = rule
    for rule in rules.values():
        for other in rule.value.split() if rule.remark == "as" else ():
            if other not in rules or rules[other].remark == "as":
                raise Problem("%s: as: %s: is no rule with tests of its own"
                              % (rule.id, other))
    return rules, elsewhere
