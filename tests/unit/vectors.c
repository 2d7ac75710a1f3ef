/* SPDX-License-Identifier: Apache-2.0 */

#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tunnel.h"

enum { N_COLUMNS = 6 };

/* Cuts 'line' at each '|' and strips spaces.  Returns false if there are not
 * N_COLUMNS columns. */
static bool
split(char *line, char *columns[N_COLUMNS])
{
    int n = 0;

    for (char *p = line; p; n++) {
        char *end = strchr(p, '|'), *last;

        if (end) {
            *end = '\0';
        }
        p += strspn(p, " ");
        for (last = p + strlen(p); last > p && strchr(" \n", last[-1]);) {
            *--last = '\0';
        }
        if (n < N_COLUMNS) {
            columns[n] = p;
        }
        p = end ? end + 1 : NULL;
    }
    return n == N_COLUMNS;
}

static bool
parse_options(char *text, struct vector *v)
{
    char *word = strstr(text, "noreencode");

    v->reencode = !word;
    if (word) {
        memset(word, ' ', strlen("noreencode"));
    }
    return tunnel_options(&v->config, *text == '-' ? "" : text);
}

static bool
parse_verdict(const char *text, struct vector *v)
{
    for (int i = 0; i < MPLSUDP_N_VERDICTS; i++) {
        if (!strcmp(text, mplsudp_drop_name(i))) {
            v->verdict = i;
            return true;
        }
    }
    return false;
}

static bool
parse_fields(char *text, struct vector *v)
{
    const struct {
        const char *name;
        int64_t *field;
    } fields[] = {
        { "key=", &v->key }, { "type=", &v->type }, { "size=", &v->size },
        { "ecn=", &v->ecn }, { "ttl=", &v->ttl },
    };
    enum { N_FIELDS = sizeof fields / sizeof fields[0] };

    v->key = v->type = v->size = v->ecn = v->ttl = VECTOR_NONE;
    for (char *p = strtok(text, ", "); p; p = strtok(NULL, ", ")) {
        char *end;
        size_t i = 0;

        while (i < N_FIELDS
               && strncmp(p, fields[i].name, strlen(fields[i].name))) {
            i++;
        }
        if (i < N_FIELDS) {
            *fields[i].field = strtoll(p + strlen(fields[i].name), &end, 0);
        }
        if (i < N_FIELDS ? *end != '\0' : strcmp(p, "-")) {
            return false;
        }
    }
    return true;
}

/* Parses 'text' into 'v->frame', which holds the last vector's. */
static bool
parse_hex(const char *text, struct vector *v)
{
    size_t n = strlen(text) / 2;

    if (!strcmp(text, "=")) {
        return v->frame_size > 0;
    }
    if (strlen(text) % 2 || n > sizeof v->frame
        || text[strspn(text, "0123456789abcdef")]) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char digits[3] = { text[2 * i], text[2 * i + 1] };

        v->frame[i] = (uint8_t) strtoul(digits, NULL, 16);
    }
    v->frame_size = n;
    return true;
}

static const char *
parse_line(char *line, struct vector *v)
{
    char *columns[N_COLUMNS];

    if (!split(line, columns)) {
        return "not six columns";
    }
    snprintf(v->name, sizeof v->name, "%s", columns[0]);
    return !*v->name ? "no name"
           : !parse_options(columns[1], v) ? "bad options"
           : !parse_verdict(columns[2], v) ? "bad verdict"
           : !parse_fields(columns[3], v) ? "bad fields"
           : !parse_hex(columns[4], v) ? "bad hex"
           : !*columns[5] ? "no source" : NULL;
}

const char *
vectors_read(const char *name, void (*run)(const struct vector *),
             int *line_number)
{
    static struct vector v;
    static char line[8192];
    const char *error = NULL;
    FILE *file = fopen(name, "r");

    *line_number = 0;
    if (!file) {
        return "cannot be opened";
    }
    v.frame_size = 0;
    while (!error && fgets(line, sizeof line, file)) {
        ++*line_number;
        if (*line != '#' && *line != '\n') {
            error = parse_line(line, &v);
            if (!error) {
                run(&v);
            }
        }
    }
    fclose(file);
    return error;
}
