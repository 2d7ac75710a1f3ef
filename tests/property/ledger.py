# SPDX-License-Identifier: Apache-2.0
"""Labels in the course of time: which were released, and that none gets
another meaning before its hold is over.

Used by probes.py, which sends late packets under what was released.
"""

from collections import deque
import time

MIN_HOLD = 1                    # Seconds; the least that operations.py sets.


class Ledger:
    """Follows table Label.  'released' has (hypervisor, value, Label as it
    was) of those that were released last."""

    def __init__(self):
        self.released = deque(maxlen=200)
        self.ended = {}         # By (hypervisor, value): when, and Label.
        self.reused = 0         # Values that got another meaning.

    def follow(self, before, after):
        """Notes what changed from one generation to the next.  Returns what
        is wrong, or None."""
        now = time.monotonic()
        for key, label in before.labels.items():
            new = after.labels.get(key)
            if label.state != "held" and (new is None or new.state == "held"):
                self.released.append((*key, label))
                self.ended[key] = now, label
        for key, label in after.labels.items():
            if key in self.ended and label.state != "held":
                error = self.used_again(key, label, now)
                if error:
                    return error
        return None

    def used_again(self, key, label, now):
        when, old = self.ended.pop(key)
        if (label.purpose, label.role) == (old.purpose, old.role) and \
                (label.network, label.tenant) == (old.network, old.tenant):
            return None
        self.reused += 1
        if now - when < MIN_HOLD:
            return (f"label {key} was released as {old} and is {label} "
                    f"{now - when:.3f} s later")
        return None
