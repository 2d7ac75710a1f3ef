/* SPDX-License-Identifier: Apache-2.0
 *
 * test-stack-body: what is taken for IP or Ethernet below a label stack that
 * stays, and what is proof of it (lib/stack-body.h). */

#include "stack-body.h"

#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "unit.h"

enum { BODY_SIZE = 16 };

static const struct ref_ip ip4 = {
    .version = 4, .tos = 1, .ttl = 63, .protocol = 17, .src = 0x0a000001,
    .dst = 0x0a000002, .src_port = 1000, .dst_port = 2000,
    .body_size = BODY_SIZE
};
static const struct ref_ip ip6 = {
    .version = 6, .tos = 1, .ttl = 63, .protocol = 17, .src = 1, .dst = 2,
    .src_port = 1000, .dst_port = 2000, .body_size = BODY_SIZE
};

/* What is below the stack. */
enum body { IP, FRAME, VLAN, QINQ, BARE_FRAME };

static const struct {
    const char *name;
    size_t ip_ofs;              /* From the bottom of the stack. */
} bodies[] = {
    [IP] = { "IP", 0 },
    [FRAME] = { "frame", 4 + 14 },
    [VLAN] = { "VLAN frame", 4 + 18 },
    [QINQ] = { "QinQ frame", 4 + 22 },
    [BARE_FRAME] = { "frame without control word", 14 },
};

static void
put_body(struct ref_packet *p, enum body body, const struct ref_ip *ip)
{
    uint16_t type = ip->version == 4 ? 0x0800 : 0x86dd;

    if (body != IP) {
        if (body != BARE_FRAME) {
            ref_put32(p, 0x1234);       /* With a sequence number. */
        }
        ref_put_ethernet(p, 0x020000000001, 0x020000000002,
                         body == VLAN ? 0x8100 : body == QINQ ? 0x88a8
                                                              : type);
    }
    if (body == QINQ) {
        ref_put32(p, 0x00058100);
    }
    if (body == VLAN || body == QINQ) {
        ref_put16(p, 0x6007);
        ref_put16(p, type);
    }
    ref_put_ip(p, ip);
}

static void
put_stack(struct ref_packet *p, size_t n)
{
    p->size = 0;
    for (size_t i = 1; i <= n; i++) {
        ref_put_lse(p, (uint32_t) (15 + i), 0, i == n, 64);
    }
}

/* Checks that stack_body_ip() finds an IP header of 'version' at 'ofs' in the
 * first 'size' bytes of '*p', or none if 'ofs' is 0. */
static void
expect_at(const char *what, const struct ref_packet *p, size_t size,
          size_t ofs, uint8_t version)
{
    uint8_t *copy = unit_copy(p->bytes, size), found = 99;

    unit_number(what, ofs, stack_body_ip(copy, size, &found));
    if (ofs) {
        unit_number("version", version, found);
    }
    free(copy);
}

/* IP below one, three and 50 labels is found, whole or followed by padding,
 * and not if it is cut. */
static void
test_found(enum body body, const struct ref_ip *ip)
{
    static const size_t depths[] = { 1, 3, 50 };

    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
        size_t n = depths[i], size;
        size_t ofs = body == BARE_FRAME ? 0 : 4 * n + bodies[body].ip_ofs;
        static struct ref_packet p;

        unit_case("T-09 %s of IPv%d below %zu labels is %s", bodies[body].name,
                  ip->version, n, ofs ? "found" : "not found");
        put_stack(&p, n);
        put_body(&p, body, ip);
        size = p.size;
        expect_at("whole", &p, size, ofs, ip->version);

        /* The header of IPv4 is proof, the length of IPv6. */
        for (size_t cut = 0; cut < size; cut++) {
            bool seen = ofs && ip->version == 4 && body != IP
                        && cut >= ofs + 20;

            expect_at("cut", &p, cut, seen ? ofs : 0, ip->version);
        }
        ref_put_fill(&p, 0, 1);
        expect_at("one byte of padding", &p, size + 1,
                  ip->version == 4 ? ofs : 0, 4);
    }
}

