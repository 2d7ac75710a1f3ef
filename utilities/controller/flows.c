/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "flows.h"

#include "flows-pipeline.h"
#include "switch.h"

void
flows_of_hypervisor(const struct overlay *overlay, const struct hypervisor *hv,
                    struct flow_table *flows, struct accepts *accepts)
{
    struct pipeline p = { .overlay = overlay, .hv = hv, .accepts = accepts };

    for (int i = 0; i < N_ENCAPS; i++) {
        p.tunnels[i] = switch_tunnel_port(hv->sw, i);
    }
    writer_init(&p.w, flows);
    flows_classify(&p);
    flows_labels(&p);
    flows_security(&p);
    flows_neighbours(&p);
    flows_route(&p);
    flows_forward(&p);
    flows_replicate(&p);
    flows_deliver(&p);
    writer_destroy(&p.w);
}
