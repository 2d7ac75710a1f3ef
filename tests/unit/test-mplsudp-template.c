/* SPDX-License-Identifier: Apache-2.0
 *
 * test-mplsudp-template: templates, byte for byte (lib/mplsudp-template.h). */

#include "mplsudp-template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tunnel.h"
#include "unit.h"

#define FLAG(NAME) MPLSUDP_PUSH_##NAME

static const struct {
    const char *name;
    const char *options;
    bool ipv6;
    uint64_t key;
    uint16_t flags;             /* Beside those of mplsudp's defaults. */
    uint16_t no_flags;          /* Of the defaults, those not there. */
    enum mplsudp_drop key_verdict;
    size_t labels;
    uint32_t lses[7];
} templates[] = {
    { "I-09 P-03 P-05 defaults, RFC 4023 5.1, RFC 4385 4.1, RFC 8469 4", "",
      false, 100, 0, 0, MPLSUDP_PASS, 1, { 0x000641ff } },
    { "IPv6", "", true, 100, FLAG(IPV6), 0, MPLSUDP_PASS, 1,
      { 0x000641ff } },
    { "two labels", "", false, 100 << 20 | 200, 0, 0, MPLSUDP_PASS, 2,
      { 0x000640ff, 0x000c81ff } },
    { "three labels", "", true, UINT64_C(100) << 40 | 200 << 20 | 300,
      FLAG(IPV6), 0, MPLSUDP_PASS, 3,
      { 0x000640ff, 0x000c80ff, 0x0012c1ff } },
    { "no key", "", false, 0, 0, 0, MPLSUDP_DROP_NO_KEY, 0, { 0 } },
    { "bad key", "", false, 3, 0, 0, MPLSUDP_DROP_BAD_KEY, 0, { 0 } },
    { "T-01 label_ttl=7, RFC 3443 3.6", "label_ttl=7", false, 100, 0,
      FLAG(IP_TTL_INHERIT), MPLSUDP_PASS, 1, { 0x00064107 } },
    { "T-01 label_ttl=inherit", "label_ttl=inherit", false, 100,
      FLAG(ETH_TTL_INHERIT), 0, MPLSUDP_PASS, 1, { 0x000641ff } },
    { "label_tc=5", "label_tc=5", false, 100, 0, 0, MPLSUDP_PASS, 1,
      { 0x00064bff } },
    { "label_tc=inherit", "label_tc=inherit", false, 100,
      FLAG(LABEL_TC_INHERIT), 0, MPLSUDP_PASS, 1, { 0x000641ff } },
    { "T-06 label_tc=0 is the default, RFC 3270 3.2.1", "label_tc=0", false,
      100, 0, 0, MPLSUDP_PASS, 1, { 0x000641ff } },
    { "ttl=inherit", "ttl=inherit", false, 100, FLAG(TTL_INHERIT), 0,
      MPLSUDP_PASS, 1, { 0x000641ff } },
    { "tos=inherit", "tos=inherit", false, 100, FLAG(TOS_INHERIT), 0,
      MPLSUDP_PASS, 1, { 0x000641ff } },
    { "tos=0xb8", "tos=0xb8 ttl=3", true, 100, FLAG(IPV6), 0,
      MPLSUDP_PASS, 1, { 0x000641ff } },
    { "U-06 csum=false, RFC 7510 3", "csum=false", false, 100, 0, FLAG(CSUM),
      MPLSUDP_PASS, 1, { 0x000641ff } },
    { "control_word=false", "control_word=false", false, 100, 0,
      FLAG(CONTROL_WORD), MPLSUDP_PASS, 1, { 0x000641ff } },
    { "U-03 entropy=false, RFC 7510 3", "entropy=false", false, 100, 0,
      FLAG(ENTROPY), MPLSUDP_PASS, 1, { 0x000641ff } },
    { "I-07 df_default=false, RFC 4023 5.1", "df_default=false", false, 100,
      0, 0, MPLSUDP_PASS, 1, { 0x000641ff } },
    { "dst_port=51234", "dst_port=51234", false, 100, 0, 0, MPLSUDP_PASS, 1,
      { 0x000641ff } },
    { "payload=auto", "payload=auto", false, 100, 0, 0, MPLSUDP_PASS, 1,
      { 0x000641ff } },
    { "I-03 I-05 I-20 GRE over IPv4 has no place for entropy, RFC 4023 4",
      "type=mplsgre", false, 100, 0, FLAG(CSUM) | FLAG(ENTROPY),
      MPLSUDP_PASS, 1, { 0x000641ff } },
    { "I-03 I-05 I-06 GRE over IPv6", "type=mplsgre", true, 100, FLAG(IPV6),
      FLAG(CSUM), MPLSUDP_PASS, 1, { 0x000641ff } },
    { "I-01 MPLS in IPv4 has no place for entropy, RFC 4023 3.1",
      "type=mplsip", false, 100, 0, FLAG(CSUM) | FLAG(ENTROPY),
      MPLSUDP_PASS, 1, { 0x000641ff } },
    { "I-01 I-06 MPLS in IPv6", "type=mplsip", true, 100, FLAG(IPV6),
      FLAG(CSUM), MPLSUDP_PASS, 1, { 0x000641ff } },
    { "I-01 MPLS in IPv6, entropy=false", "type=mplsip entropy=false", true,
      100, FLAG(IPV6), FLAG(CSUM) | FLAG(ENTROPY), MPLSUDP_PASS, 1,
      { 0x000641ff } },
    { "I-07 GRE, df_default=false tos=0x48", "type=mplsgre df_default=false "
      "tos=0x48 ttl=inherit", false, 100, FLAG(TTL_INHERIT),
      FLAG(CSUM) | FLAG(ENTROPY), MPLSUDP_PASS, 1, { 0x000641ff } },
    { "GRE, no key", "type=mplsgre", false, 0, 0, FLAG(CSUM) | FLAG(ENTROPY),
      MPLSUDP_DROP_NO_KEY, 0, { 0 } },
    { "MPLS in IPv6, bad key", "type=mplsip", true, 3, FLAG(IPV6),
      FLAG(CSUM), MPLSUDP_DROP_BAD_KEY, 0, { 0 } },
    { "a transport label", "labels=16", false, 100, 0, 0, MPLSUDP_PASS, 2,
      { 0x000100ff, 0x000641ff } },
    { "transport labels, label_tc=5 label_ttl=7",
      "labels=16/1048575 label_tc=5 label_ttl=7", true, 100 << 20 | 200,
      FLAG(IPV6), FLAG(IP_TTL_INHERIT), MPLSUDP_PASS, 4,
      { 0x00010a07, 0xfffffa07, 0x00064a07, 0x000c8b07 } },
    { "E-01 E-02 entropy label, RFC 6790 4.2",
      "labels=16 entropy_label=true", false, 100, FLAG(ENTROPY_LABEL), 0,
      MPLSUDP_PASS, 4, { 0x000100ff, 0x000070ff, 0, 0x000641ff } },
    { "E-01 E-02 entropy label without other entropy, label_tc=5 label_ttl=7",
      "type=mplsgre labels=16/17 entropy_label=true entropy=false label_tc=5 "
      "label_ttl=7", false, 100 << 20 | 200, FLAG(ENTROPY_LABEL),
      FLAG(CSUM) | FLAG(ENTROPY) | FLAG(IP_TTL_INHERIT), MPLSUDP_PASS, 6,
      { 0x00010a07, 0x00007a07, 0, 0x00011a07, 0x00064a07, 0x000c8b07 } },
    { "entropy label and no key", "labels=16 entropy_label=true", false, 0,
      FLAG(ENTROPY_LABEL), 0, MPLSUDP_DROP_NO_KEY, 0, { 0 } },
};

