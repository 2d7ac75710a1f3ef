/* SPDX-License-Identifier: Apache-2.0
 *
 * codec-labels: benchmarks of checksum, flow hash, label stacks, and of the
 * actions that push and pop them (lib/inet-sum.h, lib/label-*.h), called by
 * codec-bench.c.
 *
 * Actions and stacks are onto or over frames of 64 bytes: "ethernet" behind a
 * control word, or "ip", what is in them, whose TTL goes into all labels and
 * comes back out of the bottom one. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/reference.h"
#include "codec-bench.h"
#include "inet-sum.h"
#include "label-entropy.h"
#include "label-pop.h"
#include "label-push.h"
#include "wire.h"

enum { FRAME_SIZE = 64 };

/* ---- What every benchmark has in it: the loop over the ring. ---- */

static uint64_t
run_nothing(const void *ring, size_t n)
{
    uint64_t result = 0;

    for (size_t i = 0; i < n; i++) {
        result += ring_at(ring, i)->size;
        BENCH_BARRIER();
    }
    return result;
}

static void
add_nothing(void)
{
    struct ring *ring = bench_alloc(sizeof *ring);

    ring_init(ring, FRAME_SIZE);
    bench_add(&(struct bench) { .name = "nothing, the loop alone",
                                .run = run_nothing, .work = ring });
}

/* ---- Checksum. ---- */

static uint64_t
run_sum(const void *ring, size_t n)
{
    uint64_t result = 0;

    for (size_t i = 0; i < n; i++) {
        const struct ring_packet *p = ring_at(ring, i);

        result += inet_sum_add(0, p->data, p->size);
        BENCH_BARRIER();
    }
    return result;
}

static const char *
check_sum(const void *ring)
{
    for (size_t i = 0; i < BENCH_RING_SIZE; i++) {
        const struct ring_packet *p = ring_at(ring, i);
        uint16_t sum = inet_sum_finish(inet_sum_add(0, p->data, p->size));
        uint8_t bytes[2];

        memcpy(bytes, &sum, sizeof bytes);
        if (ref_sum(wire_get16(bytes), p->data, p->size) != UINT16_MAX) {
            return "sum";
        }
    }
    return NULL;
}

static void
add_sum(size_t size)
{
    struct bench bench = { .bytes = size, .run = run_sum, .check = check_sum };
    struct ring *ring = bench_alloc(sizeof *ring);

    snprintf(bench.name, sizeof bench.name, "inet_sum_add %zu", size);
    ring_init(ring, size);
    bench.work = ring;
    bench_add(&bench);
}

/* ---- Flow hash. ---- */

struct hash_work {
    struct inner_packet inner[BENCH_RING_SIZE];
};

static uint64_t
run_hash(const void *work, size_t n)
{
    const struct hash_work *w = work;
    uint64_t result = 0;

    for (size_t i = 0; i < n; i++) {
        result += label_entropy_hash(&w->inner[i % BENCH_RING_SIZE], 1);
        BENCH_BARRIER();
    }
    return result;
}

static const char *
check_hash(const void *work)
{
    const struct hash_work *w = work;

    for (size_t i = 0; i < BENCH_RING_SIZE; i++) {
        for (size_t j = 0; j < i; j++) {
            if (label_entropy_hash(&w->inner[i], 1)
                == label_entropy_hash(&w->inner[j], 1)) {
                return "two flows have the same hash";
            }
        }
    }
    return NULL;
}

static void
add_hash(const char *what, const struct ring *ring, uint16_t type)
{
    struct bench bench = { .run = run_hash, .check = check_hash };
    struct hash_work *w = bench_alloc(sizeof *w);

    snprintf(bench.name, sizeof bench.name, "label_entropy_hash %s", what);
    for (size_t i = 0; i < BENCH_RING_SIZE; i++) {
        const struct ring_packet *p = ring_at(ring, i);

        if (!inner_packet_read(p->data, p->size, type, &w->inner[i])) {
            bench_fail(bench.name, "the packet cannot be read");
        }
    }
    bench.work = w;
    bench_add(&bench);
}

static void
add_hash_flows(const char *what, uint16_t type)
{
    struct ring *ring = bench_alloc(sizeof *ring);

    ring_init_flows(ring, type, FRAME_SIZE);
    add_hash(what, ring, type);
}

