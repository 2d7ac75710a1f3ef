# SPDX-License-Identifier: Apache-2.0
"""Changes tenants' networks at random, sends probes meanwhile, and fails on
a delivery that isolation forbids.

Called by run, which made the hypervisors: property.py FOLDER SEED OPERATIONS
HYPERVISORS FAMILY.
"""

from collections import Counter, deque
import random
import sys
import time
import traceback

import frames
from explain import explain
from generations import Generations
from hosts import Hosts
from operations import Operations
from plan import Plan
from probes import Prober, Violation
from service import Service

N_VMS = 16
PROBES_PER_ROUND = 12


class Property:
    """One run."""

    def __init__(self, directory, seed, operations, hypervisors, family):
        self.random = random.Random(seed)
        self.seed = seed
        self.n_operations = operations
        vms = [f"vm{i + 1}" for i in range(N_VMS)]
        self.hosts = Hosts(directory, hypervisors, family, vms)
        self.plan = Plan()
        self.generations = Generations(f"{directory}/mgmt/mpls-overlay.sock")
        self.prober = Prober(random.Random(seed + 1), self.plan, self.hosts,
                             self.generations)
        self.service = Service(self.prober, self.plan)
        self.operations = Operations(self.random, self.plan, vms,
                                     self.hosts.names)
        self.history = deque(maxlen=60)
        self.log = open(f"{directory}/mgmt/history.log", "w", buffering=1)
        self.done = Counter()
        self.restarts = Counter()
        self.checks = 0
        self.start = time.monotonic()

    # ---- Commands --------------------------------------------------------

    def note(self, text):
        line = (f"{time.monotonic() - self.start:9.3f} g"
                f"{self.generations.newest.index} {text}")
        self.history.append(line)
        print(line, file=self.log)

    def wait(self, process, what):
        """Probes until PROCESS has ended well."""
        limit = time.monotonic() + 120
        while process.poll() is None:
            if time.monotonic() > limit:
                process.kill()
                raise Violation(f"{what}: does not end", None)
            for _ in range(PROBES_PER_ROUND):
                self.prober.draw()
            self.prober.pump(0.002)
        if process.returncode:
            raise Violation(f"{what}: {process.stdout.read()}", None)
        process.stdout.close()

    def run(self, command):
        kind, *words = command
        text = " ".join(command)
        self.note(text)
        if kind == "ctl":
            self.wait(self.hosts.ctl(*words), text)
        elif kind == "vsctl":
            hypervisor, *words = words
            if self.random.random() < 0.5:
                words = ["--no-wait"] + words
            self.wait(self.hosts.vsctl(hypervisor, *words), text)
        elif kind == "sandbox":
            self.wait(self.hosts.sandbox(*words), text)
        elif kind == "rarp":
            vm, hypervisor = words
            mac, _ = self.prober.identity(vm)
            self.hosts.send(vm, hypervisor, frames.rarp(mac))

    def batch(self, n):
        """N operations; commands to the database that follow each other are
        sometimes one transaction."""
        together = []
        join = self.random.random() < 0.4
        for _ in range(n):
            name, commands = self.operations.draw()
            self.done[name] += 1
            for command in commands:
                if join and command[0] == "ctl":
                    together += (["--"] if together else []) + [*command[1:]]
                    continue
                if together:
                    self.run(("ctl", *together))
                    together = []
                self.run(command)
        if together:
            self.run(("ctl", *together))

    # ---- Acknowledgement -------------------------------------------------

    def sync(self):
        """Waits until all hypervisors have what was wanted so far, and have
        forgotten what they cached before."""
        self.prober.follow()
        index = self.generations.newest.index
        self.run(("ctl", "--wait=hv", "sync"))
        self.prober.follow()
        for row in self.generations.newest.tables["Hypervisor"].values():
            if row["acknowledged"] < \
                    self.generations.newest.overlay()["generation"]:
                return False
        for name in self.hosts.names:
            self.hosts.revalidate(name)
            self.prober.pump(0)
        self.prober.first = index
        return True

    def check(self):
        """Waits for all, and probes all pairs."""
        for name in self.hosts.names:
            self.wait(self.hosts.vsctl(
                name, "set", "open_vswitch", ".",
                f"external_ids:property={self.checks}"), "ovs-vsctl")
            self.run(("ctl", "wait-until", "Hypervisor", name,
                      "connected=true"))
        tries = [self.sync() for _ in range(2)]
        while not all(tries[-2:]):
            if len(tries) > 100:
                raise Violation("hypervisors do not acknowledge", None)
            tries.append(self.sync())
        self.service.check()
        self.checks += 1

    # ---- Restarts --------------------------------------------------------

    def restart(self):
        """Kills a daemon and starts it again, sometimes later, or stops a
        controller for a while."""
        kind, = self.random.choices(
            ("controller", "stopped controller", "database", "vswitchd"),
            (4, 1, 3, 3))
        self.restarts[kind] += 1
        getattr(self, "restart_" + kind.replace(" ", "_"))()

    def restart_controller(self):
        number = self.random.choice("12")
        self.run(("sandbox", "pr_kill_controller", number))
        if self.random.random() < 0.5:
            self.batch(self.random.randint(1, 4))
        self.run(("sandbox", "sb_controller", number))

    def restart_stopped_controller(self):
        """The other one takes over if the database notices in time; the
        stopped one does not know that when it goes on."""
        number = self.random.choice("12")
        self.run(("sandbox", "pr_signal_controller", number, "STOP"))
        self.batch(self.random.randint(1, 4))
        if self.random.random() < 0.7:
            self.sync()
            self.batch(self.random.randint(1, 4))
        self.run(("sandbox", "pr_signal_controller", number, "CONT"))

    def restart_database(self):
        self.run(("sandbox", "pr_kill_database"))
        self.run(("sandbox", "sb_database"))

    def restart_vswitchd(self):
        name = self.random.choice(self.hosts.names)
        self.run(("sandbox", "pr_kill_vswitchd", name[1:]))
        self.prober.macs.pop(name, None)
        self.run(("sandbox", "pr_vswitchd", name[1:]))
        self.prober.macs.pop(name, None)

    # ---- The whole -------------------------------------------------------

    def prepare(self):
        """Small ranges and short times, and something to begin with."""
        self.run(("ctl", "init", "label_min=16", "label_max=255",
                  "global_label_min=600000", "global_label_max=600099",
                  "label_hold=1", "drain=1"))
        for name in ("tenant_add", "net_add", "attach", "port_add"):
            for _ in range(N_VMS * 3 // 4):
                for command in getattr(self.operations, "op_" + name)() or ():
                    self.run(command)
        self.check()

    def all(self):
        self.prepare()
        since_check = since_restart = 0
        while self.done.total() < self.n_operations:
            n = min(self.random.choice((1, 1, 2, 3, 5, 8)),
                    self.n_operations - self.done.total())
            self.batch(n)
            since_check += n
            since_restart += n
            if since_restart > 120 and self.random.random() < 0.3:
                self.restart()
                since_restart = 0
            if since_check > 40:
                self.check()
                since_check = 0
            elif self.random.random() < 0.3:
                self.sync()
        self.check()

    def report(self):
        """What was done, in figures."""
        sent = self.prober.sent
        print(f"seed {self.seed}: {self.done.total()} operations, "
              f"{sum(self.restarts.values())} restarts "
              f"({', '.join(f'{n} {k}' for k, n in self.restarts.items())}), "
              f"{self.generations.newest.index} generations, "
              f"{time.monotonic() - self.start:.0f} s")
        print(f"  {self.prober.number} probes, {sent['late']} of them late "
              f"ones under released labels, {sent['label']} forged under "
              f"labels in use")
        print(f"  {self.prober.delivered} deliveries checked, "
              f"{self.prober.under_way} of which met two generations; "
              f"{self.prober.ledger.reused} labels got another meaning")
        print(f"  {self.checks} times all pairs: {self.service.pairs} reached"
              f" as they must be, {self.service.unreached} probes reached "
              f"nobody as they must; {self.service.retries} retries, "
              f"{self.service.exempt} exempt for want of labels")

def main(directory, seed, operations, hypervisors, family):
    test = Property(directory, int(seed), int(operations), int(hypervisors),
                    int(family))
    failed = False
    try:
        test.all()
    except Violation as violation:
        failed = True
        try:
            explain(test, violation)
        except Exception:  # What is known is worth printing none the less.
            traceback.print_exc()
    test.report()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
