/* SPDX-License-Identifier: Apache-2.0
 *
 * label-support: whether a datapath has the actions push_labels and
 * pop_labels, and what becomes of flows and groups that want them from one
 * that has not.
 *
 * Called by ofproto/ofproto-dpif.c. */

#ifndef LABEL_SUPPORT_H
#define LABEL_SUPPORT_H 1

#include <stdbool.h>
#include <stddef.h>

#include "openvswitch/ofp-errors.h"

struct dpif;
struct ofpact;
struct ovs_list;

/* Asks 'dpif' to take a flow with both actions, and returns true if it
 * does. */
bool label_support_probe(struct dpif *dpif);

/* Return 0 if 'supported', or none of the actions in the 'size' bytes at
 * 'ofpacts', or in the buckets of the group in 'buckets', is one of ours.
 * Otherwise logs which is, that 'dpif' has not got it and what has, and
 * returns an OFPERR_*. */
enum ofperr label_support_check(const struct ofpact *ofpacts, size_t size,
                                bool supported, const struct dpif *dpif);
enum ofperr label_support_check_buckets(const struct ovs_list *buckets,
                                        bool supported,
                                        const struct dpif *dpif);

#endif /* label-support.h */
