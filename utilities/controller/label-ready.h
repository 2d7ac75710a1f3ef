/* SPDX-License-Identifier: Apache-2.0
 *
 * label-ready: which labels of whom a hypervisor has acknowledged to accept.
 *
 * Make before break: flows-labels.c notes each (sender, label) that a
 * receiver's flows accept; once the barrier behind them is answered, the
 * sender's flows may use the label. */

#ifndef LABEL_READY_H
#define LABEL_READY_H 1

#include <stdbool.h>
#include "overlay.h"

struct accepts;

struct accepts *accepts_create(void);
void accepts_destroy(struct accepts *);

/* The flows being made accept 'label' from 'sender' (a hypervisor or peer). */
void accepts_note(struct accepts *, const struct uuid *sender,
                  const struct label *);

/* 'receiver' acknowledged 'accepts', which this function takes over.  Marks
 * the senders as dirty whose label it was not known to accept: all of them, at
 * the first acknowledgement of a connection. */
void label_ready_acknowledged(struct overlay *, struct hypervisor *receiver,
                              struct accepts *);

/* 'receiver' is not connected any more: what it accepts is not known. */
void label_ready_forget(struct hypervisor *receiver);

/* Returns true if the receiver of 'label' has acknowledged that it accepts it
 * from 'sender'. */
bool label_is_accepted(const struct hypervisor *sender, const struct label *);

/* Returns the label by which 'sender' reaches 'owner' (a network, or a tenant
 * for LABEL_ROUTE) on 'receiver', for senders with 'role' (ROLE_PROMISCUOUS
 * for LABEL_ROUTE); NULL if none may be used.  If one is about to replace
 * another: the newest that the receiver accepts.  If that is not known, since
 * the receiver is not connected, the oldest, for nothing should change. */
const struct label *label_usable(const struct hypervisor *sender,
                                 const struct hypervisor *receiver,
                                 enum label_purpose, const struct uuid *owner,
                                 uint32_t role);

#endif /* label-ready.h */
