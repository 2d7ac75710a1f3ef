/* SPDX-License-Identifier: Apache-2.0
 *
 * test-label-action-errors: what push_labels and pop_labels refuse, and what
 * is said of it (lib/label-action.h). */

#include "label-action.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define NO_LABEL(TEXT)                                                      \
    "\"" TEXT "\" is no label that can be pushed; labels are 0 to 1048575 " \
    "except 3, implicit null, with / between them"
#define NO_LABELS \
    "no labels; push_labels takes 1 to 16, top first, with / between them"
#define NO_KEY(TEXT)                                                    \
    "\"" TEXT "\"; behind the labels may stand, once each, tc=, ttl= and " \
    "control_word"
#define NO_POP_KEY(TEXT)                                                \
    "\"" TEXT "\"; pop_labels takes, once each, count= or all, payload=, " \
    "ttl=copy and control_word"

struct text {
    const char *text;
    const char *message;
};

static const struct text pushes[] = {
    { "", NO_LABELS },
    { ",", NO_LABELS },
    { ",tc=3", NO_LABELS },
    { "3", NO_LABEL("3") },
    { "0x3", NO_LABEL("0x3") },
    { "100/3", NO_LABEL("3") },
    { "3/100", NO_LABEL("3") },
    { "1048576", NO_LABEL("1048576") },
    { "0x100000", NO_LABEL("0x100000") },
    { "4294967295", NO_LABEL("4294967295") },
    { "4294967296", NO_LABEL("4294967296") },
    { "18446744073709551616", NO_LABEL("18446744073709551616") },
    { "-1", NO_LABEL("-1") },
    { "+1", NO_LABEL("+1") },
    { "0100", NO_LABEL("0100") },
    { "0x", NO_LABEL("0x") },
    { "1e3", NO_LABEL("1e3") },
    { "100x", NO_LABEL("100x") },
    { " 100", NO_LABEL(" 100") },
    { "100 ", NO_LABEL("100 ") },
    { "/", NO_LABEL("") },
    { "100/", NO_LABEL("") },
    { "/100", NO_LABEL("") },
    { "100//200", NO_LABEL("") },
    { "100/200;300", NO_LABEL("200;300") },
    { "tc=3", NO_LABEL("tc=3") },
    { "tc=3,100", NO_LABEL("tc=3") },
    { "100/tc=3", NO_LABEL("tc=3") },
    { "inherit", NO_LABEL("inherit") },

    /* A number that is right if its end is cut off. */
    { "0x000000000000000000000000000064",
      NO_LABEL("0x00000000000000000000000000...") },
    { "100/0x00000000000000000000000000064x",
      NO_LABEL("0x00000000000000000000000000...") },

    { "1/2/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18",
      "label 18 is one too many; push_labels takes 1 to 16" },
    { "1/2/4/5/6/7/8/9/10/11/12/13/14/15/16/17/3", NO_LABEL("3") },

    { "100,", NO_KEY("") },
    { "100,,tc=3", NO_KEY("") },
    { "100,tc=3,", NO_KEY("") },
    { "100,200", NO_KEY("200") },
    { "100,tc", NO_KEY("tc") },
    { "100,ttl", NO_KEY("ttl") },
    { "100,TC=3", NO_KEY("TC=3") },
    { "100, tc=3", NO_KEY(" tc=3") },
    { "100,tc =3", NO_KEY("tc =3") },
    { "100,tcc=3", NO_KEY("tcc=3") },
    { "100,t=3", NO_KEY("t=3") },
    { "100,=3", NO_KEY("=3") },
    { "100,control_word=", NO_KEY("control_word=") },
    { "100,control_word=true", NO_KEY("control_word=true") },
    { "100,control_words", NO_KEY("control_words") },
    { "100,control-word", NO_KEY("control-word") },
    { "100,payload=ip", NO_KEY("payload=ip") },
    { "100,bos=0", NO_KEY("bos=0") },
    { "100,tc=3,tc=4", NO_KEY("tc=4") },
    { "100,tc=3,ttl=4,tc=3", NO_KEY("tc=3") },
    { "100,ttl=3,ttl=inherit", NO_KEY("ttl=inherit") },
    { "100,control_word,control_word", NO_KEY("control_word") },

    { "100,tc=", "tc=; tc is 0 to 7 or inherit" },
    { "100,tc=8", "tc=8; tc is 0 to 7 or inherit" },
    { "100,tc=-1", "tc=-1; tc is 0 to 7 or inherit" },
    { "100,tc=256", "tc=256; tc is 0 to 7 or inherit" },
    { "100,tc=3x", "tc=3x; tc is 0 to 7 or inherit" },
    { "100,tc=3=4", "tc=3=4; tc is 0 to 7 or inherit" },
    { "100,tc=Inherit", "tc=Inherit; tc is 0 to 7 or inherit" },
    { "100,tc=inherited", "tc=inherited; tc is 0 to 7 or inherit" },
    { "100,tc=copy", "tc=copy; tc is 0 to 7 or inherit" },
    { "100,tc=0x000000000000000000000000070",
      "tc=0x00000000000000000000000...; tc is 0 to 7 or inherit" },
    { "100,ttl=", "ttl=; ttl is 1 to 255 or inherit" },
    { "100,ttl=0", "ttl=0; ttl is 1 to 255 or inherit" },
    { "100,ttl=256", "ttl=256; ttl is 1 to 255 or inherit" },
    { "100,ttl=65537", "ttl=65537; ttl is 1 to 255 or inherit" },
    { "100,ttl=-1", "ttl=-1; ttl is 1 to 255 or inherit" },
    { "100,ttl=0x0000000000000000000000001f",
      "ttl=0x0000000000000000000000...; ttl is 1 to 255 or inherit" },
    { "100,ttl=copy", "ttl=copy; ttl is 1 to 255 or inherit" },
};

