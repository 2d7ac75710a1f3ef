/* SPDX-License-Identifier: Apache-2.0
 *
 * test-receive-options: which options of two ports with one source must agree
 * (mplsudp_receive_init() in lib/mplsudp-decap.h): those that change what
 * becomes of a received packet, and no others. */

#include "mplsudp-decap.h"

#include <string.h>

#include "tunnel.h"
#include "unit.h"

static const struct {
    const char *a, *b;          /* Options of two ports. */
    bool equal;
} pairs[] = {
    /* Payload. */
    { "payload=mpls", "payload=ip", false },
    { "payload=mpls", "payload=ethernet", false },
    { "payload=ip", "payload=auto", false },
    { "payload=ethernet", "payload=auto", false },
    { "", "payload=mpls", true },

    /* A control word is only before Ethernet. */
    { "payload=ethernet", "payload=ethernet control_word=false", false },
    { "payload=ip", "payload=ip control_word=false", true },
    { "payload=mpls", "payload=mpls control_word=false", true },

    /* TTL of labels into IP, by default, but not into frames. */
    { "payload=ip", "payload=ip label_ttl=inherit", true },
    { "payload=ip", "payload=ip label_ttl=9", false },
    { "payload=ip label_ttl=8", "payload=ip label_ttl=9", true },
    { "payload=ethernet", "payload=ethernet label_ttl=9", true },
    { "payload=ethernet", "payload=ethernet label_ttl=inherit", false },
    { "payload=auto", "payload=auto label_ttl=9", false },
    { "payload=auto", "payload=auto label_ttl=inherit", false },
    { "payload=mpls", "payload=mpls label_ttl=9", true },
    { "payload=mpls", "payload=mpls label_ttl=inherit", true },

    /* TTL of the outer header, as far as that of the label goes. */
    { "payload=mpls", "payload=mpls ttl=inherit", false },
    { "payload=mpls", "payload=mpls ttl=9", true },
    { "payload=ip", "payload=ip ttl=inherit", false },
    { "payload=ip label_ttl=9", "payload=ip label_ttl=9 ttl=inherit", true },
    { "payload=ethernet", "payload=ethernet ttl=inherit", true },
    { "payload=ethernet label_ttl=inherit",
      "payload=ethernet label_ttl=inherit ttl=inherit", false },
    { "payload=auto", "payload=auto ttl=inherit", false },
    { "payload=auto label_ttl=9", "payload=auto label_ttl=9 ttl=inherit",
      true },

    /* Zero checksums, and where they are accepted. */
    { "local_ip=2001:db8::2", "local_ip=2001:db8::3", true },
    { "local_ip=2001:db8::2", "local_ip=2001:db8::2 zero_csum6_rx=true",
      false },
    { "local_ip=2001:db8::2 zero_csum6_rx=true",
      "local_ip=2001:db8::3 zero_csum6_rx=true", false },

    /* Peers. */
    { "", "peers=192.0.2.1", false },
    { "peers=192.0.2.1", "peers=192.0.2.2", false },
    { "peers=192.0.2.1", "peers=192.0.2.1,192.0.2.2", false },
    { "peers=192.0.2.0/24", "peers=192.0.2.0/25", false },
    { "peers=192.0.2.1/24", "peers=192.0.2.2/24", true },
    { "peers=192.0.2.1/32", "peers=::ffff:192.0.2.1", true },

    /* What is for sending. */
    { "", "tos=inherit", true },
    { "", "df_default=false", true },
    { "", "egress_pkt_mark=7", true },
    { "", "csum=false", true },
    { "", "entropy=false", true },
    { "", "label_tc=inherit", true },
    { "", "labels=16/17", true },
    { "", "labels=16 entropy_label=true", true },
    { "", "tunnel_mtu=1400", true },
    { "", "key=100", true },
    { "", "in_key=100 out_key=flow", true },

    /* What the caller looks up by. */
    { "remote_ip=192.0.2.1", "remote_ip=192.0.2.2", true },
    { "dst_port=6635", "dst_port=6637", true },
};

static void
set(struct mplsudp_receive *receive, uint8_t fill, const char *options)
{
    struct mplsudp_config config;

    unit_true(options, tunnel_options(&config, options));
    memset(receive, fill, sizeof *receive);
    mplsudp_receive_init(&config, receive);
}

void
test_receive_options(void)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct mplsudp_receive a, b;

        unit_case("\"%s\" and \"%s\" %s", pairs[i].a, pairs[i].b,
                  pairs[i].equal ? "are alike" : "differ");
        set(&a, 0x55, pairs[i].a);
        set(&b, 0xaa, pairs[i].b);
        unit_number("equal", pairs[i].equal, !memcmp(&a, &b, sizeof a));
    }
}
