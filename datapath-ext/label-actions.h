/* SPDX-License-Identifier: Apache-2.0
 *
 * label-actions: the datapath actions push_labels and pop_labels.
 *
 * Their arguments are those of lib/: struct label_push_header, of which the
 * bytes behind 'size' are left out, and struct label_pop.  Translation
 * (ofproto/xlate-labels.inc) makes them; the hooks in lib/odp-execute.c and
 * lib/odp-util.c, which find them in a datapath flow, call the functions
 * here. */

#ifndef LABEL_ACTIONS_H
#define LABEL_ACTIONS_H 1

#include <stdbool.h>
#include <stdint.h>

#include "mplsudp-drop.h"

struct dp_packet;
struct dp_packet_batch;
struct ds;
struct label_pop;
struct nlattr;
struct ofpbuf;

enum { LABEL_ACTIONS_POP_SIZE = 4 };    /* sizeof(struct label_pop). */

/* Execute action 'attr' on each packet of 'batch', in any thread.  A packet
 * that it cannot be done to is counted, removed from 'batch' and freed.
 * Return false if none is left, and then no action may follow: what executes
 * them for a datapath insists on a packet. */
bool label_actions_push(struct dp_packet_batch *batch,
                        const struct nlattr *attr);
bool label_actions_pop(struct dp_packet_batch *batch,
                       const struct nlattr *attr);

/* Does what 'pop' says to '*packet', or puts a copy in its stead, and counts
 * nothing.  Returns MPLSUDP_PASS, or why the packet cannot have it, and then
 * the packet is as it was but for TTLs. */
enum mplsudp_drop label_actions_pop_one(const struct label_pop *pop,
                                        struct dp_packet **packet);

/* Appends the text of action 'attr' to 'ds': as in OpenFlow, with nothing left
 * to default, and ",bos=0" for labels that are pushed onto a stack. */
void label_actions_format(struct ds *ds, const struct nlattr *attr);

/* Parses the text of one of our actions at the start of 's' and appends the
 * action to 'actions'.  Returns the number of bytes parsed, 0 if 's' starts
 * with another action, or a negative errno value. */
int label_actions_parse(const char *s, struct ofpbuf *actions);

/* Does to the 'depth' label stack entries at 'lses', bottom first, in host
 * byte order and at most FLOW_MAX_MPLS_LABELS, what action 'attr' does to
 * packets.  Sets '*error' if they are not known afterwards. */
void label_actions_sflow(const struct nlattr *attr, uint32_t *lses,
                         uint32_t *depth, bool *error);

/* Appends to 'ds' how many packets were refused, for mplsudp/show. */
void label_actions_show(struct ds *ds);

#endif /* label-actions.h */