static const struct text pops[] = {
    { ",", NO_POP_KEY("") },
    { "all,", NO_POP_KEY("") },
    { ",all", NO_POP_KEY("") },
    { "none", NO_POP_KEY("none") },
    { "3", NO_POP_KEY("3") },
    { "All", NO_POP_KEY("All") },
    { " all", NO_POP_KEY(" all") },
    { "all=", NO_POP_KEY("all=") },
    { "all=1", NO_POP_KEY("all=1") },
    { "count", NO_POP_KEY("count") },
    { "n=1", NO_POP_KEY("n=1") },
    { "=1", NO_POP_KEY("=1") },
    { "tc=3", NO_POP_KEY("tc=3") },
    { "payload", NO_POP_KEY("payload") },
    { "ttl", NO_POP_KEY("ttl") },
    { "control_word=1", NO_POP_KEY("control_word=1") },
    { "all,all", NO_POP_KEY("all") },
    { "all,count=1", NO_POP_KEY("count=1") },
    { "count=1,all", NO_POP_KEY("all") },
    { "count=1,count=1", NO_POP_KEY("count=1") },
    { "payload=ip,payload=ip", NO_POP_KEY("payload=ip") },
    { "ttl=copy,ttl=copy", NO_POP_KEY("ttl=copy") },
    { "control_word,control_word", NO_POP_KEY("control_word") },

    { "a-part-of-31-characters-is-whole",
      NO_POP_KEY("a-part-of-31-characters-is-w...") },
    { "a-part-of-31-characters-is-here",
      NO_POP_KEY("a-part-of-31-characters-is-here") },

    { "count=", "count=; count is 1 to 16 or all" },
    { "count=0", "count=0; count is 1 to 16 or all" },
    { "count=17", "count=17; count is 1 to 16 or all" },
    { "count=254", "count=254; count is 1 to 16 or all" },
    { "count=257", "count=257; count is 1 to 16 or all" },
    { "count=-1", "count=-1; count is 1 to 16 or all" },
    { "count=01", "count=01; count is 1 to 16 or all" },
    { "count=ALL", "count=ALL; count is 1 to 16 or all" },
    { "count=1=2", "count=1=2; count is 1 to 16 or all" },
    { "count=0x000000000000000000000010",
      "count=0x00000000000000000000...; count is 1 to 16 or all" },
    { "payload=", "payload=; payload is ethernet, ip, mpls or auto" },
    { "payload=ipv4", "payload=ipv4; payload is ethernet, ip, mpls or auto" },
    { "payload=IP", "payload=IP; payload is ethernet, ip, mpls or auto" },
    { "payload=1", "payload=1; payload is ethernet, ip, mpls or auto" },
    { "ttl=", "ttl=; ttl is copy or not given" },
    { "ttl=inherit", "ttl=inherit; ttl is copy or not given" },
    { "ttl=64", "ttl=64; ttl is copy or not given" },
    { "payload=mpls", "payload=mpls with all labels taken off; give a count "
      "of labels" },
    { "all,payload=mpls", "payload=mpls with all labels taken off; give a "
      "count of labels" },
    { "count=all,payload=mpls", "payload=mpls with all labels taken off; "
      "give a count of labels" },
    { "count=1,control_word", "control_word with payload=mpls; a control word "
      "stands below the bottom of the stack only" },
    { "count=1,payload=mpls,control_word", "control_word with payload=mpls; "
      "a control word stands below the bottom of the stack only" },
};

