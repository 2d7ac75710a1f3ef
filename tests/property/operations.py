# SPDX-License-Identifier: Apache-2.0
"""Random operations: each changes the plan, and gives the commands that make
it so.

Used by property.py.  An operation is a method op_NAME of Operations; it
returns a list of commands, each ("ctl", WORD...), ("vsctl", HYPERVISOR,
WORD...), ("rarp", VM, HYPERVISOR) or ("sandbox", FUNCTION, ARGUMENT...), or
None if it does not fit.
"""

from plan import NETWORKS, ROLES, TENANTS, WantedNetwork, WantedPort
from plan import ipv4, ipv6

RANGES = ((16, 255), (200, 439), (70000, 70239))
GLOBAL_RANGES = ((600000, 600099), (600060, 600159))

WEIGHTS = {
    "port_add": 12, "port_del": 8, "port_mac": 5, "port_addresses": 8,
    "port_role": 10, "port_network": 10, "attach": 8, "detach": 6,
    "move": 12, "overlapping_move": 5,
    "net_scope": 3, "net_unknown": 4, "net_gateways": 5, "net_del": 2,
    "net_add": 4, "tenant_del": 1, "tenant_add": 3, "label_ranges": 1,
    "hold": 1, "encaps": 1,
}


class Operations:
    """Draws operations from RANDOM."""

    def __init__(self, random, plan, vms, hypervisors):
        self.random = random
        self.plan = plan
        self.vms = vms
        self.hypervisors = hypervisors
        self.serial = 0

    def draw(self):
        """Returns the next operation's name and commands."""
        names = list(WEIGHTS)
        while True:
            name, = self.random.choices(names, WEIGHTS.values())
            commands = getattr(self, "op_" + name)()
            if commands:
                return name, commands

    def one_of(self, things):
        things = sorted(things)
        return self.random.choice(things) if things else None

    # ---- Ports -----------------------------------------------------------

    def new_addresses(self, network):
        """None, IPv4, IPv6 or both."""
        hosts = self.plan.free_hosts(network)
        n = self.plan.networks[network].number
        kind = self.random.choices(("none", "4", "6", "46"), (1, 3, 1, 4))[0]
        if not hosts:
            return []
        host = self.random.choice(hosts)
        return [make(n, host) for make, which in ((ipv4, "4"), (ipv6, "6"))
                if which in kind]

    def new_port(self, vm, network):
        """Plans a port for VM, if there is a MAC left."""
        macs = self.plan.free_macs(network)
        if not macs:
            return None
        self.serial += 1
        # Some are named as their interface, which is the default.
        name = vm if self.random.random() < 0.5 else f"port{self.serial}"
        port = WantedPort(name, vm, network, self.random.choice(macs),
                          self.new_addresses(network),
                          self.random.choice(ROLES))
        self.plan.ports[vm] = port
        return ["port-add", network, name, port.mac, *port.addresses,
                f"role={port.role}"] + (
                    [] if name == vm else [f"interface={vm}"])

    def op_port_add(self):
        vm = self.one_of(set(self.vms) - set(self.plan.ports))
        network = self.one_of(self.plan.networks)
        words = vm and network and self.new_port(vm, network)
        return words and [("ctl", *words)]

    def op_port_del(self):
        vm = self.one_of(self.plan.ports)
        if vm and len(self.plan.ports) > len(self.vms) // 2:
            return [("ctl", "port-del", self.plan.ports.pop(vm).name)]
        return None

    def op_port_network(self):
        """To another network: in one transaction, or in two."""
        vm = self.one_of(self.plan.ports)
        network = self.one_of(self.plan.networks)
        if not vm or not network:
            return None
        old = self.plan.ports.pop(vm)
        words = self.new_port(vm, network)
        if not words:
            self.plan.ports[vm] = old
            return None
        if self.random.random() < 0.5:
            return [("ctl", "port-del", old.name, "--", *words)]
        return [("ctl", "port-del", old.name), ("ctl", *words)]

    def op_port_mac(self):
        vm = self.one_of(self.plan.ports)
        port = vm and self.plan.ports[vm]
        macs = port and self.plan.free_macs(port.network)
        if not macs:
            return None
        port.mac = self.random.choice(macs)
        return [("ctl", "port-set", port.name, f"mac={port.mac}")]

    def op_port_addresses(self):
        vm = self.one_of(self.plan.ports)
        if not vm:
            return None
        port = self.plan.ports[vm]
        port.addresses = self.new_addresses(port.network)
        return [("ctl", "port-set", port.name,
                 f"addresses={','.join(port.addresses)}")]

    def op_port_role(self):
        vm = self.one_of(self.plan.ports)
        if not vm:
            return None
        port = self.plan.ports[vm]
        port.role = self.random.choice(
            [role for role in ROLES if role != port.role])
        return [("ctl", "port-set", port.name, f"role={port.role}")]

    # ---- Places ----------------------------------------------------------

    def attach(self, vm, hypervisor):
        self.plan.places.setdefault(vm, []).append(hypervisor)
        return "vsctl", hypervisor, "add-port", "br-int", vm

    def detach(self, vm, hypervisor):
        self.plan.places[vm].remove(hypervisor)
        return "vsctl", hypervisor, "del-port", "br-int", vm

    def placed(self):
        return [vm for vm in self.vms if self.plan.places.get(vm)]

    def another(self, vm):
        """A hypervisor where VM is not."""
        return self.one_of(set(self.hypervisors)
                           - set(self.plan.places.get(vm, ())))

    def op_attach(self):
        vm = self.one_of(set(self.vms) - set(self.placed()))
        return vm and [self.attach(vm, self.another(vm))]

    def op_detach(self):
        vm = self.one_of(self.placed())
        if vm and len(self.placed()) > len(self.vms) // 2:
            return [self.detach(vm, place)
                    for place in list(self.plan.places[vm])]
        return None

    def op_move(self):
        """Gone from one hypervisor, then on another."""
        vm = self.one_of(self.placed())
        if not vm or len(self.plan.places[vm]) > 1:
            return None
        old, new = self.plan.places[vm][0], self.another(vm)
        return [self.detach(vm, old), self.attach(vm, new)]

    def op_overlapping_move(self):
        """On another hypervisor as well; it says so; then gone from the first
        one, now or later."""
        vm = self.one_of(self.placed())
        if not vm:
            return None
        places = self.plan.places[vm]
        if len(places) > 1:
            return [self.detach(vm, places[0])]
        old, new = places[0], self.another(vm)
        commands = [self.attach(vm, new)]
        if self.random.random() < 0.7:
            commands.append(("rarp", vm, new))
        if self.random.random() < 0.6:
            commands.append(self.detach(vm, old))
        return commands

    # ---- Networks, tenants, labels ----------------------------------------

    def change_network(self, change):
        name = self.one_of(self.plan.networks)
        if not name:
            return None
        network = self.plan.networks[name]
        change(network)
        return [("ctl", "net-set", name, *network.settings())]

    def op_net_scope(self):
        def change(network):
            network.scope = {"local": "global",
                             "global": "local"}[network.scope]
        return self.change_network(change)

    def op_net_unknown(self):
        def change(network):
            network.unknown = {"drop": "flood",
                               "flood": "drop"}[network.unknown]
        return self.change_network(change)

    def op_net_gateways(self):
        def change(network):
            network.routed = self.random.choice(((), (4,), (4, 6), (4, 6)))
        return self.change_network(change)

    def drop_ports(self, network):
        for port in self.plan.ports_of(network):
            del self.plan.ports[port.vm]

    def op_net_del(self):
        name = self.one_of(self.plan.networks)
        if not name or len(self.plan.networks) < 3:
            return None
        self.drop_ports(name)
        del self.plan.networks[name]
        return [("ctl", "--cascade", "net-del", name)]

    def op_net_add(self):
        missing = [(t, n) for t in self.plan.tenants for n in NETWORKS
                   if f"{t}{n}" not in self.plan.networks]
        choice = self.one_of(missing)
        if not choice:
            return None
        tenant, n = choice
        network = WantedNetwork(
            f"{tenant}{n}", tenant, n,
            self.random.choice(("local", "local", "global")),
            self.random.choice(("drop", "flood")),
            self.random.choice(((), (4,), (4, 6), (4, 6))))
        self.plan.networks[network.name] = network
        return [("ctl", "net-add", tenant, network.name,
                 *network.settings())]

    def op_tenant_del(self):
        tenant = self.one_of(self.plan.tenants)
        if not tenant or len(self.plan.tenants) < 2:
            return None
        for name in [n for n, network in self.plan.networks.items()
                     if network.tenant == tenant]:
            self.drop_ports(name)
            del self.plan.networks[name]
        self.plan.tenants.remove(tenant)
        return [("ctl", "--cascade", "tenant-del", tenant)]

    def op_tenant_add(self):
        tenant = self.one_of(set(TENANTS) - self.plan.tenants)
        if not tenant:
            return None
        self.plan.tenants.add(tenant)
        return [("ctl", "tenant-add", tenant)]

    def op_label_ranges(self):
        low, high = self.random.choice(RANGES)
        global_low, global_high = self.random.choice(GLOBAL_RANGES)
        return [("ctl", "init", f"label_min={low}", f"label_max={high}",
                 f"global_label_min={global_low}",
                 f"global_label_max={global_high}")]

    def op_hold(self):
        return [("ctl", "init",
                 f"label_hold={self.random.choice((1, 1, 2, 3))}",
                 f"drain={self.random.choice((0, 1, 1))}")]

    def op_encaps(self):
        encaps = ["mplsudp", "mplsgre", "mplsip"]
        self.random.shuffle(encaps)
        return [("ctl", "hv-set", self.random.choice(self.hypervisors),
                 f"encaps={','.join(encaps[:2])}")]
