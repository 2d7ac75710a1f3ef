# SPDX-License-Identifier: Apache-2.0
"""What is known about a violation: printed once, when a run fails.

Called by property.py.
"""

import glob
import os
import subprocess

from jsonrpc import appctl


def changes(before, after):
    """Yields how two generations differ, row by row."""
    for name, table in after.tables.items():
        old = before.tables[name]
        for uuid in sorted(set(old) | set(table)):
            a, b = old.get(uuid), table.get(uuid)
            if a is None or b is None:
                yield f"{name} {'added' if a is None else 'gone'}: {b or a}"
            elif a != b:
                columns = {c: (a[c], b[c]) for c in a if a[c] != b[c]}
                yield f"{name} {a.get('name', uuid)}: {columns}"


def ask(path, *words):
    """The answer of the daemon with the pidfile PATH."""
    try:
        with open(path) as file:
            pid = file.read().strip()
        return appctl(path.replace(".pid", f".{pid}.ctl"), *words)
    except (OSError, RuntimeError) as error:
        return f"{path}: {error}\n"


def run(*words):
    return subprocess.run(words, capture_output=True, text=True,
                          check=False).stdout


def print_hypervisor(hosts, name, probe):
    """The flows that it has, and what it makes of PROBE's frame."""
    path = f"{hosts.directory}/{name}/ovs-vswitchd.pid"
    print(f"{name}: datapath flows\n", ask(path, "dpctl/dump-flows"))
    print(ask(path, "mplsudp/show"))
    with open(f"{hosts.directory}/{name}/flows.log", "w") as file:
        file.write(run("ovs-ofctl", "-OOpenFlow14", "--names", "dump-flows",
                       f"unix:{hosts.directory}/{name}/br-int.mgmt"))
    if probe.label is None and probe.hypervisor == name:
        print(ask(path, "ofproto/trace", "br-int", f"in_port={probe.vm}",
                  probe.frame.hex()))


def explain(test, violation):
    """Prints what is known about VIOLATION; the flows go where the logs
    are."""
    print(f"FAILED: {violation}")
    probe = violation.probe
    hosts = test.hosts
    print("history (s, generation, command):")
    for line in test.history:
        print("    " + line)
    if probe:
        print(f"probe, sent at {probe.sent - test.start:.3f} s: {probe}")
        window = list(test.generations.window(probe.first))[::-1]
        for before, after in zip(window, window[1:]):
            print(f"generation {after.index}, seen at "
                  f"{after.seen - test.start:.3f} s")
            for line in changes(before, after):
                print("    " + line)
        for name in hosts.names:
            print_hypervisor(hosts, name, probe)
    for path in sorted(glob.glob(f"{hosts.directory}/c?/*.pid")):
        print(os.path.basename(os.path.dirname(path)),
              ask(path, "status"), ask(path, "switches/show"),
              ask(path, "check"))
    print(run("mplsudp-ctl", f"--db=unix:{hosts.directory}/mgmt/"
              "mpls-overlay.sock", "--timeout=5", "show", "--", "port-list",
              "--", "label-list"))