/* Parses a copy of 'text' as either action, with a message of its own memory,
 * and compares that with 'message'. */
static void
expect_refused(const char *text, bool is_push, const char *message)
{
    char *copy = (char *) unit_copy(text, strlen(text) + 1);
    char *error = malloc(LABEL_ACTION_TEXT_SIZE);
    struct label_push push;
    struct label_pop pop;

    memset(error, 'X', LABEL_ACTION_TEXT_SIZE);
    if (unit_true("is refused",
                  !(is_push ? label_push_parse(copy, &push, error)
                            : label_pop_parse(copy, &pop, error)))) {
        unit_text("message", message, error);
    }
    free(error);
    free(copy);
}

static void
test_texts(void)
{
    for (size_t i = 0; i < sizeof pushes / sizeof pushes[0]; i++) {
        unit_case("push_labels(%s) is refused", pushes[i].text);
        expect_refused(pushes[i].text, true, pushes[i].message);
    }
    for (size_t i = 0; i < sizeof pops / sizeof pops[0]; i++) {
        unit_case("pop_labels(%s) is refused", pops[i].text);
        expect_refused(pops[i].text, false, pops[i].message);
    }
}

/* Labels that are as long together as their text may be, and longer. */
static void
test_long(void)
{
    char text[1000] = "1048575";

    unit_case("push_labels of more than 16 labels, and of very many");
    while (strlen(text) + 8 < sizeof text) {
        strcat(text, "/1048575");
        if (strlen(text) / 8 >= 16) {
            expect_refused(text, true, strlen(text) < LABEL_ACTION_TEXT_SIZE
                           ? "label 1048575 is one too many; push_labels "
                             "takes 1 to 16"
                           : "too long; push_labels takes 1 to 16 labels");
        }
    }
    unit_case("push_labels of text as long as the buffer");
    for (size_t n = 200; n < 300; n++) {
        memset(text, '/', n);
        text[n] = '\0';
        expect_refused(text, true, n < LABEL_ACTION_TEXT_SIZE ? NO_LABEL("")
                       : "too long; push_labels takes 1 to 16 labels");
    }
}