/* The bytes before the label stack. */
static size_t
outer_size_of(enum mplsudp_type type, bool ipv6)
{
    return 14 + (ipv6 ? 40 : 20) + tunnel_types[type].header_size;
}

/* Checks the outer headers of '*t', whose lengths, checksums and source port
 * are still zero. */
static void
check_outer(const struct tunnel *t, size_t outer_size)
{
    struct ref_packet body = { .size = 0 }, expected;
    uint8_t *ip = expected.bytes + 14;

    tunnel_expect(t, t->params.outer.tos, t->params.outer.ttl, &body,
                  &expected);
    if (t->params.outer.ipv6) {
        memset(ip + 4, 0, 2);
    } else {
        memset(ip + 2, 0, 2);
        memset(ip + 10, 0, 2);
    }
    if (t->config.type == MPLSUDP_TYPE_UDP) {
        uint8_t *udp = expected.bytes + outer_size - 8;

        memset(udp, 0, 8);
        udp[2] = (uint8_t) (t->config.dst_port >> 8);
        udp[3] = (uint8_t) t->config.dst_port;
    }
    unit_bytes("outer headers", expected.bytes, t->template, outer_size);
}

static void
test_template(size_t i)
{
    const uint16_t defaults = FLAG(CONTROL_WORD) | FLAG(CSUM) | FLAG(ENTROPY)
                              | FLAG(IP_TTL_INHERIT);
    size_t stack_size = templates[i].labels * 4;
    struct ref_packet stack = { .size = 0 };
    size_t outer_size, header_size;
    struct tunnel t;

    unit_case("build: %s", templates[i].name);
    if (!unit_true("reads what it builds",
                   tunnel_init(&t, templates[i].options, templates[i].ipv6,
                               templates[i].key))) {
        return;
    }
    outer_size = outer_size_of(t.config.type, templates[i].ipv6);
    header_size = outer_size + stack_size + (t.config.control_word ? 4 : 0);
    for (size_t j = 0; j < templates[i].labels; j++) {
        ref_put32(&stack, templates[i].lses[j]);
    }
    ref_put32(&stack, 0);
    if (unit_number("size", header_size + sizeof t.push, t.template_size)) {
        check_outer(&t, outer_size);
        unit_bytes("stack and control word", stack.bytes,
                   t.template + outer_size, header_size - outer_size);
    }
    unit_number("header size", header_size,
                mplsudp_push_header_size(&t.push));
    unit_number("flags", (defaults | templates[i].flags)
                         & ~templates[i].no_flags, t.push.flags);
    unit_number("outer_size", outer_size, t.push.outer_size);
    unit_number("stack_size", stack_size, t.push.stack_size);
    unit_number("type", t.config.type, t.push.type);
    unit_bytes("zeros", "\0\0\0", t.push.zero, 3);
    unit_number("payload", t.config.payload, t.push.payload);
    unit_number("port_id", 0x12345678, t.push.port_id);
    unit_number("mtu", UINT16_MAX, t.push.mtu);
    unit_verdict("key_verdict", templates[i].key_verdict,
                 t.push.key_verdict);
    if (!t.config.entropy) {
        unit_number("source port", TUNNEL_PORT, t.push.entropy);
    }
    tunnel_destroy(&t);
}

