/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>

#include "ofp-label-actions.h"

#include "colors.h"
#include "openvswitch/dynamic-string.h"
#include "openvswitch/vlog.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(ofp_label_actions);

static struct vlog_rate_limit rl = VLOG_RATE_LIMIT_INIT(1, 5);

void
ofp_push_labels_get(const struct ofpact_push_labels *a,
                    struct label_push *push)
{
    BUILD_ASSERT_DECL(sizeof a->labels == sizeof push->labels);

    memcpy(push->labels, a->labels, sizeof push->labels);
    push->n = a->n;
    push->control_word = a->control_word;
    push->tc = a->tc;
    push->ttl = a->ttl;
}

static void
push_labels_set(struct ofpact_push_labels *a, const struct label_push *push)
{
    memcpy(a->labels, push->labels, sizeof a->labels);
    a->n = push->n;
    a->control_word = push->control_word;
    a->tc = push->tc;
    a->ttl = push->ttl;
}

void
ofp_pop_labels_get(const struct ofpact_pop_labels *a, struct label_pop *pop)
{
    pop->count = a->count;
    pop->payload = a->payload;
    pop->ttl_copy = a->ttl_copy;
    pop->control_word = a->control_word;
}

static void
pop_labels_set(struct ofpact_pop_labels *a, const struct label_pop *pop)
{
    a->count = pop->count;
    a->payload = pop->payload;
    a->ttl_copy = pop->ttl_copy;
    a->control_word = pop->control_word;
}

/* Decodes a field of push_labels that is a number, inherited or not given. */
static enum ofperr
decode_inherit(uint8_t flags, int given, int inherit, uint8_t value,
               int16_t *out)
{
    if ((flags & given && flags & inherit) || (value && !(flags & given))) {
        return OFPERR_OFPBAC_BAD_ARGUMENT;
    }
    *out = flags & given ? value
           : flags & inherit ? MPLSUDP_INHERIT : MPLSUDP_DEFAULT;
    return 0;
}

static enum ofperr
decode_labels(const struct nx_action_push_labels *nx, struct label_push *push)
{
    size_t size = nx->n_labels * sizeof(ovs_be32);
    const ovs_be32 *labels = (const ovs_be32 *) (nx + 1);
    const uint8_t *padding = (const uint8_t *) labels + size;

    if (!nx->n_labels || nx->n_labels > LABEL_ACTION_MAX) {
        return OFPERR_OFPBAC_BAD_ARGUMENT;
    }
    if (ntohs(nx->len) != ROUND_UP(sizeof *nx + size, 8)) {
        return OFPERR_OFPBAC_BAD_LEN;
    }
    if (!is_all_zeros(padding, ROUND_UP(size, 8) - size)) {
        return OFPERR_NXBRC_MUST_BE_ZERO;
    }
    push->n = nx->n_labels;
    for (size_t i = 0; i < push->n; i++) {
        push->labels[i] = ntohl(labels[i]);
    }
    return 0;
}

enum ofperr
ofp_push_labels_decode(const struct nx_action_push_labels *nx,
                       struct ofpact_push_labels *a)
{
    char complaint[LABEL_ACTION_TEXT_SIZE];
    struct label_push push = { .n = 0 };
    enum ofperr error;

    if (nx->flags >= NX_PUSH_LABELS_F_TTL_INHERIT << 1) {
        return OFPERR_OFPBAC_BAD_ARGUMENT;
    }
    if (!is_all_zeros(nx->zero, sizeof nx->zero)) {
        return OFPERR_NXBRC_MUST_BE_ZERO;
    }
    push.control_word = nx->flags & NX_PUSH_LABELS_F_CONTROL_WORD;
    error = decode_inherit(nx->flags, NX_PUSH_LABELS_F_TC,
                           NX_PUSH_LABELS_F_TC_INHERIT, nx->tc, &push.tc);
    if (!error) {
        error = decode_inherit(nx->flags, NX_PUSH_LABELS_F_TTL,
                               NX_PUSH_LABELS_F_TTL_INHERIT, nx->ttl,
                               &push.ttl);
    }
    if (!error) {
        error = decode_labels(nx, &push);
    }
    if (!error && !label_push_check(&push, complaint)) {
        VLOG_WARN_RL(&rl, "push_labels: %s", complaint);
        error = OFPERR_OFPBAC_BAD_ARGUMENT;
    }
    push_labels_set(a, &push);
    return error;
}