/* Proof of IPv4: not one bit of the header may be wrong. */
static void
test_ipv4_proof(enum body body)
{
    size_t ofs = 4 + bodies[body].ip_ofs;
    struct ref_packet p;

    unit_case("T-09 %s of IPv4, each bit of its header is wrong",
              bodies[body].name);
    for (size_t bit = 0; bit < 160; bit++) {
        put_stack(&p, 1);
        put_body(&p, body, &ip4);
        p.bytes[ofs + bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
        expect_at("no proof", &p, p.size, 0, 0);
    }
    unit_case("T-09 %s of IPv4, a bit behind its header is wrong",
              bodies[body].name);
    put_stack(&p, 1);
    put_body(&p, body, &ip4);
    p.bytes[ofs + 20] ^= 1;
    expect_at("proof", &p, p.size, ofs, 4);
}

static void
set_checksum(uint8_t *ip, size_t size)
{
    uint16_t sum;

    memset(ip + 10, 0, 2);
    sum = (uint16_t) ~ref_sum(0, ip, size);
    ip[10] = (uint8_t) (sum >> 8);
    ip[11] = (uint8_t) sum;
}

/* The checksum covers options. */
static void
test_ipv4_options(void)
{
    for (size_t words = 6; words <= 15; words++) {
        struct ref_packet p;
        uint8_t *ip = p.bytes + 4;

        unit_case("T-09 IPv4 header of %zu words below a label", words);
        put_stack(&p, 1);
        ref_put_ip(&p, &ip4);
        ref_put_fill(&p, 1, 44);
        ip[0] = (uint8_t) (0x40 + words);
        ip[3] = (uint8_t) (p.size - 4);
        set_checksum(ip, 4 * words);
        expect_at("proof", &p, p.size, 4, 4);
        ip[4 * words - 1] ^= 1;
        expect_at("last byte of options is wrong", &p, p.size, 0, 0);
    }
}

/* Lengths that contradict a packet that is IPv4 by its checksum. */
static void
test_ipv4_length(void)
{
    static const struct {
        const char *name;
        uint16_t length;
        bool proof;
    } lengths[] = {
        { "its own", 20 + BODY_SIZE, true },
        { "one less: padding", 20 + BODY_SIZE - 1, true },
        { "of the header", 20, true },
        { "less than the header", 19, false },
        { "0", 0, false },
        { "one more", 20 + BODY_SIZE + 1, false },
        { "greatest", 65535, false },
    };

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct ref_packet p;

        unit_case("T-09 length of IPv4 below a label is %s", lengths[i].name);
        put_stack(&p, 1);
        ref_put_ip(&p, &ip4);
        p.bytes[6] = (uint8_t) (lengths[i].length >> 8);
        p.bytes[7] = (uint8_t) lengths[i].length;
        set_checksum(p.bytes + 4, 20);
        expect_at("proof", &p, p.size, lengths[i].proof ? 4 : 0, 4);
    }
}

/* Proof of IPv6: its length is exactly what is there. */
static void
test_ipv6_proof(enum body body)
{
    size_t ofs = 4 + bodies[body].ip_ofs;

    for (int more = -BODY_SIZE; more <= 4; more++) {
        struct ref_packet p;

        unit_case("T-09 %s of IPv6 whose length is %d more",
                  bodies[body].name, more);
        put_stack(&p, 1);
        put_body(&p, body, &ip6);
        p.bytes[ofs + 5] = (uint8_t) (BODY_SIZE + more);
        expect_at("proof", &p, p.size, more ? 0 : ofs, 6);
    }
}

/* A first nibble that is neither 0, 4 nor 6 tells nothing, 4 and 6 nothing
 * without proof; 0 is a control word, with Ethernet behind it (RFC 4385, RFC
 * 4928), if the other bits before the sequence number are zero, too. */