static void
test_basis(void)
{
    uint32_t entropy[3];

    unit_case("the key is the basis of entropy");
    for (uint64_t i = 0; i < 3; i++) {
        struct tunnel t;

        tunnel_init(&t, "", false, 100 + i / 2);
        entropy[i] = t.push.entropy;
        tunnel_destroy(&t);
    }
    unit_number("same key", entropy[0], entropy[1]);
    unit_true("other key", entropy[0] != entropy[2]);
}

/* Reads the template of '*t' with '*push' in place of its own. */
static bool
reads(const struct tunnel *t, const struct mplsudp_push *push)
{
    uint8_t *copy = unit_copy(t->template, t->template_size);
    struct mplsudp_push out;
    bool ok;

    memcpy(copy + t->template_size - sizeof *push, push, sizeof *push);
    ok = mplsudp_template_push(copy, t->template_size, &out);
    free(copy);
    return ok;
}

/* A template may come from a user, by dpctl/add-flow: every field is checked.
 */
static void
test_refused_fields(void)
{
    struct mplsudp_push push;
    struct tunnel t;

    tunnel_init(&t, "", false, 100);
    unit_case("the template itself is read");
    unit_true("read", reads(&t, &t.push));

#define REFUSED(WHAT, CHANGE)                                             \
    unit_case("template with " WHAT);                                     \
    push = t.push;                                                        \
    CHANGE;                                                               \
    unit_true("is refused", !reads(&t, &push))

    REFUSED("less outer size", push.outer_size--);
    REFUSED("more outer size", push.outer_size++);
    REFUSED("no outer size", push.outer_size = 0);
    REFUSED("outer size of IPv6", push.outer_size = 62);
    REFUSED("flag of IPv6", push.flags |= MPLSUDP_PUSH_IPV6);
    REFUSED("no stack size", push.stack_size = 0);
    REFUSED("odd stack size", push.stack_size = 5);
    REFUSED("stack size of two labels", push.stack_size = 8);
    REFUSED("stack size of four labels", push.stack_size = 16);
    REFUSED("stack size of 255", push.stack_size = 255);
    REFUSED("no control word flag", push.flags &= 0xffff
            ^ MPLSUDP_PUSH_CONTROL_WORD);
    REFUSED("an unknown flag", push.flags |= MPLSUDP_PUSH_FLAGS_MASK + 1);
    REFUSED("the highest flag", push.flags |= 0x8000);
    REFUSED("an unknown payload", push.payload = MPLSUDP_PAYLOAD_AUTO + 1);
    REFUSED("an unknown verdict", push.key_verdict = MPLSUDP_N_VERDICTS);
    REFUSED("verdict 255", push.key_verdict = 255);
    /* One control word in place of the label: sizes add up. */
    REFUSED("pass and no label", (push.stack_size = 0, t.template_size -= 4));
    t.template_size += 4;
    REFUSED("type of GRE", push.type = MPLSUDP_TYPE_GRE);
    REFUSED("type of MPLS in IP", push.type = MPLSUDP_TYPE_IP);
    REFUSED("an unknown type", push.type = MPLSUDP_N_TYPES);
    REFUSED("type 255", push.type = 255);
    REFUSED("E-01 flag of an entropy label, and none",
            push.flags |= MPLSUDP_PUSH_ENTROPY_LABEL);
    tunnel_destroy(&t);
    tunnel_init(&t, "", false, 0);
    REFUSED("no label and pass", push.key_verdict = MPLSUDP_PASS);
    REFUSED("no label and an unknown verdict",
            push.key_verdict = MPLSUDP_N_VERDICTS);
#undef REFUSED
    tunnel_destroy(&t);
}

