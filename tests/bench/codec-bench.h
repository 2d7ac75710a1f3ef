/* SPDX-License-Identifier: Apache-2.0
 *
 * codec-bench: what the benchmarks of lib/ and the program that runs them know
 * of each other.
 *
 * codec-bench.c has bench_add_labels() and bench_add_tunnels() add all
 * benchmarks, checks that each does what it says, and measures them.
 * codec-ring.c makes the packets that they work on. */

#ifndef CODEC_BENCH_H
#define CODEC_BENCH_H 1

#include <stddef.h>
#include <stdint.h>

enum {
    BENCH_RING_SIZE = 64,       /* Packets of as many flows. */
    BENCH_HEADROOM = 128,       /* Bytes before each, as DPDK leaves. */
    BENCH_PACKET_MAX = 9216     /* Bytes of the largest. */
};

/* Makes the compiler believe that all memory is read and written here, so that
 * it neither leaves an operation out nor moves it. */
#define BENCH_BARRIER() __asm__ volatile("" : : : "memory")

/* A benchmark. */
struct bench {
    char name[48];
    size_t bytes;               /* That an operation reads, if its throughput
                                 * is of interest; else 0. */

    /* Does the operation 'n' times, on one packet of the ring after the other.
     * Returns something made of all results, so that they are needed. */
    uint64_t (*run)(const void *work, size_t n);

    /* Does the operation on each packet and returns null if all results are
     * right, else what is wrong.  Null if there is no operation. */
    const char *(*check)(const void *work);

    const void *work;           /* Argument of both. */
};

/* In codec-bench.c. */
void bench_add(const struct bench *bench);
_Noreturn void bench_fail(const char *name, const char *complaint);
void *bench_alloc(size_t size);         /* Zeroed, for as long as it runs. */

/* In codec-labels.c and codec-tunnels.c. */
void bench_add_labels(void);
void bench_add_tunnels(void);

/* Packets, each at the start of a cache line. */
struct ring {
    struct ring_packet {
        uint8_t *data;
        size_t size;
    } packets[BENCH_RING_SIZE];
};

/* Returns the packet for operation 'i'. */
static inline const struct ring_packet *
ring_at(const struct ring *ring, size_t i)
{
    return &ring->packets[i % BENCH_RING_SIZE];
}

/* Makes the packets of '*ring', with 'size' bytes of noise. */
void ring_init(struct ring *ring, size_t size);

/* Makes the packets of '*ring' TCP and UDP over IP, each of another flow: what
 * is in Ethernet frames of 'frame_size' bytes without their Ethernet header,
 * if 'type' is ETHERTYPE_IPV4 or ETHERTYPE_IPV6; or if 'type' is 0 the frames,
 * of IPv4. */
void ring_init_flows(struct ring *ring, uint16_t type, size_t frame_size);

#endif /* codec-bench.h */