/* Values that no text has, as they may come from a message. */
static void
test_check_push(void)
{
    static const struct {
        struct label_push push;
        const char *message;
    } cases[] = {
        { { .n = 0 }, "0 labels; push_labels takes 1 to 16" },
        { { .n = 17 }, "17 labels; push_labels takes 1 to 16" },
        { { .n = 255 }, "255 labels; push_labels takes 1 to 16" },
        { { .n = 1, .labels = { 3 }, .ttl = 1 },
          "label 3 cannot be pushed; labels are 0 to 1048575 except 3, "
          "implicit null" },
        { { .n = 1, .labels = { 1048576 }, .ttl = 1 },
          "label 1048576 cannot be pushed; labels are 0 to 1048575 except 3, "
          "implicit null" },
        { { .n = 2, .labels = { 100, 4294967295 }, .ttl = 1 },
          "label 4294967295 cannot be pushed; labels are 0 to 1048575 except "
          "3, implicit null" },
        { { .n = 16, .labels = { [15] = 3 }, .ttl = 1 },
          "label 3 cannot be pushed; labels are 0 to 1048575 except 3, "
          "implicit null" },
        { { .n = 15, .labels = { [15] = 3 }, .ttl = 1 }, NULL },
        { { .n = 1, .tc = 7, .ttl = 255, .labels = { 1048575 } }, NULL },
        { { .n = 1, .tc = -1, .ttl = -1 }, NULL },
        { { .n = 1, .tc = -2, .ttl = -2 }, NULL },
        { { .n = 1, .tc = 8, .ttl = 1 }, "tc=8; tc is 0 to 7 or inherit" },
        { { .n = 1, .tc = -3, .ttl = 1 }, "tc=-3; tc is 0 to 7 or inherit" },
        { { .n = 1, .ttl = 0 }, "ttl=0; ttl is 1 to 255 or inherit" },
        { { .n = 1, .ttl = 256 }, "ttl=256; ttl is 1 to 255 or inherit" },
        { { .n = 1, .ttl = -3 }, "ttl=-3; ttl is 1 to 255 or inherit" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *error = malloc(LABEL_ACTION_TEXT_SIZE);

        unit_case("push_labels of values: %s",
                  cases[i].message ? cases[i].message : "right");
        unit_number("is taken", !cases[i].message,
                    label_push_check(&cases[i].push, error));
        if (cases[i].message) {
            unit_text("message", cases[i].message, error);
        }
        free(error);
    }
}

/* Returns what is wrong with 'pop', or null: by the rules in words. */
static const char *
find_wrong(const struct label_pop *pop)
{
    enum { MPLS, AUTO = 3, NONE };
    bool counts = pop->count >= 1 && pop->count <= 16;
    bool is_mpls = pop->payload == MPLS || (pop->payload == NONE && counts);

    return !counts && pop->count && pop->count < 254 ? "count="
           : pop->payload > NONE ? "payload is number "
           : pop->ttl_copy > 1 || pop->control_word > 1
           ? "a flag is neither 0 nor 1"
           : is_mpls && !counts ? "payload=mpls with all labels"
           : is_mpls && pop->control_word ? "control_word with payload=mpls"
           : NULL;
}

static void
test_check_pop(void)
{
    unit_case("pop_labels of every value");
    for (unsigned int i = 0; i < 256u * 8 * 3 * 3; i++) {
        struct label_pop pop = {
            .count = (uint8_t) i,
            .payload = (uint8_t) (i / 256 % 8 < 7 ? i / 256 % 8 : 255),
            .ttl_copy = (uint8_t) (i / 2048 % 3),
            .control_word = (uint8_t) (i / 6144)
        };
        char *error = malloc(LABEL_ACTION_TEXT_SIZE);
        const char *wrong = find_wrong(&pop);

        unit_number("is taken", !wrong, label_pop_check(&pop, error));
        if (wrong) {
            error[strlen(wrong)] = '\0';
            unit_text("message", wrong, error);
        }
        free(error);
    }
}

static void
test_labels(void)
{
    unit_case("L-05 labels that may be pushed");
    for (uint64_t label = 0; label < 1 << 21; label++) {
        unit_number("may be", label < 1048576 && label != 3,
                    label_action_label_ok(label));
    }
    unit_true("bit 32", !label_action_label_ok(UINT64_C(1) << 32));
    unit_true("bit 63", !label_action_label_ok(UINT64_C(1) << 63));
}

void
test_label_action_errors(void)
{
    test_texts();
    test_long();
    test_check_push();
    test_check_pop();
    test_labels();
}