/* ---- Stacks. ---- */

struct stack_work {
    uint16_t type;              /* Of what is below, 0 for Ethernet. */
    struct label_push_header header;
    struct label_pop pop;
    struct ring body;
    struct ring stack;          /* With labels before 'body'. */
};

static enum mplsudp_drop
push(const struct stack_work *w, const struct ring_packet *p)
{
    /* Frames have nothing to inherit, so the adapter looks for no source. */
    return label_push_write(&w->header, p->data, w->type ? p->size : 0,
                            w->type, p->data - w->header.size);
}

static uint64_t
run_push(const void *work, size_t n)
{
    const struct stack_work *w = work;
    uint64_t result = 0;

    for (size_t i = 0; i < n; i++) {
        result += push(w, ring_at(&w->body, i));
        BENCH_BARRIER();
    }
    return result;
}

static uint64_t
run_pop(const void *work, size_t n)
{
    const struct stack_work *w = work;
    uint64_t result = 0;

    for (size_t i = 0; i < n; i++) {
        const struct ring_packet *p = ring_at(&w->stack, i);
        struct label_exposed exposed;

        if (label_pop_read(&w->pop, p->data, p->size, &exposed)) {
            abort();            /* They were checked to pass. */
        }
        result += exposed.ofs;
        BENCH_BARRIER();
    }
    return result;
}

static uint64_t
run_stack_read(const void *work, size_t n)
{
    const struct stack_work *w = work;
    uint64_t result = 0;

    for (size_t i = 0; i < n; i++) {
        const struct ring_packet *p = ring_at(&w->stack, i);
        struct label_stack_key read;

        if (label_stack_read_key(p->data, p->size, &read)) {
            abort();
        }
        result += read.key;
        BENCH_BARRIER();
    }
    return result;
}

/* Checks that '*stack' is labels before '*body'. */
static const char *
check_stack(const struct stack_work *w, const struct ring_packet *stack,
            const struct ring_packet *body)
{
    static uint8_t copy[BENCH_PACKET_MAX];
    struct label_exposed exposed;
    enum mplsudp_drop verdict;

    memcpy(copy, stack->data, stack->size);
    verdict = label_pop_read(&w->pop, copy, stack->size, &exposed);
    if (verdict) {
        return mplsudp_drop_text(verdict);
    }
    if (memcmp(copy, stack->data, stack->size)) {
        return "popping changed the packet";
    }
    return exposed.type != w->type || exposed.ofs != w->header.size
           || stack->size - exposed.ofs != body->size
           || memcmp(copy + exposed.ofs, body->data, body->size)
           ? "what is below is not what was pushed onto" : NULL;
}

static const char *
check_push(const void *work)
{
    const struct stack_work *w = work;
    const char *complaint = NULL;

    for (size_t i = 0; i < BENCH_RING_SIZE && !complaint; i++) {
        const struct ring_packet *body = ring_at(&w->body, i);
        struct ring_packet stack = { body->data - w->header.size,
                                     body->size + w->header.size };
        enum mplsudp_drop verdict = push(w, body);

        complaint = verdict ? mplsudp_drop_text(verdict)
                            : check_stack(w, &stack, body);
    }
    return complaint;
}

static const char *
check_pop(const void *work)
{
    const struct stack_work *w = work;
    const char *complaint = NULL;

    for (size_t i = 0; i < BENCH_RING_SIZE && !complaint; i++) {
        complaint = check_stack(w, ring_at(&w->stack, i),
                                ring_at(&w->body, i));
    }
    return complaint;
}

static const char *
check_stack_read(const void *work)
{
    const struct stack_work *w = work;
    uint64_t key = 0;

    for (size_t i = 0; i < w->header.n; i++) {
        key = key << 20 | wire_get32(w->header.bytes + i * LSE_SIZE) >> 12;
    }
    for (size_t i = 0; i < BENCH_RING_SIZE; i++) {
        const struct ring_packet *p = ring_at(&w->stack, i);
        struct label_stack_key read;
        enum mplsudp_drop verdict = label_stack_read_key(p->data, p->size,
                                                         &read);

        if (verdict || read.key != key
            || read.size != w->header.n * LSE_SIZE) {
            return verdict ? mplsudp_drop_text(verdict) : "key";
        }
    }
    return check_pop(work);
}

