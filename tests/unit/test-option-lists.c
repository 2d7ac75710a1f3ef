/* SPDX-License-Identifier: Apache-2.0
 *
 * test-option-lists: options that are lists, 'labels' and 'peers', from text
 * and back (lib/option-value.h).  Single values are in
 * test-mplsudp-config.c. */

#include "option-value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mplsudp-config.h"
#include "tunnel.h"
#include "unit.h"

#define LABELS_10 "16/17/18/19/20/21/22/23/24/25"

static const struct {
    const char *text;
    const char *printed;        /* Null if it is refused. */
} labels[] = {
    { "16", "16" },
    { "1048575", "1048575" },
    { "16/17", "16/17" },
    { "17/16", "17/16" },
    { "100/100/100", "100/100/100" },
    { "0x10/0xfffff", "16/1048575" },
    { LABELS_10, LABELS_10 },
    { "1048575/1048575/1048575/1048575/1048575/1048575/1048575/1048575/"
      "1048575/1048575",
      "1048575/1048575/1048575/1048575/1048575/1048575/1048575/1048575/"
      "1048575/1048575" },
    { LABELS_10 "/32", NULL },
    { LABELS_10 "/", NULL },
    { "", NULL },
    { "/", NULL },
    { "16/", NULL },
    { "/16", NULL },
    { "16//17", NULL },
    { "0", NULL },
    { "3", NULL },
    { "15", NULL },
    { "16/7/17", NULL },
    { "16/15", NULL },
    { "1048576", NULL },
    { "16/1048576", NULL },
    { "4294967312", NULL },             /* 2**32 + 16. */
    { "18446744073709551632", NULL },   /* 2**64 + 16. */
    { "16,17", NULL },
    { "16 17", NULL },
    { "16/ 17", NULL },
    { "16/17 ", NULL },
    { "16/-17", NULL },
    { "16/+17", NULL },
    { "16/x", NULL },
    { "16/17x", NULL },
    { "inherit", NULL },
    { "flow", NULL },
    { "016", NULL },
    { "0000000000000000000016", NULL },
};

static const struct {
    const char *text;
    const char *printed;        /* Null if it is refused. */
} peers[] = {
    { "192.0.2.1", "192.0.2.1" },
    { "192.0.2.1/32", "192.0.2.1" },
    { "192.0.2.77/24", "192.0.2.0/24" },
    { "192.0.2.255/25", "192.0.2.128/25" },
    { "255.255.255.255/1", "128.0.0.0/1" },
    { "192.0.2.1/0", "0.0.0.0/0" },
    { "0.0.0.0/0", "0.0.0.0/0" },
    { "2001:db8::1", "2001:db8::1" },
    { "2001:db8::1/128", "2001:db8::1" },
    { "2001:DB8::ff/127", "2001:db8::fe/127" },
    { "2001:db8::1/64", "2001:db8::/64" },
    { "2001:db8:ffff::/33", "2001:db8:8000::/33" },
    { "::1/0", "::/0" },
    { "::/0", "::/0" },
    { "::ffff:192.0.2.1", "192.0.2.1" },
    { "::ffff:192.0.2.1/24", "192.0.2.0/24" },
    { "192.0.2.1,192.0.2.2", "192.0.2.1,192.0.2.2" },
    { "192.0.2.0/24,2001:db8::/32,198.51.100.1",
      "192.0.2.0/24,2001:db8::/32,198.51.100.1" },
    { "192.0.2.0/0x18", "192.0.2.0/24" },
    { "", NULL },
    { ",", NULL },
    { "192.0.2.1,", NULL },
    { ",192.0.2.1", NULL },
    { "192.0.2.1,,192.0.2.2", NULL },
    { "192.0.2.1 ,192.0.2.2", NULL },
    { "192.0.2.1, 192.0.2.2", NULL },
    { "192.0.2.1;192.0.2.2", NULL },
    { "192.0.2", NULL },
    { "192.0.2.256", NULL },
    { "192.0.2.1/33", NULL },
    { "192.0.2.1/128", NULL },
    { "::ffff:192.0.2.1/120", NULL },
    { "2001:db8::/129", NULL },
    { "192.0.2.1/", NULL },
    { "192.0.2.1/-1", NULL },
    { "192.0.2.1/+1", NULL },
    { "192.0.2.1/24/8", NULL },
    { "192.0.2.1/24x", NULL },
    { "192.0.2.1/255.255.255.0", NULL },
    { "192.0.2.1/18446744073709551640", NULL },     /* 2**64 + 24. */
    { "/24", NULL },
    { "24", NULL },
    { "flow", NULL },
    { "192.0.2.1,flow", NULL },
    { "any", NULL },
    { "host.example", NULL },
    { "[2001:db8::1]", NULL },
    { "fe80::1%eth0", NULL },
    { "192.0.2.1.................................................", NULL },
};

/* Checks that 'name' takes 'text' and prints it as 'printed', and keeps what
 * it had if that is null. */
static void
test_value(const char *name, const char *text, const char *printed)
{
    const struct mplsudp_option *option
        = mplsudp_option_find(MPLSUDP_TYPE_UDP, name);
    struct mplsudp_config config, again;
    char out[OPTION_TEXT_SIZE];

    unit_case("%s=%.90s", name, text);
    tunnel_options(&config, "labels=100/200 peers=203.0.113.0/25");
    again = config;
    unit_number("is accepted", printed != NULL, option->parse(&config, text));
    if (printed) {
        unit_true("is printed", option->format(&config, out));
        unit_text("printed", printed, out);
        unit_true("printed is accepted", option->parse(&again, out));
    }
    unit_true(printed ? "same value" : "kept its value",
              !memcmp(&config, &again, sizeof config));
}

