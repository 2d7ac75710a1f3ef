/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-action: the text of push_labels and pop_labels, and what is
 * refused (lib/label-action.h). */

#include "label-action.h"

#include <stdlib.h>
#include <string.h>

#include "label-stack.h"
#include "unit.h"

enum { INHERIT = MPLSUDP_INHERIT, NOT_GIVEN = MPLSUDP_DEFAULT };
enum { MPLS, ETHERNET, IP, AUTO, DEFAULT };     /* Values of 'payload'. */

/* Texts of push_labels that are taken. */
static const struct {
    const char *text;
    const char *printed;        /* Null: as given. */
    int labels[4];              /* Up to the first negative one. */
    int16_t tc, ttl;
    bool control_word;
} pushes[] = {
    { "100", NULL, { 100, -1 }, NOT_GIVEN, NOT_GIVEN, false },
    { "100/200/300", NULL, { 100, 200, 300, -1 },
      NOT_GIVEN, NOT_GIVEN, false },
    { "0", NULL, { 0, -1 }, NOT_GIVEN, NOT_GIVEN, false },
    { "2/4/1", NULL, { 2, 4, 1, -1 }, NOT_GIVEN, NOT_GIVEN, false },
    { "1048575", NULL, { 1048575, -1 }, NOT_GIVEN, NOT_GIVEN, false },
    { "0x10/0xfffff", "16/1048575", { 16, 1048575, -1 },
      NOT_GIVEN, NOT_GIVEN, false },
    { "0x00000000000000000000000000064", "100", { 100, -1 },
      NOT_GIVEN, NOT_GIVEN, false },
    { "100/100", NULL, { 100, 100, -1 }, NOT_GIVEN, NOT_GIVEN, false },
    { "100,tc=0", NULL, { 100, -1 }, 0, NOT_GIVEN, false },
    { "100,tc=7", NULL, { 100, -1 }, 7, NOT_GIVEN, false },
    { "100,tc=inherit", NULL, { 100, -1 }, INHERIT, NOT_GIVEN, false },
    { "100,ttl=1", NULL, { 100, -1 }, NOT_GIVEN, 1, false },
    { "100,ttl=255", NULL, { 100, -1 }, NOT_GIVEN, 255, false },
    { "100,ttl=0x40", "100,ttl=64", { 100, -1 }, NOT_GIVEN, 64, false },
    { "100,ttl=inherit", NULL, { 100, -1 }, NOT_GIVEN, INHERIT, false },
    { "100,control_word", NULL, { 100, -1 }, NOT_GIVEN, NOT_GIVEN, true },
    { "100/200,tc=3,ttl=9,control_word", NULL, { 100, 200, -1 },
      3, 9, true },
    { "100,ttl=9,tc=3", "100,tc=3,ttl=9", { 100, -1 }, 3, 9, false },
    { "100,control_word,ttl=9", "100,ttl=9,control_word", { 100, -1 },
      NOT_GIVEN, 9, true },
    { "100,control_word,ttl=inherit,tc=inherit",
      "100,tc=inherit,ttl=inherit,control_word", { 100, -1 },
      INHERIT, INHERIT, true },
};

/* Texts of pop_labels that are taken. */
static const struct {
    const char *text;
    const char *printed;        /* Null: as given. */
    struct label_pop pop;
    int meant;                  /* The payload. */
} pops[] = {
    { "", NULL, { 0, DEFAULT, 0, 0 }, AUTO },
    { "all", NULL, { LABEL_POP_ALL, DEFAULT, 0, 0 }, AUTO },
    { "count=all", NULL, { LABEL_POP_COUNT_ALL, DEFAULT, 0, 0 }, AUTO },
    { "count=1", NULL, { 1, DEFAULT, 0, 0 }, MPLS },
    { "count=16", NULL, { 16, DEFAULT, 0, 0 }, MPLS },
    { "count=0x10", "count=16", { 16, DEFAULT, 0, 0 }, MPLS },
    { "payload=ethernet", NULL, { 0, ETHERNET, 0, 0 }, ETHERNET },
    { "payload=ip", NULL, { 0, IP, 0, 0 }, IP },
    { "payload=auto", NULL, { 0, AUTO, 0, 0 }, AUTO },
    { "count=2,payload=mpls", NULL, { 2, MPLS, 0, 0 }, MPLS },
    { "count=2,payload=ip", NULL, { 2, IP, 0, 0 }, IP },
    { "count=2,payload=ethernet", NULL, { 2, ETHERNET, 0, 0 }, ETHERNET },
    { "count=2,payload=auto", NULL, { 2, AUTO, 0, 0 }, AUTO },
    { "ttl=copy", NULL, { 0, DEFAULT, 1, 0 }, AUTO },
    { "control_word", NULL, { 0, DEFAULT, 0, 1 }, AUTO },
    { "all,payload=ethernet,ttl=copy,control_word", NULL,
      { LABEL_POP_ALL, ETHERNET, 1, 1 }, ETHERNET },
    { "control_word,ttl=copy,payload=ip,count=3",
      "count=3,payload=ip,ttl=copy,control_word", { 3, IP, 1, 1 }, IP },
    { "payload=ip,all", "all,payload=ip", { LABEL_POP_ALL, IP, 0, 0 }, IP },
    { "count=3,control_word,payload=auto",
      "count=3,payload=auto,control_word", { 3, AUTO, 0, 1 }, AUTO },
};

