/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-spread: how evenly the numbers of flows (lib/label-entropy.h)
 * fill their range, for all kinds of packets. */

#include "label-entropy.h"

#include <stdlib.h>
#include <string.h>

#include "flows.h"
#include "reference.h"
#include "unit.h"

enum {
    N_FLOWS = 100000,
    N_PORTS = 16384,
    MPLS = 0x8847
};

static uint16_t
put_ports4(struct ref_packet *p, uint32_t i)
{
    struct ref_ip ip = flow4;

    ip.src_port = (uint16_t) (i % 50000);
    ip.dst_port = (uint16_t) (80 + i / 50000);
    ref_put_ip(p, &ip);
    return ETHERTYPE_IPV4;
}

static uint16_t
put_udp_ports4(struct ref_packet *p, uint32_t i)
{
    struct ref_ip ip = flow4;

    ip.protocol = 17;
    ip.src_port = (uint16_t) (32768 + i % 28000);
    ip.dst += i / 28000;
    ref_put_ip(p, &ip);
    return ETHERTYPE_IPV4;
}

static uint16_t
put_addresses4(struct ref_packet *p, uint32_t i)
{
    struct ref_ip ip = flow4;

    ip.src += i % 317;
    ip.dst += i / 317;
    ref_put_ethernet(p, 0x020000000001, 0x020000000002, 0x0800);
    ref_put_ip(p, &ip);
    return ETHERNET;
}

static uint16_t
put_random4(struct ref_packet *p, uint32_t i)
{
    struct ref_ip ip = flow4;

    ip.src += unit_random() & 0xff;
    ip.dst += unit_random() & 0xff;
    ip.src_port = (uint16_t) unit_random();
    ip.protocol = i & 1 ? 6 : 17;
    ref_put_ip(p, &ip);
    return ETHERTYPE_IPV4;
}

static uint16_t
put_ports6(struct ref_packet *p, uint32_t i)
{
    struct ref_ip ip = flow6;

    ip.src_port = (uint16_t) (i % 50000);
    ip.dst_port = (uint16_t) (80 + i / 50000);
    ref_put_ip(p, &ip);
    return ETHERTYPE_IPV6;
}

static uint16_t
put_addresses6(struct ref_packet *p, uint32_t i)
{
    struct ref_ip ip = flow6;

    ip.src += i % 317;
    ip.dst += i / 317;
    ref_put_ip(p, &ip);
    return ETHERTYPE_IPV6;
}

static uint16_t
put_label(struct ref_packet *p, uint32_t i)
{
    ref_put_lse(p, 16 + i, 0, true, 64);
    ref_put_fill(p, 0xff, 20);
    return MPLS;
}

static uint16_t
put_two_labels(struct ref_packet *p, uint32_t i)
{
    ref_put_lse(p, 16 + i % 317, 0, false, 64);
    ref_put_lse(p, 16 + i / 317, 0, true, 64);
    ref_put_fill(p, 0xff, 20);
    return MPLS;
}

static uint16_t
put_ip_under_label(struct ref_packet *p, uint32_t i)
{
    ref_put_lse(p, 16, 0, true, 64);
    put_ports4(p, i);
    return MPLS;
}

static uint16_t
put_frame_under_label(struct ref_packet *p, uint32_t i)
{
    ref_put_lse(p, 16, 0, true, 64);
    ref_put32(p, 0);
    put_addresses4(p, i);
    return MPLS;
}

static uint16_t
put_arp_pair(struct ref_packet *p, uint32_t i)
{
    ref_put_ethernet(p, 0xffffffffffff, 0x020000000001, 0x0806);
    ref_put_arp(p, 0x0a000000 + i % 317, 0x0a000000 + i / 317);
    return ETHERNET;
}

static uint16_t
put_macs(struct ref_packet *p, uint32_t i)
{
    ref_put_ethernet(p, 0x020000000000 + i % 317, 0x020000010000 + i / 317,
                     0x88b5);
    ref_put_fill(p, 0, 46);
    return ETHERNET;
}