static void
test_nibbles(void)
{
    for (uint8_t nibble = 0; nibble < 16; nibble++) {
        struct inner_packet inner;
        struct ref_packet p;
        uint8_t *copy;
        bool read;

        unit_case("P-04 nibble %d below a label, RFC 4928 3", nibble);
        put_stack(&p, 1);
        put_body(&p, FRAME, &ip4);
        p.bytes[4] = (uint8_t) (nibble << 4);
        expect_at("IPv4 in a frame", &p, p.size, nibble ? 0 : 22, 4);

        copy = unit_copy(p.bytes + 4, p.size - 4);
        memset(copy + 2, 0, 4);         /* Lengths of IPv4 and IPv6 fit. */
        copy[3] = 20;
        read = stack_body_read(copy, p.size - 4, &inner);
        unit_number("is read", nibble == 0, read);
        if (read) {
            unit_true("as Ethernet", inner.has_ethernet);
            unit_number("with IP of version", 4, inner.ip_version);
            unit_true("from there", inner.data == copy + 4
                      && inner.size == p.size - 8);
            for (int i = 0; i < 16; i++) {
                copy[i / 8] ^= (uint8_t) (0x80 >> i % 8);
                unit_true("not with another bit set",
                          !stack_body_read(copy, p.size - 4, &inner));
                copy[i / 8] ^= (uint8_t) (0x80 >> i % 8);
            }
            copy[16] = 0x05;            /* A length is no Ethertype. */
            unit_true("not with a length",
                      !stack_body_read(copy, p.size - 4, &inner));
        }
        free(copy);
    }
}

/* RFC 8469 section 3: without a control word, a MAC address may look like the
 * start of an IP header.  Nothing in the frame may then change. */
static void
test_macs(void)
{
    static const struct {
        const char *name;
        uint64_t dst;
    } macs[] = {
        { "an IPv4 header", 0x450000320000 },
        { "an IPv4 header with options", 0x4600003200ff },
        { "an IPv6 header", 0x600000000022 },
        { "an IPv6 header of another length", 0x6000000000ff },
    };

    for (size_t i = 0; i < sizeof macs / sizeof macs[0]; i++) {
        for (int version = 4; version <= 6; version += 2) {
            struct ref_packet p;

            unit_case("P-04 MAC address like %s, IPv%d in the frame, "
                      "RFC 8469 3", macs[i].name, version);
            put_stack(&p, 1);
            ref_put_ethernet(&p, macs[i].dst, 0x020000000002,
                             version == 4 ? 0x0800 : 0x86dd);
            ref_put_ip(&p, version == 4 ? &ip4 : &ip6);
            expect_at("no proof", &p, p.size, 0, 0);
        }
    }
}

/* Frames behind a control word that hold no IP, or not what they say. */
static void
test_other_frames(void)
{
    static const struct {
        const char *name;
        uint16_t type;
        uint8_t version;
    } frames[] = {
        { "ARP", 0x0806, 0 }, { "IPv4 as IPv6", 0x86dd, 4 },
        { "IPv6 as IPv4", 0x0800, 6 }, { "IPv4 as MPLS", 0x8847, 4 },
        { "IPv4 as 802.3", 0x0024, 4 },
    };

    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        struct ref_packet p;

        unit_case("T-09 no IP below a control word: %s", frames[i].name);
        put_stack(&p, 1);
        ref_put32(&p, 0);
        ref_put_ethernet(&p, 1, 2, frames[i].type);
        if (frames[i].version) {
            ref_put_ip(&p, frames[i].version == 4 ? &ip4 : &ip6);
        } else {
            ref_put_arp(&p, 1, 2);
        }
        expect_at("no proof", &p, p.size, 0, 0);
    }
}

/* A stack without a bottom has nothing below it, whatever its entries look
 * like. */
static void
test_no_bottom(void)
{
    struct ref_packet p = { .size = 0 };

    unit_case("L-08 nothing is below a stack without bottom");
    for (uint32_t i = 0; i < 100; i++) {
        ref_put32(&p, 0x45000000);
    }
    for (size_t n = 0; n <= p.size; n++) {
        expect_at("nothing", &p, n, 0, 0);
    }
}

void
test_stack_body(void)
{
    for (int i = IP; i <= BARE_FRAME; i++) {
        test_found(i, &ip4);
        test_found(i, &ip6);
    }
    for (int i = IP; i <= QINQ; i++) {
        test_ipv4_proof(i);
        test_ipv6_proof(i);
    }
    test_ipv4_options();
    test_ipv4_length();
    test_nibbles();
    test_macs();
    test_other_frames();
    test_no_bottom();
}