static void
test_refused_sizes(void)
{
    for (int i = 0; i < 2 * MPLSUDP_N_TYPES; i++) {
        bool ipv6 = i & 1;
        char options[64];
        struct tunnel t;

        unit_case("template of %s over IPv%d of each other size",
                  tunnel_types[i / 2].name, ipv6 ? 6 : 4);
        snprintf(options, sizeof options, "type=%s", tunnel_types[i / 2].name);
        tunnel_init(&t, options, ipv6, 100);
        for (size_t n = 0; n < t.template_size; n++) {
            struct mplsudp_push push;
            uint8_t *copy = unit_copy(t.template, n);

            unit_true("is refused", !mplsudp_template_push(copy, n, &push));
            free(copy);

            /* The end is kept, the beginning cut. */
            copy = unit_copy(t.template + t.template_size - n, n);
            unit_true("is refused", !mplsudp_template_push(copy, n, &push));
            free(copy);
        }
        tunnel_destroy(&t);
    }

    unit_case("random bytes as template");
    for (int i = 0; i < 20000; i++) {
        size_t size = unit_random() % (MPLSUDP_TEMPLATE_MAX + 20);
        uint8_t *bytes = malloc(size);
        struct mplsudp_push push;

        unit_random_bytes(bytes, size);
        if (mplsudp_template_push(bytes, size, &push)) {
            unit_number("size", size,
                        mplsudp_push_header_size(&push) + sizeof push);
        }
        free(bytes);
    }
}

/* An entropy label is the third entry, and may be the last one. */
static void
test_entropy_label(void)
{
    for (size_t n = 1; n <= 5; n++) {
        char labels[32] = "labels=16/17/18/19";
        struct mplsudp_push push;
        struct tunnel t;

        unit_case("E-01 flag of an entropy label, %zu labels", n);
        labels[6 + 3 * (n - 1)] = '\0';
        tunnel_init(&t, n > 1 ? labels : "", false, 100);
        push = t.push;
        unit_number("stack size", n * 4, push.stack_size);
        push.flags |= MPLSUDP_PUSH_ENTROPY_LABEL;
        unit_number("is read", n >= 3, reads(&t, &push));
        tunnel_destroy(&t);
    }
}

/* The largest template fits the array that build() is given. */
static void
test_largest(void)
{
    struct tunnel t;

    unit_case("largest template");
    tunnel_init(&t, "labels=16/17/18/19/20/21/22/23/24/25 "
                "entropy_label=true", true, (UINT64_C(1) << 60) - 1);
    unit_number("size", MPLSUDP_TEMPLATE_MAX, t.template_size);
    tunnel_destroy(&t);
}

void
test_mplsudp_template(void)
{
    for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++) {
        test_template(i);
    }
    test_basis();
    test_refused_fields();
    test_refused_sizes();
    test_entropy_label();
    test_largest();
}