enum ofperr
ofp_pop_labels_decode(const struct nx_action_pop_labels *nx,
                      struct ofpact_pop_labels *a)
{
    char complaint[LABEL_ACTION_TEXT_SIZE];
    struct label_pop pop = {
        .count = nx->count,
        .payload = nx->payload,
        .ttl_copy = (nx->flags & NX_POP_LABELS_F_TTL_COPY) != 0,
        .control_word = (nx->flags & NX_POP_LABELS_F_CONTROL_WORD) != 0,
    };

    if (nx->flags >= NX_POP_LABELS_F_TTL_COPY << 1) {
        return OFPERR_OFPBAC_BAD_ARGUMENT;
    }
    if (!is_all_zeros(nx->zero, sizeof nx->zero)) {
        return OFPERR_NXBRC_MUST_BE_ZERO;
    }
    if (!label_pop_check(&pop, complaint)) {
        VLOG_WARN_RL(&rl, "pop_labels: %s", complaint);
        return OFPERR_OFPBAC_BAD_ARGUMENT;
    }
    pop_labels_set(a, &pop);
    return 0;
}

void
ofp_push_labels_encode(const struct ofpact_push_labels *a,
                       struct nx_action_push_labels *nx)
{
    nx->flags = ((a->control_word ? NX_PUSH_LABELS_F_CONTROL_WORD : 0)
                 | (a->tc == MPLSUDP_INHERIT ? NX_PUSH_LABELS_F_TC_INHERIT
                    : a->tc >= 0 ? NX_PUSH_LABELS_F_TC : 0)
                 | (a->ttl == MPLSUDP_INHERIT ? NX_PUSH_LABELS_F_TTL_INHERIT
                    : a->ttl >= 0 ? NX_PUSH_LABELS_F_TTL : 0));
    nx->n_labels = a->n;
    nx->tc = MAX(a->tc, 0);
    nx->ttl = MAX(a->ttl, 0);
}

void
ofp_pop_labels_encode(const struct ofpact_pop_labels *a,
                      struct nx_action_pop_labels *nx)
{
    nx->flags = ((a->control_word ? NX_POP_LABELS_F_CONTROL_WORD : 0)
                 | (a->ttl_copy ? NX_POP_LABELS_F_TTL_COPY : 0));
    nx->count = a->count;
    nx->payload = a->payload;
}

char *
ofp_push_labels_parse(const char *text, struct ofpact_push_labels *a)
{
    char complaint[LABEL_ACTION_TEXT_SIZE];
    struct label_push push;

    if (!label_push_parse(text, &push, complaint)) {
        return xasprintf("push_labels: %s", complaint);
    }
    push_labels_set(a, &push);
    return NULL;
}

char *
ofp_pop_labels_parse(const char *text, struct ofpact_pop_labels *a)
{
    char complaint[LABEL_ACTION_TEXT_SIZE];
    struct label_pop pop;

    if (!label_pop_parse(text, &pop, complaint)) {
        return xasprintf("pop_labels: %s", complaint);
    }
    pop_labels_set(a, &pop);
    return NULL;
}

static void
format_action(struct ds *ds, const char *name, const char *text)
{
    if (*text) {
        ds_put_format(ds, "%s%s(%s%s%s)%s", colors.paren, name, colors.end,
                      text, colors.paren, colors.end);
    } else {
        ds_put_format(ds, "%s%s%s", colors.value, name, colors.end);
    }
}

void
ofp_push_labels_format(const struct ofpact_push_labels *a, struct ds *ds)
{
    char text[LABEL_ACTION_TEXT_SIZE];
    struct label_push push;

    ofp_push_labels_get(a, &push);
    label_push_format(&push, text);
    format_action(ds, "push_labels", text);
}

void
ofp_pop_labels_format(const struct ofpact_pop_labels *a, struct ds *ds)
{
    char text[LABEL_ACTION_TEXT_SIZE];
    struct label_pop pop;

    ofp_pop_labels_get(a, &pop);
    label_pop_format(&pop, text);
    format_action(ds, "pop_labels", text);
}
