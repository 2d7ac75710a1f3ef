/* SPDX-License-Identifier: Apache-2.0
 *
 * xlate-labels: what translation keeps in mind of labels that were pushed;
 * a member of struct xlate_ctx.  See xlate-labels.inc, which also needs what
 * is included here. */

#ifndef XLATE_LABELS_H
#define XLATE_LABELS_H 1

#include <stdbool.h>

#include "label-actions.h"
#include "label-push.h"
#include "odp-execute.h"
#include "ofp-label-actions.h"
#include "wire.h"

struct xlate_labels {
    bool ttl_of_ip;             /* The TTL in mpls_lse[0] may be nw_ttl. */
    bool tc_of_ip;              /* The TC in mpls_lse[0] may be of nw_tos. */
    bool inherited;             /* mpls_lse[0] may hold what was inherited. */
};

#endif /* xlate-labels.h */