/* As many networks as there may be, of the longest text, and one more. */
static void
test_many_peers(void)
{
    static const char network[]
        = "2001:db8:1111:2222:3333:4444:5555:aaaa/127";
    const struct mplsudp_option *option
        = mplsudp_option_find(MPLSUDP_TYPE_GRE, "peers");
    char text[MPLSUDP_PEERS_MAX * sizeof network + sizeof network];
    char *printed = malloc(OPTION_TEXT_SIZE);
    struct mplsudp_config config, before;
    size_t size = 0;

    unit_case("peers of 64 networks");
    for (int i = 0; i < MPLSUDP_PEERS_MAX; i++) {
        size += (size_t) snprintf(text + size, sizeof text - size, "%s%s",
                                  i ? "," : "", network);
    }
    tunnel_options(&config, "type=mplsgre");
    unit_true("is accepted", option->parse(&config, text));
    unit_number("networks", MPLSUDP_PEERS_MAX, config.peers.n);
    unit_true("is printed", option->format(&config, printed));
    unit_text("printed", text, printed);
    free(printed);

    unit_case("peers of 65 networks");
    snprintf(text + size, sizeof text - size, ",%s", network);
    before = config;
    unit_true("is refused", !option->parse(&config, text));
    unit_true("kept its value", !memcmp(&config, &before, sizeof config));
}

/* Returns true if 'peers', text, include 'address', text. */
static bool
include(const char *networks, const char *address)
{
    struct mplsudp_peers parsed;
    struct mplsudp_address parsed_address;

    return unit_true("networks", option_parse_peers(networks, &parsed))
           && unit_true("address",
                        option_parse_address(address, &parsed_address))
           && option_peers_include(&parsed, parsed_address.bytes);
}

static void
test_include(void)
{
    static const struct {
        const char *networks, *address;
        bool included;
    } cases[] = {
        { "192.0.2.1", "192.0.2.1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "192.0.2.1", "::192.0.2.1", false },
        { "192.0.2.77/24", "192.0.2.1", true },
        { "192.0.2.77/24", "192.0.2.255", true },
        { "192.0.2.77/24", "192.0.3.0", false },
        { "192.0.2.77/24", "192.0.1.255", false },
        { "::ffff:192.0.2.1", "192.0.2.1", true },
        { "0.0.0.0/0", "10.1.2.3", true },
        { "0.0.0.0/0", "2001:db8::1", false },
        { "0.0.0.0/0", "::1", false },
        { "::/0", "2001:db8::1", true },
        { "::/0", "::1", true },
        { "::/0", "192.0.2.1", false },
        { "::/64", "192.0.2.1", false },
        { "::/80", "192.0.2.1", false },
        { "::/96", "::192.0.2.1", true },
        { "::/96", "192.0.2.1", false },
        { "2001:db8::1", "2001:db8::1", true },
        { "2001:db8::1", "2001:db8::2", false },
        { "2001:db8::/32", "2001:db8:ffff::1", true },
        { "2001:db8::/32", "2001:db9::", false },
        { "10.0.0.0/8,2001:db8::/64,192.0.2.7", "10.255.0.1", true },
        { "10.0.0.0/8,2001:db8::/64,192.0.2.7", "2001:db8::5", true },
        { "10.0.0.0/8,2001:db8::/64,192.0.2.7", "192.0.2.7", true },
        { "10.0.0.0/8,2001:db8::/64,192.0.2.7", "192.0.2.8", false },
        { "10.0.0.0/8,2001:db8::/64,192.0.2.7", "2001:db8:0:1::", false },
        { "0.0.0.0/0,::/0", "192.0.2.1", true },
        { "0.0.0.0/0,::/0", "2001:db8::1", true },
    };
    struct mplsudp_address any;
    struct mplsudp_peers none;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unit_case("U-25 peers=%s %s %s", cases[i].networks,
                  cases[i].included ? "include" : "do not include",
                  cases[i].address);
        unit_number("included", cases[i].included,
                    include(cases[i].networks, cases[i].address));
    }

    unit_case("no peers include nobody");
    memset(&none, 0, sizeof none);
    option_parse_address("192.0.2.1", &any);
    unit_true("not included", !option_peers_include(&none, any.bytes));
}

/* Of an address that differs from the network's in one bit, only those behind
 * the prefix are in the network; for each prefix and bit. */
static void
test_prefixes(const char *address, unsigned int bits)
{
    struct mplsudp_address base;
    unsigned int first = 128 - bits;

    option_parse_address(address, &base);
    for (unsigned int prefix = 0; prefix <= bits; prefix++) {
        struct mplsudp_peers network;
        char text[64];

        unit_case("U-25 peers=%s/%u, each bit", address, prefix);
        snprintf(text, sizeof text, "%s/%u", address, prefix);
        unit_true("is accepted", option_parse_peers(text, &network));
        unit_true("its own address",
                  option_peers_include(&network, base.bytes));
        for (unsigned int bit = 0; bit < 128; bit++) {
            uint8_t mask = (uint8_t) (0x80 >> bit % 8);

            base.bytes[bit / 8] ^= mask;
            unit_number("included", bit >= first + prefix,
                        option_peers_include(&network, base.bytes));
            base.bytes[bit / 8] ^= mask;
        }
    }
}

void
test_option_lists(void)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        test_value("labels", labels[i].text, labels[i].printed);
    }
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        test_value("peers", peers[i].text, peers[i].printed);
    }
    test_many_peers();
    test_include();
    test_prefixes("192.0.2.77", 32);
    test_prefixes("2001:db8:aa55::1234:5678", 128);
}
