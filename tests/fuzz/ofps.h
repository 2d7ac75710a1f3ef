/* SPDX-License-Identifier: Apache-2.0
 *
 * ofps: OpenFlow actions for the fuzz targets on ofproto/.
 *
 * Used by fuzz-ofp-*.c, which are linked with Open vSwitch's library: what
 * decodes, encodes, parses and prints actions is real. */

#ifndef OFPS_H
#define OFPS_H 1

#include <config.h>

#include "fuzz.h"
#include "openvswitch/ofp-actions.h"
#include "openvswitch/ofp-errors.h"
#include "openvswitch/ofp-protocol.h"
#include "openvswitch/ofpbuf.h"

/* Turns logging off. */
void ofps_init(void);

/* Decodes the 'size' bytes at 'data', actions of a message of 'version', and
 * initializes '*ofpacts' with them.  Returns 0 or an OFPERR_*. */
enum ofperr ofps_decode(const uint8_t *data, size_t size,
                        enum ofp_version version, struct ofpbuf *ofpacts);

/* Initializes '*bytes' with 'ofpacts' as a message of 'version' has them. */
void ofps_encode(const struct ofpbuf *ofpacts, enum ofp_version version,
                 struct ofpbuf *bytes);

/* Parses 'text' and initializes '*ofpacts' with its actions.  Returns the
 * protocols that have them, or 0 if it is refused. */
enum ofputil_protocol ofps_parse(const char *text, struct ofpbuf *ofpacts);

/* Returns the text of 'ofpacts', which the caller frees. */
char *ofps_format(const struct ofpbuf *ofpacts);

/* Returns true if the 'size' bytes of actions at 'ofpacts' are push_labels,
 * pop_labels and clones of them only. */
bool ofps_are_ours(const struct ofpact *ofpacts, size_t size);

/* Returns true if one of 'ofpacts' is a clone.  Open vSwitch takes any bytes
 * for the padding of one, and forgets which protocols had what stands before
 * it in text. */
bool ofps_have_clone(const struct ofpbuf *ofpacts);

/* 'ofpacts', which are ours, become the same text and bytes again by way of
 * each other, in every version that has them. */
void ofps_check_same(const struct ofpbuf *ofpacts);

#endif /* ofps.h */
