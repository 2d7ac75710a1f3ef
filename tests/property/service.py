# SPDX-License-Identifier: Apache-2.0
"""What must arrive: between all pairs, once no change is pending.

Used by property.py.  It shows that the network under test is one, and that
the model does not allow too little.
"""

import time

import allowed
import frames
from plan import UNKNOWN_MAC, found
from probes import Probe, Violation

TRIES = 12


class Service:
    """Checks with PROBER; counts what it checked."""

    def __init__(self, prober, plan):
        self.prober = prober
        self.plan = plan
        self.pairs = 0          # That must be reached, and were.
        self.unreached = 0      # That must not be, and were not.
        self.exempt = 0         # Whose network has no labels left.
        self.retries = 0

    def check(self):
        """To be called when all that was wanted is acknowledged."""
        generation = self.prober.generations.newest
        self.check_database(generation)
        left = [(probe, self.expected(generation, probe))
                for probe in self.all_probes(generation)]
        for attempt in range(TRIES):
            left = self.attempt(left, 0.05 * attempt)
            if not left:
                return
            self.retries += len(left)
        probe, expected = left[0]
        raise Violation(f"did not arrive at {sorted(expected)}, but at "
                        f"{sorted(probe.arrived)}", probe)

    def check_database(self, generation):
        """The database has what was wanted, and binds ports where their
        interfaces are."""
        wanted, has = self.plan.expected(), found(generation)
        if wanted != has:
            raise Violation(f"the database lacks {sorted(wanted - has)} and "
                            f"has {sorted(has - wanted)}", None)
        for vm, port in generation.ports.items():
            places = self.plan.places.get(vm) or [None]
            if port.hypervisor not in places:
                raise Violation(f"port {port.name} is bound to "
                                f"{port.hypervisor} and not {places}", None)

    def all_probes(self, generation):
        """From every port to every other's MAC and addresses, and to all."""
        for vm, sender in generation.ports.items():
            if not sender.hypervisor:
                continue
            seen = set()
            for mac in (frames.BROADCAST, UNKNOWN_MAC):
                yield Probe("service", vm, sender.hypervisor, sender.mac, mac)
            for port in generation.ports.values():
                if port.mac != sender.mac and port.mac not in seen:
                    seen.add(port.mac)
                    yield Probe("service", vm, sender.hypervisor, sender.mac,
                                port.mac)
                yield from self.routed(vm, sender, port, seen)

    def routed(self, vm, sender, port, seen):
        if port.network == sender.network:
            return
        for src in sender.addresses:
            for dst in port.addresses:
                if src.version == dst.version and dst not in seen:
                    seen.add(dst)
                    yield Probe("service", vm, sender.hypervisor, sender.mac,
                                frames.GATEWAY_MAC, src, dst)

    def expected(self, generation, probe):
        """Where PROBE must arrive, less what has no labels.  To the gateway's
        MAC in a network that is not routed, nothing must."""
        sender = generation.ports[probe.vm]
        networks = generation.networks
        found_there = set()
        for vm, hypervisor in allowed.receivers(generation, probe):
            port = generation.ports[vm]
            if hypervisor != sender.hypervisor and (
                    networks[port.network].error
                    or networks[sender.network].error):
                self.exempt += 1
            elif probe.dst_ip is None or port.network != sender.network:
                found_there.add((vm, hypervisor))
        return found_there

    def attempt(self, left, pause):
        """Sends each probe and waits; returns those to be tried again."""
        end = time.monotonic() + pause
        for i, (probe, _) in enumerate(left):
            probe.arrived.clear()
            self.prober.send(probe)
            if i % 32 == 31:
                self.prober.pump(0.001)
        quiet = 0
        while quiet < 5 or time.monotonic() < end:
            before = self.prober.delivered
            self.prober.pump(0.02)
            quiet = 0 if self.prober.delivered > before else quiet + 1
        return [(probe, expected) for probe, expected in left
                if not self.arrived_once(probe, expected)]

    def arrived_once(self, probe, expected):
        got = set(probe.arrived)
        if len(got) < len(probe.arrived):
            raise Violation(f"arrived twice: {sorted(probe.arrived)}", probe)
        if not expected <= got:
            return False
        if expected:
            self.pairs += len(expected)
        else:
            self.unreached += 1
        return True