static const struct {
    const char *name;
    uint16_t (*put)(struct ref_packet *p, uint32_t i);  /* Returns type. */
} spreads[] = {
    { "IPv4 ports", put_ports4 },
    { "IPv4 UDP ports", put_udp_ports4 },
    { "IPv4 addresses", put_addresses4 },
    { "IPv4 random flows", put_random4 },
    { "IPv6 ports", put_ports6 },
    { "IPv6 addresses", put_addresses6 },
    { "labels", put_label },
    { "pairs of labels", put_two_labels },
    { "IPv4 under one label", put_ip_under_label },
    { "Ethernet under one label", put_frame_under_label },
    { "ARP", put_arp_pair },
    { "MAC addresses", put_macs },
};

/* Returns chi-square of the ports of many flows of kind 'i'. */
static double
chi_square_of(size_t i, uint32_t basis)
{
    static struct ref_packet p;
    static unsigned int counts[N_PORTS];
    const double expected = (double) N_FLOWS / N_PORTS;
    unsigned int below = 0;
    double chi_square = 0;

    memset(counts, 0, sizeof counts);
    for (uint32_t j = 0; j < N_FLOWS; j++) {
        struct inner_packet inner;
        uint16_t type, port;

        p.size = 0;
        type = spreads[i].put(&p, j);
        inner_packet_read(p.bytes, p.size, type, &inner);
        port = label_entropy_port(label_entropy_hash(&inner, basis));
        if (port < 49152) {
            below++;
        } else {
            counts[port - 49152]++;
        }
    }
    unit_number("ports below 49152", 0, below);
    for (int j = 0; j < N_PORTS; j++) {
        double d = counts[j] - expected;

        chi_square += d * d / expected;
    }
    return chi_square;
}

/* Ports of many flows fill their range evenly: chi-square over all ports has
 * mean 16383 and deviation 181 if they are random; six deviations are let
 * pass. */
static void
test_spread(void)
{
    for (size_t i = 0; i < sizeof spreads / sizeof spreads[0]; i++) {
        for (uint32_t basis = 16; basis < 19; basis++) {
            double chi_square;

            unit_case("U-02 spread of %s, basis %u, RFC 7510 3",
                      spreads[i].name, (unsigned int) basis);
            chi_square = chi_square_of(i, basis);
            if (chi_square > N_PORTS - 1 + 6 * 181) {
                unit_number("chi-square", N_PORTS - 1,
                            (uint64_t) chi_square);
            }
        }
    }
}

/* Few flows over few paths, as in a small underlay: no path gets nearly all.
 */
static void
test_few_flows(void)
{
    static struct ref_packet p;

    for (size_t i = 0; i < sizeof spreads / sizeof spreads[0]; i++) {
        unsigned int low[4] = { 0 }, high[4] = { 0 };

        unit_case("64 flows over 4 paths, %s", spreads[i].name);
        for (uint32_t j = 0; j < 64; j++) {
            uint16_t type, port;

            p.size = 0;
            type = spreads[i].put(&p, j);
            port = label_entropy_port(flow_hash(&p, type, 16));
            low[port % 4]++;
            high[port / 4096 % 4]++;
        }
        for (int j = 0; j < 4; j++) {
            unit_true("low bits of port", low[j] >= 4 && low[j] <= 32);
            unit_true("high bits of port", high[j] >= 4 && high[j] <= 32);
        }
    }
}

/* Hashing must not read beyond a packet that ends anywhere. */
static void
test_truncated(void)
{
    static struct ref_packet p;

    unit_case("packets truncated at each byte");
    for (size_t i = 0; i < sizeof spreads / sizeof spreads[0]; i++) {
        uint16_t type;

        p.size = 0;
        type = spreads[i].put(&p, 7);
        while (p.size-- > 0) {
            flow_hash(&p, type, 16);
        }
    }
    unit_case("stack without bottom, deeper than is looked at");
    p.size = 0;
    for (uint32_t i = 0; i < 100; i++) {
        ref_put_lse(&p, 100 + i, 0, false, 64);
    }
    unit_true("hash", flow_hash(&p, MPLS, 16) == flow_hash(&p, MPLS, 16));
}

void
test_label_spread(void)
{
    test_spread();
    test_few_flows();
    test_truncated();
}
