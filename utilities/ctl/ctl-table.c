/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "ctl.h"
#include "openvswitch/json.h"
#include "ovsdb-types.h"
#include "table.h"
#include "util.h"

struct table *
ctl_table(struct ctl_context *ctx, const char *headings)
{
    char *copy = xstrdup(headings);
    char *save = NULL;

    ctx->table = xmalloc(sizeof *ctx->table);
    table_init(ctx->table);
    for (char *word = strtok_r(copy, " ", &save); word;
         word = strtok_r(NULL, " ", &save)) {
        table_add_column(ctx->table, "%s", word);
    }
    free(copy);
    return ctx->table;
}

static void
put_json(struct table *table, struct json *json, const struct ovsdb_type *type)
{
    struct cell *cell = table_add_cell(table);

    cell->json = json;
    cell->type = type;
}

void
ctl_put_text(struct table *table, const char *text)
{
    put_json(table, json_string_create(text), &ovsdb_type_string);
}

void
ctl_put_integer(struct table *table, long long int value)
{
    put_json(table, json_integer_create(value), &ovsdb_type_integer);
}

void
ctl_put_boolean(struct table *table, bool value)
{
    put_json(table, json_boolean_create(value), &ovsdb_type_boolean);
}

void
ctl_put_strings(struct table *table, char *const *strings, size_t n)
{
    static const struct ovsdb_type strings_type = {
        .key = OVSDB_BASE_STRING_INIT,
        .value = OVSDB_BASE_VOID_INIT,
        .n_max = UINT_MAX,
    };
    struct json *members = json_array_create_empty();

    for (size_t i = 0; i < n; i++) {
        json_array_add(members, json_string_create(strings[i]));
    }
    put_json(table, json_array_create_2(json_string_create("set"), members),
             &strings_type);
}
