/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of the datapath actions push_labels and pop_labels; see
 * label-actions.h. */

#include <config.h>

#include "label-actions.h"

#include <errno.h>

#include "label-pop.h"
#include "label-push.h"
#include "netlink.h"
#include "odp-netlink.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/ofpbuf.h"
#include "util.h"

static const char push_name[] = "push_labels(";
static const char pop_name[] = "pop_labels(";
static const char stacked[] = ",bos=0";

static void
format_push(struct ds *ds, const struct nlattr *attr)
{
    char text[LABEL_ACTION_TEXT_SIZE];
    struct label_push push;
    bool onto_mpls;

    if (!label_push_read(nl_attr_get(attr), nl_attr_get_size(attr), &push,
                         &onto_mpls)) {
        ds_put_format(ds, "%sinvalid)", push_name);
        return;
    }
    label_push_format(&push, text);
    ds_put_format(ds, "%s%s%s)", push_name, text, onto_mpls ? stacked : "");
}

void
label_actions_format(struct ds *ds, const struct nlattr *attr)
{
    if (nl_attr_type(attr) == OVS_ACTION_ATTR_PUSH_LABELS) {
        format_push(ds, attr);
    } else {
        char text[LABEL_ACTION_TEXT_SIZE];

        label_pop_format(nl_attr_get(attr), text);
        ds_put_format(ds, "%s%s)", pop_name, text);
    }
}

/* Copies what stands between the parentheses to 'text', if 's' starts with
 * 'name', which ends in the first.  Returns the number of bytes up to and with
 * the last, or 0. */
static int
cut_arguments(const char *s, const char *name, char *text)
{
    size_t start = strlen(name);
    size_t length;

    if (strncmp(s, name, start)) {
        return 0;
    }
    length = strcspn(s + start, ")");
    if (!s[start + length] || length >= LABEL_ACTION_TEXT_SIZE) {
        return 0;
    }
    ovs_strlcpy(text, s + start, length + 1);
    return start + length + 1;
}

static bool
parse_push(char *text, struct ofpbuf *actions)
{
    size_t length = strlen(text);
    bool onto_mpls = length >= strlen(stacked)
                     && !strcmp(text + length - strlen(stacked), stacked);
    char error[LABEL_ACTION_TEXT_SIZE];
    struct label_push_header header;
    struct label_push push;

    if (onto_mpls) {
        text[length - strlen(stacked)] = '\0';
    }
    if (!label_push_parse(text, &push, error)
        || (onto_mpls && push.control_word)) {
        return false;
    }
    label_push_build(&push, onto_mpls ? LABEL_PUSH_ONTO_MPLS
                                      : LABEL_PUSH_ONTO_ETHERNET, &header);
    nl_msg_put_unspec(actions, OVS_ACTION_ATTR_PUSH_LABELS, &header,
                      LABEL_PUSH_HEAD + header.size);
    return true;
}

int
label_actions_parse(const char *s, struct ofpbuf *actions)
{
    char text[LABEL_ACTION_TEXT_SIZE], error[LABEL_ACTION_TEXT_SIZE];
    struct label_pop pop;
    int n;

    n = cut_arguments(s, push_name, text);
    if (n) {
        return parse_push(text, actions) ? n : -EINVAL;
    }
    n = cut_arguments(s, pop_name, text);
    if (n) {
        if (!label_pop_parse(text, &pop, error)) {
            return -EINVAL;
        }
        nl_msg_put_unspec(actions, OVS_ACTION_ATTR_POP_LABELS, &pop,
                          sizeof pop);
    }
    return n;
}