/* Parses copies of 'text' into memory that ends where it may.  Returns true
 * if it is taken; else its message is to be 'error', of which null is none
 * that matters. */
static bool
parse_push(const char *text, struct label_push *push, const char *error)
{
    char *copy = (char *) unit_copy(text, strlen(text) + 1);
    char *complaint = malloc(LABEL_ACTION_TEXT_SIZE);
    bool ok;

    memset(push, 0xcc, sizeof *push);
    memset(complaint, 'X', LABEL_ACTION_TEXT_SIZE);
    ok = label_push_parse(copy, push, complaint);
    if (!ok && error) {
        unit_text("message", error, complaint);
    }
    free(complaint);
    free(copy);
    return ok;
}

static bool
parse_pop(const char *text, struct label_pop *pop, const char *error)
{
    char *copy = (char *) unit_copy(text, strlen(text) + 1);
    char *complaint = malloc(LABEL_ACTION_TEXT_SIZE);
    bool ok;

    memset(pop, 0xcc, sizeof *pop);
    memset(complaint, 'X', LABEL_ACTION_TEXT_SIZE);
    ok = label_pop_parse(copy, pop, complaint);
    if (!ok && error) {
        unit_text("message", error, complaint);
    }
    free(complaint);
    free(copy);
    return ok;
}

/* 'push' is printed as 'text', which is parsed to the same. */
static void
expect_printed_push(const struct label_push *push, const char *text)
{
    char *printed = malloc(LABEL_ACTION_TEXT_SIZE);
    struct label_push again;

    memset(printed, 'X', LABEL_ACTION_TEXT_SIZE);
    label_push_format(push, printed);
    if (text) {
        unit_text("printed", text, printed);
    }
    if (unit_true(printed, parse_push(printed, &again, ""))) {
        unit_bytes("parsed again: labels", push->labels, again.labels,
                   sizeof again.labels);
        unit_number("parsed again: n", push->n, again.n);
        unit_true("parsed again: others", push->tc == again.tc
                  && push->ttl == again.ttl
                  && push->control_word == again.control_word);
    }
    free(printed);
}

static void
expect_printed_pop(const struct label_pop *pop, const char *text)
{
    char *printed = malloc(LABEL_ACTION_TEXT_SIZE);
    struct label_pop again;

    memset(printed, 'X', LABEL_ACTION_TEXT_SIZE);
    label_pop_format(pop, printed);
    if (text) {
        unit_text("printed", text, printed);
    }
    if (unit_true(printed, parse_pop(printed, &again, ""))) {
        unit_bytes("parsed again", pop, &again, sizeof again);
    }
    free(printed);
}

static void
test_push(size_t i)
{
    struct label_push push;
    size_t n = 0;

    unit_case("push_labels(%s)", pushes[i].text);
    if (!unit_true("is taken", parse_push(pushes[i].text, &push, ""))) {
        return;
    }
    for (; pushes[i].labels[n] >= 0; n++) {
        unit_number("label", (uint32_t) pushes[i].labels[n], push.labels[n]);
    }
    unit_number("labels", n, push.n);
    for (; n < LABEL_ACTION_MAX; n++) {
        unit_number("no label", 0, push.labels[n]);
    }
    unit_true("tc", push.tc == pushes[i].tc);
    unit_true("ttl", push.ttl == pushes[i].ttl);
    unit_number("control_word", pushes[i].control_word, push.control_word);
    expect_printed_push(&push, pushes[i].printed ? pushes[i].printed
                                                 : pushes[i].text);
}

