# SPDX-License-Identifier: Apache-2.0
#
# cases: what datapath-bench beside this file measures, and how the switch is
# set up for it.

import dataclasses

import captures

UDP = ('mplsudp', 'vxlan', 'geneve')
MPLS = ('mplsudp', 'mplsgre', 'mplsip')
KINDS = MPLS + ('vxlan', 'geneve', 'gre')
SIZES = (64, 594, 1400)
FLOWS = (1, 1000, 10000)
FIRST_LABEL = 16
OTHERS = 1023                   # Packets that pass, for each tunnel packet.


@dataclasses.dataclass(frozen=True)
class Case:
    """One line of the table.

    way: 'forward' without a tunnel, 'push' into one, or 'pop' out of one; or
    'pass', without a tunnel, from a port that tunnel packets come from, too.
    size: bytes of the inner Ethernet frame, without FCS.
    flows: inner flows, in turn.
    payload: what is in an MPLS tunnel, 'ethernet' or 'ip'.
    labels: 1 is the tunnel key; more are pushed by push_labels.
    peers: far ends that tunnel packets come from.
    exact: the pipeline looks at addresses and ports of every inner flow, so
    that each has a datapath flow of its own.
    """
    way: str
    kind: str = ''
    size: int = 64
    flows: int = 1
    csum: bool = False
    payload: str = 'ethernet'
    labels: int = 1
    peers: int = 1
    exact: bool = False

    def __str__(self):
        words = [self.way, self.kind, '%d bytes' % self.size,
                 '%d flow%s' % (self.flows, 's' * (self.flows != 1))]
        if self.csum:
            words.append('checksum')
        if self.payload == 'ip':
            words.append('ip')
        if self.labels != 1:
            words.append('%d labels' % self.labels)
        if self.peers != 1:
            words.append('%d peers' % self.peers)
        if self.exact:
            words.append('a datapath flow each')
        return ' '.join(word for word in words if word)

    def to_compare(self):
        """Returns the case that this one is compared with: VXLAN's."""
        if self.way == 'forward':
            return None
        return dataclasses.replace(self, kind='vxlan', payload='ethernet',
                                   labels=1)


def matrix():
    """Every combination that there is."""
    cases = [Case('forward', size=size, flows=flows)
             for size in SIZES for flows in FLOWS]
    for way in 'push', 'pop':
        for kind in KINDS:
            for csum in (False, True) if kind in UDP else (False,):
                for payload in ('ethernet', 'ip') if kind in MPLS else (
                        'ethernet',):
                    for size in SIZES:
                        for flows in FLOWS:
                            cases.append(Case(way, kind, size, flows, csum,
                                              payload))
    cases += [dataclasses.replace(case, labels=labels)
              for case in cases if case.way == 'push' and case.kind in MPLS
              for labels in (3, 16)]
    for kind in 'mplsudp', 'vxlan':
        cases.append(Case('pass', kind))
        for peers in 16, 128:
            cases.append(Case('pop', kind, 64, 1000, peers=peers))
        for flows in 1000, 10000, 100000:
            cases.append(Case('pop', kind, 64, flows, exact=True))
    return cases


def quick():
    """What tells most, in two minutes."""
    cases = [Case('forward')]
    for kind in 'vxlan', 'mplsudp':
        for way in 'push', 'pop':
            cases += [Case(way, kind), Case(way, kind, flows=1000),
                      Case(way, kind, 1400),
                      Case(way, kind, 1400, csum=True)]
        cases.append(Case('pop', kind, 1400, 1000))
    for way in 'push', 'pop':
        cases.append(Case(way, 'mplsudp', payload='ip'))
        cases += [Case(way, kind) for kind in KINDS
                  if kind not in ('mplsudp', 'vxlan')]
    return cases + [Case('push', 'mplsudp', labels=16)]


def two_threads():
    """For a switch with two PMD threads and a source for each."""
    return [Case('pop', kind, 64, 1000, peers=peers)
            for kind in ('vxlan', 'mplsudp') for peers in (1, 16)]


# ---- Setting up -------------------------------------------------------------

def add_tunnel(switch, case):
    options = {'remote_ip': captures.REMOTE_IP, 'key': captures.KEY}
    if case.peers > 1:
        options['remote_ip'] = 'flow'
    if case.kind in UDP:
        options['csum'] = str(case.csum).lower()
    if case.kind in MPLS:
        options['payload'] = 'mpls' if case.labels > 1 else case.payload
    switch.add_tunnel(case.kind, options)


def actions(case, port):
    """Returns the actions of br-int's flow."""
    if case.labels > 1:
        labels = range(FIRST_LABEL, FIRST_LABEL + case.labels)
        return '%spush_labels(%s),output:%s' % (
            'decap,' if case.payload == 'ip' else '',
            '/'.join(map(str, labels)), port)
    if case.exact:
        return ('multipath(symmetric_l4,0,modulo_n,1,0,'
                'NXM_NX_REG0[]),output:%s' % port)
    return 'output:%s' % port


def set_up(switch, case):
    """Brings 'switch' to where packets of 'case' flow."""
    switch.reset()
    if case.kind:
        add_tunnel(switch, case)
    tunnel = {} if case.way not in ('pop', 'pass') else {
        'kind': case.kind, 'csum': case.csum, 'payload': case.payload,
        'peers': case.peers,
        'others': OTHERS if case.way == 'pass' else 0}
    capture = switch.capture(case.flows, case.size, **tunnel)
    if case.way == 'pass':
        switch.sources('br-phy', capture)
        switch.flows('br-phy', 'dl_dst=%s,actions=LOCAL'
                     % switch.mac('br-phy'), 'priority=0,actions=sink-phy')
        switch.flows('br-int', 'actions=output:sink-int')
    elif case.way == 'forward':
        switch.sources('br-int', capture)
        switch.flows('br-int', 'actions=output:sink-int')
    elif case.way == 'push':
        switch.neighbour()
        switch.sources('br-int', capture)
        switch.flows('br-phy', 'in_port=LOCAL,actions=output:sink-phy')
        switch.flows('br-int', 'actions=' + actions(case, 'tunnel'))
    else:
        switch.sources('br-phy', capture)
        switch.flows('br-phy', 'actions=LOCAL')
        switch.flows('br-int', 'in_port=tunnel,actions='
                     + actions(case, 'sink-int'))
    switch.settle(case.flows if case.exact else 1)
