/* SPDX-License-Identifier: Apache-2.0
 *
 * vectors: reads packets.txt and packets-gre-ip.txt, tunnel packets and what
 * becomes of them.
 *
 * A line that is not empty and does not start with '#' is one vector:
 *
 *     name | options | verdict | fields | hex | source
 *
 *   options  of the receiving port, name=value, and "noreencode" if lib/ does
 *            not send such a packet; "-" for none
 *   verdict  "pass" or a name from lib/mplsudp-drop.h
 *   fields   of a packet that passes: key, type, size of the payload, and ecn
 *            or ttl if that of the payload's IP header changes; "-" for none
 *   hex      the packet from the outer Ethernet header on; "=" for the one of
 *            the line before
 *   source   where the vector comes from, and the rules that it tests */

#ifndef VECTORS_H
#define VECTORS_H 1

#include "mplsudp-config.h"
#include "mplsudp-drop.h"

enum { VECTOR_NONE = -1 };      /* A field that is not given. */

struct vector {
    char name[96];
    struct mplsudp_config config;
    bool reencode;
    enum mplsudp_drop verdict;
    int64_t key, type, size, ecn, ttl;
    uint8_t frame[2048];
    size_t frame_size;
};

/* Reads the file named 'name' and calls 'run' for each vector.  Returns null,
 * or what is wrong with the file; the number of the line is then stored in
 * '*line'. */
const char *vectors_read(const char *name, void (*run)(const struct vector *),
                         int *line);

#endif /* vectors.h */
