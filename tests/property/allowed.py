# SPDX-License-Identifier: Apache-2.0
"""The model: whom a probe may reach, by a generation of the database.

Two hypervisors need not be at the same generation: a packet that is under way
while the second one learns of a change meets the old rules on the first and
the new ones on the second.  What concerns the sender is judged by one
generation, what concerns the receiver by another (or the same).  On one
hypervisor, changes are atomic.

Written from the manual's rules alone.  Used by probes.py and service.py.
"""

from ipaddress import ip_address

from frames import GATEWAY_MAC

ZERO = bytes(6)


def role_reaches(sender, receiver):
    """Private VLANs (RFC 5517)."""
    return "promiscuous" in (sender, receiver) or \
        sender == receiver != "isolated"


def is_group(mac):
    return mac[0] & 1


def link_local(mac):
    """The address that IPv6 makes of a MAC (RFC 4291 appendix A)."""
    return ip_address(b"\xfe\x80" + bytes(6) + bytes([mac[0] ^ 2]) + mac[1:3]
                      + b"\xff\xfe" + mac[3:])


def may_send(port, probe):
    """Port security: PORT sends by its own addresses only, untagged."""
    if probe.vlan is not None or probe.src_mac != port.mac:
        return False
    if probe.src_ip is None or not port.addresses:
        return True
    return probe.src_ip in port.addresses or (
        probe.src_ip.version == 6
        and any(a.version == 6 for a in port.addresses)
        and probe.src_ip == link_local(port.mac))


def in_subnets(network, ip):
    return any(ip in subnet for subnet in network.subnets)


def known_macs(generation, network):
    return {p.mac for p in generation.ports.values() if p.network == network}


def bridged(here, network_id, role, dst_mac, receiver):
    """From a sender with ROLE in the network, as its hypervisor has it, to
    RECEIVER, as that one's has it."""
    if receiver.network != network_id \
            or not role_reaches(role, receiver.role):
        return False
    if is_group(dst_mac):
        return True
    if dst_mac in known_macs(here, network_id):
        return dst_mac == receiver.mac
    return here.networks[network_id].flood


def routed_to(there, tenant, probe, receiver):
    """To RECEIVER from another network of TENANT."""
    network = there.networks.get(receiver.network)
    return (network is not None and network.tenant == tenant
            and probe.dst_ip in receiver.addresses
            and probe.dst_ip.version in network.families
            and not in_subnets(network, probe.src_ip))


def from_vm(here, there, probe, receiver):
    """A probe of a VM to the port RECEIVER.  Its hypervisor takes from others
    what their ports there may send, only."""
    sender = here.ports.get(probe.vm)
    if sender is None or sender.hypervisor != probe.hypervisor \
            or sender.network not in here.networks \
            or not may_send(sender, probe):
        return False
    network = here.networks[sender.network]
    local = receiver.hypervisor == probe.hypervisor
    if probe.dst_mac == GATEWAY_MAC and probe.dst_ip is not None \
            and probe.dst_ip.version in network.families:
        return (sender.network != receiver.network
                and not in_subnets(network, probe.dst_ip)
                and (local or routes(there, probe.hypervisor, network.tenant))
                and routed_to(there, network.tenant, probe, receiver))
    return (bridged(here, sender.network, sender.role, probe.dst_mac,
                    receiver)
            and (local or hosts(there, probe.hypervisor, sender.network,
                                sender.role)))


def hosts(generation, hypervisor, network_id, role):
    return any(p.hypervisor == hypervisor and p.network == network_id
               and p.role == role for p in generation.ports.values())


def routes(generation, hypervisor, tenant):
    """True if HYPERVISOR has a port of a routed network of TENANT."""
    for port in generation.ports.values():
        network = generation.networks.get(port.network)
        if network and port.hypervisor == hypervisor \
                and network.tenant == tenant and network.families:
            return True
    return False


def from_underlay(generation, probe, receiver):
    """A packet under a label of RECEIVER's hypervisor, with the address of
    another one."""
    label = generation.labels.get((probe.receiver, probe.label))
    if label is None or label.state == "held" \
            or receiver.hypervisor != probe.receiver:
        return False
    no_macs = probe.src_mac == ZERO and probe.dst_mac == ZERO
    if label.purpose == "route":
        return (no_macs and probe.dst_ip is not None
                and routes(generation, probe.hypervisor, label.tenant)
                and routed_to(generation, label.tenant, probe, receiver))
    if no_macs or label.network not in generation.networks \
            or probe.vlan is not None \
            or receiver.network != label.network \
            or not role_reaches(label.role, receiver.role) \
            or not hosts(generation, probe.hypervisor, label.network,
                         label.role):
        return False
    return label.purpose == "bum" or probe.dst_mac == receiver.mac


def allows(here, there, probe, vm, hypervisor):
    """True if PROBE may arrive at the interface VM of HYPERVISOR, by
    generation HERE on the sender's hypervisor and THERE on the receiver's."""
    receiver = there.ports.get(vm)
    if receiver is None or receiver.hypervisor != hypervisor \
            or receiver.network not in there.networks:
        return False
    if probe.label is not None:
        return from_underlay(there, probe, receiver)
    return vm != probe.vm and from_vm(here, there, probe, receiver)


def receivers(generation, probe):
    """Where PROBE may arrive, as (VM, hypervisor)."""
    return {(vm, port.hypervisor) for vm, port in generation.ports.items()
            if port.hypervisor and allows(generation, generation, probe, vm,
                                          port.hypervisor)}
