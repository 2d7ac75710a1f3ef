/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz-vport-text: prints and parses templates by vport_mplsudp_format() and
 * vport_mplsudp_parse() (datapath-ext/vport-mplsudp.h), with the ports of
 * vports.c.
 *
 * Input: a header as vports.h reads it, then the text of a template, without
 * its Ethernet and IP header, which are the header's. */

#include "vports.h"

#include "mplsudp-template.h"
#include "openvswitch/dynamic-string.h"
#include "util.h"

/* Parses 'text', with a UDP header that is passed over, to '*action', whose
 * outer headers are there.  Returns true if it is right to the end. */
static bool
parse(const char *text, struct ovs_action_push_tnl *action)
{
    bool has_udp = !strncmp(text, "udp(", 4);
    char *copy = xasprintf("%s)", text);
    const char *end = has_udp ? strstr(copy, "),") : NULL;
    int n = end ? end - copy + 2 : 0;
    bool ok;

    action->header_len = vport_mplsudp_parse(copy, &n, has_udp, action);
    FUZZ_CHECK(action->header_len <= sizeof action->header);
    FUZZ_CHECK(n >= 0 && n <= strlen(copy));
    ok = action->header_len && !copy[n];
    free(copy);
    return ok;
}

/* '*action' is printed and parsed to the same. */
static void
check_same(const struct ovs_action_push_tnl *action)
{
    const uint8_t *template = (const uint8_t *) action->header;
    struct ovs_action_push_tnl copy = *action;
    struct ds text = DS_EMPTY_INITIALIZER;
    struct mplsudp_push push;

    FUZZ_CHECK(mplsudp_template_push(template, action->header_len, &push));
    memset((uint8_t *) copy.header + push.outer_size, 0xcc,
           sizeof copy.header - push.outer_size);
    vport_mplsudp_format(&text, action);
    FUZZ_CHECK(parse(ds_cstr(&text), &copy));
    FUZZ_CHECK(copy.header_len == action->header_len);
    FUZZ_CHECK(!memcmp(copy.header, action->header, action->header_len));
    ds_destroy(&text);
}

/* '*action', of which anything may be wrong, is printed to something that is
 * refused or parsed. */
static void
check_any(const struct ovs_action_push_tnl *action)
{
    struct ovs_action_push_tnl copy = *action;
    struct ds text = DS_EMPTY_INITIALIZER;

    vport_mplsudp_format(&text, action);
    if (parse(ds_cstr(&text), &copy)) {
        check_same(&copy);
    }
    ds_destroy(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vports_header header;
    char *text;

    vports_init();
    if (size < VPORTS_HEADER_SIZE) {
        return 0;
    }
    vports_read_header(data, &header);
    if (header.intact) {
        check_same(&header.action);
    } else {
        check_any(&header.action);
    }
    text = xmemdup0((const char *) data + VPORTS_HEADER_SIZE,
                    size - VPORTS_HEADER_SIZE);
    if (parse(text, &header.action)) {
        check_same(&header.action);
    }
    free(text);
    return 0;
}
