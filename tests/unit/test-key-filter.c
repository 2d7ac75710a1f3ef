/* SPDX-License-Identifier: Apache-2.0
 *
 * test-key-filter: which keys the ports of one source take
 * (lib/key-filter.h), and that others are refused. */

#include "key-filter.h"

#include <stdlib.h>
#include <string.h>

#include "mplsudp-decap.h"
#include "tunnel.h"
#include "unit.h"

enum { N_PORTS = 4 };

/* Addresses by their last byte; 0 is none. */
static void
set_address(struct mplsudp_address *address, uint8_t last)
{
    memset(address, 0, sizeof *address);
    address->bytes[15] = last;
    address->set = last != 0;
}

/* The ports of a source: options "in_key" and last byte of local_ip. */
static const struct {
    const char *name;
    struct {
        const char *in_key;     /* "mpls": payload=mpls; null ends. */
        uint8_t local;
    } ports[N_PORTS];
    struct {
        uint64_t key;
        uint8_t local;
        bool taken;
    } packets[8];
    size_t n_packets;
} filters[] = {
    { "a port for every key", { { "flow", 0 } },
      { { 0, 1, true }, { 100, 1, true },
        { (UINT64_C(1) << 60) - 1, 2, true } }, 3 },
    { "a port for one key", { { "100", 0 } },
      { { 100, 1, true }, { 99, 1, false }, { 101, 1, false }, { 0, 1, false },
        { UINT64_C(1) << 20 | 100, 1, false } }, 5 },
    { "a port without key takes key 0", { { "0", 0 } },
      { { 0, 1, true }, { 16, 1, false } }, 2 },
    { "ports for several keys",
      { { "300", 0 }, { "100", 0 }, { "200", 0 }, { "1048575", 0 } },
      { { 100, 1, true }, { 200, 1, true }, { 300, 1, true },
        { 1048575, 1, true }, { 16, 1, false }, { 150, 1, false },
        { 301, 1, false }, { 1048576, 1, false } }, 8 },
    { "one key at two addresses", { { "100", 1 }, { "100", 2 }, { "200", 2 } },
      { { 100, 1, true }, { 100, 2, true }, { 100, 3, false },
        { 200, 1, false }, { 200, 2, true } }, 5 },
    { "every key at one address, one at all", { { "100", 0 }, { "flow", 2 } },
      { { 100, 1, true }, { 100, 2, true }, { 200, 1, false },
        { 200, 2, true } }, 4 },
    { "MPLS", { { "mpls", 0 } }, { { 0, 1, true } }, 1 },
    { "MPLS at one address", { { "mpls", 2 } },
      { { 0, 1, false }, { 0, 2, true } }, 2 },
};

static struct key_filter *
make_filter(size_t row)
{
    struct key_filter *filter = calloc(1, key_filter_size(N_PORTS));

    for (size_t i = 0; i < N_PORTS && filters[row].ports[i].in_key; i++) {
        const char *text = filters[row].ports[i].in_key;
        struct mplsudp_address local_ip;
        struct mplsudp_key key = { .value = 0 };
        bool mpls = !strcmp(text, "mpls");

        if (!mpls) {
            unit_true("key", option_parse_key(text, false, &key));
        }
        set_address(&local_ip, filters[row].ports[i].local);
        filter->entries[filter->n++] = key_filter_entry(&key, !mpls,
                                                        &local_ip);
    }
    key_filter_sort(filter);
    return filter;
}

static void
test_filters(void)
{
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        struct key_filter *filter;

        unit_case("%s", filters[i].name);
        filter = make_filter(i);
        for (size_t j = 0; j < filters[i].n_packets; j++) {
            struct mplsudp_address local;

            set_address(&local, filters[i].packets[j].local);
            unit_number("taken", filters[i].packets[j].taken,
                        key_filter_takes(filter, filters[i].packets[j].key,
                                         local.bytes));
        }
        free(filter);
    }
}

/* Receives a packet with label 100 as 'payload' by the filter of one port with
 * 'in_key'. */
static void
receive_filtered(const char *options, const char *in_key,
                 enum mplsudp_drop expected)
{
    struct key_filter *filter = calloc(1, key_filter_size(1));
    struct ref_packet body = { .size = 0 }, p;
    struct mplsudp_key key = { .value = 0 };
    struct mplsudp_address any = { .set = false };
    struct mplsudp_receive receive;
    struct mplsudp_outer outer;
    struct mplsudp_inner inner;
    struct mplsudp_config config;
    struct ref_ip ip = {
        .version = 4, .ttl = 9, .protocol = 17, .src = 1, .dst = 2,
        .body_size = 20
    };

    ref_put_lse(&body, 100, 0, true, 64);
    ref_put_ip(&body, &ip);
    p.size = 0;
    ref_put_tunnel(&p, &ip, body.bytes, body.size, true);

    tunnel_options(&config, options);
    mplsudp_receive_init(&config, &receive);
    option_parse_key(in_key, false, &key);
    filter->entries[filter->n++]
        = key_filter_entry(&key, config.payload != MPLSUDP_PAYLOAD_MPLS, &any);
    key_filter_sort(filter);
    receive.keys = filter;
    unit_verdict("outer", MPLSUDP_PASS,
                 mplsudp_outer_read(MPLSUDP_TYPE_UDP, p.bytes, p.size, true,
                                    &outer));
    unit_verdict("verdict", expected,
                 mplsudp_decap(&outer, &receive, true, &inner));
    free(filter);
}

static void
test_decap(void)
{
    unit_case("L-08 L-09 a label that no port of the source takes");
    receive_filtered("payload=ip", "200", MPLSUDP_DROP_UNKNOWN_KEY);
    receive_filtered("payload=auto", "0", MPLSUDP_DROP_UNKNOWN_KEY);
    unit_case("a label that one takes");
    receive_filtered("payload=ip", "100", MPLSUDP_PASS);
    receive_filtered("payload=auto", "flow", MPLSUDP_PASS);
    unit_case("a stack that stays is no key");
    receive_filtered("payload=mpls", "200", MPLSUDP_PASS);
}

void
test_key_filter(void)
{
    test_filters();
    test_decap();
}