static void
test_pop(size_t i)
{
    struct label_pop pop;

    unit_case("pop_labels(%s)", pops[i].text);
    if (unit_true("is taken", parse_pop(pops[i].text, &pop, ""))) {
        unit_bytes("action", &pops[i].pop, &pop, sizeof pop);
        expect_printed_pop(&pop, pops[i].printed ? pops[i].printed
                                                 : pops[i].text);
        unit_number("payload", (uint64_t) pops[i].meant,
                    label_pop_payload(&pop));
        unit_number("all", pop.count < 1 || pop.count > 16,
                    label_pop_is_all(&pop));
    }
}

/* As many labels as there may be, and longest. */
static void
test_depth(size_t n)
{
    char text[LABEL_ACTION_TEXT_SIZE] = "", more[LABEL_ACTION_TEXT_SIZE + 60];
    struct label_push push;

    unit_case("push_labels of %zu labels", n);
    for (size_t i = 0; i < n; i++) {
        sprintf(text + strlen(text), "%s%zu", i ? "/" : "", 1048575 - i);
    }
    strcat(text, ",tc=inherit,ttl=inherit,control_word");
    if (unit_true("is taken", parse_push(text, &push, ""))) {
        unit_number("labels", n, push.n);
        for (size_t i = 0; i < n; i++) {
            unit_number("label", 1048575 - i, push.labels[i]);
        }
        expect_printed_push(&push, text);
    }
    sprintf(more, "100/%s", text);
    unit_number("one more is taken", n < LABEL_ACTION_MAX,
                parse_push(more, &push, "label 1048560 is one too many; "
                                        "push_labels takes 1 to 16"));
}

/* Three keys behind 'start' are taken in every order, once each, and printed
 * in one. */
static void
test_orders(const char *start, const char *const keys[3], bool is_push)
{
    char sorted[80];

    sprintf(sorted, "%s%s%s%s", start, keys[0], keys[1], keys[2]);
    for (unsigned int order = 0; order < 3 * 3 * 3; order++) {
        struct label_push push;
        struct label_pop pop;
        unsigned int seen = 0;
        bool twice = false;
        char text[80];

        strcpy(text, start);
        for (unsigned int rest = order, i = 0; i < 3; i++, rest /= 3) {
            twice |= seen >> rest % 3 & 1;
            seen |= 1u << rest % 3;
            strcat(text, keys[rest % 3]);
        }
        unit_case("keys in the order %s", text);
        unit_number("is taken", !twice,
                    is_push ? parse_push(text, &push, NULL)
                            : parse_pop(text, &pop, NULL));
        if (!twice && is_push) {
            expect_printed_push(&push, sorted);
        } else if (!twice) {
            expect_printed_pop(&pop, sorted);
        }
    }
}

/* Random actions that may be are printed and parsed to the same. */
static void
test_random(void)
{
    unit_case("random push_labels");
    for (int round = 0; round < 2000; round++) {
        char error[LABEL_ACTION_TEXT_SIZE];
        struct label_push push;

        memset(&push, 0, sizeof push);
        push.n = (uint8_t) (1 + unit_random() % LABEL_ACTION_MAX);
        for (unsigned int i = 0; i < push.n; i++) {
            push.labels[i] = unit_random() >> (12 + unit_random() % 20);
            push.labels[i] += push.labels[i] == LABEL_IMPLICIT_NULL;
        }
        push.tc = (int16_t) (unit_random() % 10 - 2);
        push.ttl = (int16_t) (unit_random() % 258 - 2);
        push.ttl = push.ttl ? push.ttl : 1;
        push.control_word = unit_random() % 2;
        unit_true("may be", label_push_check(&push, error));
        expect_printed_push(&push, NULL);
    }
}

void
test_label_action(void)
{
    static const char *const push_keys[] = {
        ",tc=2", ",ttl=3", ",control_word"
    };
    static const char *const pop_keys[] = {
        ",payload=ip", ",ttl=copy", ",control_word"
    };

    for (size_t i = 0; i < sizeof pushes / sizeof pushes[0]; i++) {
        test_push(i);
    }
    for (size_t i = 0; i < sizeof pops / sizeof pops[0]; i++) {
        test_pop(i);
    }
    for (size_t n = 1; n <= LABEL_ACTION_MAX; n++) {
        test_depth(n);
    }
    test_orders("100", push_keys, true);
    test_orders("count=5", pop_keys, false);
    test_random();
}
