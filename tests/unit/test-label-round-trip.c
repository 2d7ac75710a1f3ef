/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-round-trip: what label stacks are pushed onto comes out below
 * them, byte for byte (lib/label-push.h, lib/label-pop.h). */

#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "label-pop.h"
#include "label-push.h"
#include "unit.h"

enum { N_LABELS = 16 };

/* What is pushed onto, and how that is done and undone. */
struct trip {
    enum kind kind;
    enum label_push_onto onto;
    bool control_word;
    uint8_t ttl;                /* Of the pushed entries. */
    const char *pop;            /* "%zu" stands for the number of labels. */
    uint16_t type;              /* Of what comes out. */
};

/* Appends what push_labels() of 'labels', 'n' of them, makes of '*packet'. */
static void
push(struct ref_packet *p, const struct trip *trip, const uint32_t *labels,
     size_t n, const struct ref_packet *packet)
{
    struct label_push action = {
        .n = (uint8_t) n, .tc = MPLSUDP_DEFAULT, .ttl = MPLSUDP_DEFAULT,
        .control_word = trip->control_word
    };
    struct label_push_header header;
    uint8_t out[LABEL_PUSH_BYTES];
    uint16_t type = trip->onto == LABEL_PUSH_ONTO_MPLS ? 0x8847
                    : kinds[trip->kind].type;

    memcpy(action.labels, labels, n * sizeof *labels);
    label_push_build(&action, trip->onto, &header);
    unit_verdict("push", MPLSUDP_PASS,
                 label_push_write(&header, packet->bytes, packet->size, type,
                                  out));
    ref_put(p, out, header.size);
    ref_put(p, packet->bytes, packet->size);
}

/* Pops 'text', with 'n' in it, of '*p' and checks that the last 'size' bytes
 * are exposed as 'type', and none is changed. */
static void
pop(const char *text, size_t n, const struct ref_packet *p, size_t size,
    uint16_t type)
{
    uint8_t *copy = unit_copy(p->bytes, p->size);
    char error[LABEL_ACTION_TEXT_SIZE], with_n[80];
    struct label_exposed exposed;
    struct label_pop action;

    snprintf(with_n, sizeof with_n, text, n);
    unit_true(with_n, label_pop_parse(with_n, &action, error));
    if (unit_verdict(with_n, MPLSUDP_PASS,
                     label_pop_read(&action, copy, p->size, &exposed))) {
        unit_number("offset", p->size - size, exposed.ofs);
        unit_number("type", type, exposed.type);
    }
    unit_bytes("bytes", p->bytes, copy, p->size);
    free(copy);
}

static void
test_trip(const struct trip *trip, size_t n)
{
    static struct ref_packet packet, expected, pushed;
    uint32_t labels[N_LABELS];

    unit_case("%zu labels onto %s%s, and pop_labels(%s)", n,
              kinds[trip->kind].name,
              trip->control_word ? " with control word" : "", trip->pop);
    kind_make(&packet, trip->kind);
    expected.size = pushed.size = 0;
    for (size_t i = 0; i < n; i++) {
        labels[i] = 16 + unit_random() % (LABEL_MAX - 15);
        ref_put_lse(&expected, labels[i], 0,
                    trip->onto != LABEL_PUSH_ONTO_MPLS && i + 1 == n,
                    trip->ttl);
    }
    if (trip->control_word) {
        ref_put32(&expected, 0);
    }
    ref_put(&expected, packet.bytes, packet.size);

    push(&pushed, trip, labels, n, &packet);
    if (unit_number("size", expected.size, pushed.size)) {
        unit_bytes("pushed", expected.bytes, pushed.bytes, expected.size);
        pop(trip->pop, n, &pushed, packet.size, trip->type);
    }
}

/* A stack of sixteen on top of one of sixteen. */
static void
test_two_pushes(void)
{
    static const struct trip first = {
        .kind = VLAN_IP, .onto = LABEL_PUSH_ONTO_ETHERNET, .control_word = true
    }, second = { .kind = MPLS_BARE, .onto = LABEL_PUSH_ONTO_MPLS };
    static struct ref_packet packet, once, twice;
    uint32_t labels[N_LABELS];

    unit_case("sixteen labels onto sixteen");
    for (size_t i = 0; i < N_LABELS; i++) {
        labels[i] = 16 + unit_random() % (LABEL_MAX - 15);
    }
    kind_make(&packet, VLAN_IP);
    push(&once, &first, labels, N_LABELS, &packet);
    push(&twice, &second, labels, N_LABELS, &once);
    unit_number("size", packet.size + 2 * 64 + 4, twice.size);
    pop("count=%zu", N_LABELS, &twice, once.size, 0x8847);
    pop("all,payload=ethernet,control_word", 0, &twice, packet.size, 0);
}

void
test_label_round_trip(void)
{
    static const struct trip trips[] = {
        { IPV4_BARE, LABEL_PUSH_ONTO_OTHER, false, 63, "", 0x0800 },
        { IPV6_BARE, LABEL_PUSH_ONTO_OTHER, false, 63, "", 0x86dd },
        { IPV4_BARE, LABEL_PUSH_ONTO_OTHER, false, 63,
          "count=%zu,payload=ip", 0x0800 },
        { IPV4_BARE, LABEL_PUSH_ONTO_OTHER, true, 63,
          "payload=ip,control_word", 0x0800 },
        { IPV6_BARE, LABEL_PUSH_ONTO_OTHER, true, 63,
          "count=%zu,payload=ip,control_word", 0x86dd },
        { IPV4_BARE, LABEL_PUSH_ONTO_OTHER, false, 63, "ttl=copy", 0x0800 },
        { MPLS_BARE, LABEL_PUSH_ONTO_MPLS, false, 9, "count=%zu", 0x8847 },
        { MPLS_BARE, LABEL_PUSH_ONTO_MPLS, false, 9,
          "count=%zu,payload=mpls,ttl=copy", 0x8847 },
    };

    for (size_t n = 1; n <= N_LABELS; n++) {
        for (size_t i = 0; i < sizeof trips / sizeof trips[0]; i++) {
            test_trip(&trips[i], n);
        }
        for (int i = 0; i < N_KINDS; i++) {
            struct trip trip = {
                .kind = i, .onto = LABEL_PUSH_ONTO_ETHERNET, .ttl = 255,
                .pop = "count=%zu,payload=ethernet"
            };

            if (!kinds[i].type) {
                test_trip(&trip, n);
                trip.control_word = true;
                trip.pop = "";
                test_trip(&trip, n);
            }
        }
    }
    test_two_pushes();
}