/* Makes the actions for 'n' labels. */
static void
make_actions(struct stack_work *w, unsigned int n)
{
    struct label_push action = {
        .n = (uint8_t) n, .control_word = !w->type,
        .tc = MPLSUDP_DEFAULT, .ttl = MPLSUDP_DEFAULT
    };
    char error[LABEL_ACTION_TEXT_SIZE];

    for (unsigned int i = 0; i < n; i++) {
        action.labels[i] = 0x12345 + i;
    }
    w->pop = (struct label_pop) {
        .count = (uint8_t) n, .control_word = !w->type,
        .payload = w->type ? MPLSUDP_PAYLOAD_IP : MPLSUDP_PAYLOAD_ETHERNET,
        .ttl_copy = w->type != 0
    };
    if (!label_push_check(&action, error)
        || !label_pop_check(&w->pop, error)) {
        bench_fail("push and pop", error);
    }
    label_push_build(&action, w->type ? LABEL_PUSH_ONTO_OTHER
                                      : LABEL_PUSH_ONTO_ETHERNET, &w->header);
}

static const struct stack_work *
make_stack_work(unsigned int n, uint16_t type)
{
    struct stack_work *w = bench_alloc(sizeof *w);

    w->type = type;
    make_actions(w, n);
    ring_init_flows(&w->body, type, FRAME_SIZE);
    ring_init(&w->stack, w->header.size + w->body.packets[0].size);
    for (size_t i = 0; i < BENCH_RING_SIZE; i++) {
        const struct ring_packet *body = ring_at(&w->body, i);
        enum mplsudp_drop verdict = push(w, body);

        if (verdict) {
            bench_fail("push", mplsudp_drop_text(verdict));
        }
        memcpy(w->stack.packets[i].data, body->data - w->header.size,
               w->stack.packets[i].size);
    }
    return w;
}

static const struct {
    const char *name;
    uint16_t type;
    unsigned int depth_max;
    uint64_t (*run)(const void *, size_t);
    const char *(*check)(const void *);
} stack_benches[] = {
    { "label_stack_read_key", 0, LABEL_KEY_DEPTH, run_stack_read,
      check_stack_read },
    { "push ethernet", 0, LABEL_ACTION_MAX, run_push, check_push },
    { "push ip", ETHERTYPE_IPV4, LABEL_ACTION_MAX, run_push, check_push },
    { "pop ethernet", 0, LABEL_ACTION_MAX, run_pop, check_pop },
    { "pop ip", ETHERTYPE_IPV4, LABEL_ACTION_MAX, run_pop, check_pop },
};
enum { N_STACK_BENCHES = sizeof stack_benches / sizeof stack_benches[0] };

/* Adds 'stack_benches[i]' for each depth of stack that it takes. */
static void
add_stacks(size_t i)
{
    static const unsigned int depths[] = { 1, 3, LABEL_ACTION_MAX };

    for (size_t j = 0; j < sizeof depths / sizeof depths[0]
                       && depths[j] <= stack_benches[i].depth_max; j++) {
        struct bench bench = { .run = stack_benches[i].run,
                               .check = stack_benches[i].check };

        snprintf(bench.name, sizeof bench.name, "%s %u label%s",
                 stack_benches[i].name, depths[j],
                 depths[j] == 1 ? "" : "s");
        bench.work = make_stack_work(depths[j], stack_benches[i].type);
        bench_add(&bench);
    }
}

void
bench_add_labels(void)
{
    static const size_t sum_sizes[] = { 20, 64, 594, 1400, 8900 };

    add_nothing();
    for (size_t i = 0; i < sizeof sum_sizes / sizeof sum_sizes[0]; i++) {
        add_sum(sum_sizes[i]);
    }
    add_hash_flows("ipv4", ETHERTYPE_IPV4);
    add_hash_flows("ipv6", ETHERTYPE_IPV6);
    add_hash("3 labels, ipv4", &make_stack_work(3, ETHERTYPE_IPV4)->stack,
             ETHERTYPE_MPLS);
    for (size_t i = 0; i < N_STACK_BENCHES; i++) {
        add_stacks(i);
    }
}
