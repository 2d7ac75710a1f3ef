/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include <ctype.h>
#include "bitmap.h"
#include "ctl.h"
#include "ovsdb-data.h"
#include "ovsdb-error.h"
#include "ovsdb-idl-provider.h"
#include "util.h"

/* Names go into command lines, by "trace --appctl" even of other programs. */
#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz" \
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:@+-"

static void
add_columns(struct ovsdb_idl *idl, const struct ovsdb_idl_table_class *table)
{
    ovsdb_idl_add_table(idl, table);
    for (size_t i = 0; i < table->n_columns; i++) {
        ovsdb_idl_add_column(idl, &table->columns[i]);
    }
}

void
ctl_pre_config(struct ctl_context *ctx)
{
    for (size_t i = 0; i < MPLSREC_N_TABLES; i++) {
        if (i != MPLSREC_TABLE_LABEL) {
            add_columns(ctx->idl, &mplsrec_table_classes[i]);
        }
    }
}

void
ctl_pre_all(struct ctl_context *ctx)
{
    ctl_pre_config(ctx);
    add_columns(ctx->idl, &mplsrec_table_label);
}

void
ctl_take_error(struct ctl_context *ctx, char *error)
{
    if (error) {
        if (!ctx->error) {
            ctl_error(ctx, "%s", error);
        }
        free(error);
    }
}

/* Sets ctx->error to "KIND "NAME": WHAT", where KIND is the table's name as in
 * the text of a sentence. */
static void OVS_PRINTF_FORMAT(4, 5)
row_error(struct ctl_context *ctx, const struct ovsdb_idl_table_class *table,
          const char *name, const char *what, ...)
{
    va_list args;

    va_start(args, what);
    char *text = xvasprintf(what, args);
    va_end(args);
    ctl_error(ctx, "%c%s \"%s\": %s", tolower((unsigned char) table->name[0]),
              table->name + 1, name, text);
    free(text);
}

static const char *
row_name(const struct ovsdb_idl_row *row)
{
    const struct ovsdb_idl_table_class *table = row->table->class_;

    for (size_t i = 0; i < table->n_columns; i++) {
        if (!strcmp(table->columns[i].name, "name")) {
            return ovsdb_idl_read(row, &table->columns[i])->keys[0].s->string;
        }
    }
    OVS_NOT_REACHED();
}

/* Not by ctl_get_row(), which takes four digits for the start of a UUID, too:
 * names like "adb1" would be those of other rows. */
static const struct ovsdb_idl_row *
find_row(struct ovsdb_idl *idl, const struct ovsdb_idl_table_class *table,
         const char *name)
{
    const struct ovsdb_idl_row *row;
    struct uuid uuid;

    if (uuid_from_string(&uuid, name)) {
        return ovsdb_idl_get_row_for_uuid(idl, table, &uuid);
    }
    for (row = ovsdb_idl_first_row(idl, table); row;
         row = ovsdb_idl_next_row(row)) {
        if (!strcmp(row_name(row), name)) {
            return row;
        }
    }
    return NULL;
}

const void *
ctl_find(struct ctl_context *ctx, const struct ovsdb_idl_table_class *table,
         const char *name, bool must_exist)
{
    const struct ovsdb_idl_row *row = find_row(ctx->idl, table, name);

    if (!row && must_exist && !ctx->error) {
        row_error(ctx, table, name, "there is none; \"%s list %s\" shows "
                  "those that there are", program_name, table->name);
    }
    return row;
}

const void *
ctl_find_to_delete(struct ctl_context *ctx,
                   const struct ovsdb_idl_table_class *table, const char *name)
{
    bool if_exists = shash_find(&ctx->options, "--if-exists");

    return ctl_find(ctx, table, name, !if_exists && !ctl_sent_before);
}

bool
ctl_begin_add(struct ctl_context *ctx,
              const struct ovsdb_idl_table_class *table, const char *name,
              const void **existing)
{
    bool may_exist = shash_find(&ctx->options, "--may-exist");

    *existing = NULL;
    if (!name[0] || name[0] == '-' || name[strspn(name, NAME_CHARACTERS)]) {
        ctl_error(ctx, "name \"%s\": give letters, digits and _.:@+-, the "
                  "last not in front", name);
        return false;
    }

    *existing = ctl_find(ctx, table, name, false);
    if (*existing && !may_exist && !ctl_sent_before) {
        row_error(ctx, table, name, "exists already; give another name, or "
                  "--may-exist");
        *existing = NULL;
    }
    return !*existing && !ctx->error;
}

char *
ctl_describe_label(const struct mplsrec_label *label)
{
    const char *role = label->role ? label->role : "promiscuous";

    if (label->tenant) {
        return xasprintf("%s of tenant \"%s\"", label->purpose,
                         label->tenant->name);
    }
    return xasprintf("%s of network \"%s\" from %s ports", label->purpose,
                     label->network ? label->network->name : "(gone)", role);
}

char *
ctl_describe_row(const struct ovsdb_idl_row *row)
{
    const struct ovsdb_idl_table_class *table = row->table->class_;

    if (table == &mplsrec_table_label) {
        const struct mplsrec_label *label
            = CONTAINER_OF(row, struct mplsrec_label, header_);
        char *what = ctl_describe_label(label);
        char *text = xasprintf("label %"PRId64", %s", label->value, what);

        free(what);
        return text;
    } else if (table == &mplsrec_table_overlay) {
        return xstrdup("the overlay");
    }
    return xasprintf("%c%s \"%s\"", tolower((unsigned char) table->name[0]),
                     table->name + 1, row_name(row));
}

void
ctl_end_change(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
               char *error)
{
    ctl_take_error(ctx, error);
    if (ctx->error) {
        char *what = ctx->error;

        ctx->error = NULL;
        row_error(ctx, row->table->class_, row_name(row), "%s", what);
        free(what);
    }
}

static char *
old_value(const struct ovsdb_idl_row *row, size_t i)
{
    struct ds ds = DS_EMPTY_INITIALIZER;

    ovsdb_datum_to_string(&row->old_datum[i],
                          &row->table->class_->columns[i].type, &ds);
    return ds_steal_cstr(&ds);
}

void
ctl_end_add(struct ctl_context *ctx, const struct ovsdb_idl_row *row)
{
    const struct ovsdb_idl_table_class *table = row->table->class_;

    if (!row->written || !row->old_datum) {
        return;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        if (bitmap_is_set(row->written, i)
            && !ovsdb_datum_equals(&row->old_datum[i], &row->new_datum[i],
                                   &table->columns[i].type)) {
            char *value = old_value(row, i);

            row_error(ctx, table, row_name(row), "exists already, with %s %s",
                      table->columns[i].name, value);
            free(value);
            return;
        }
    }
}

/* Makes 'word' an atom of the column's type: a name is that of a row if the
 * column refers to rows, which only Port.allowed_hypervisors does. */
static bool
parse_atom(struct ctl_context *ctx, const struct ctl_setting *setting,
           const char *word, union ovsdb_atom *atom)
{
    const struct ovsdb_base_type *base = &setting->column->type.key;

    if (base->type == OVSDB_TYPE_UUID) {
        const struct mplsrec_hypervisor *hypervisor
            = ctl_find(ctx, &mplsrec_table_hypervisor, word, true);

        if (hypervisor) {
            atom->uuid = hypervisor->header_.uuid;
        }
        return hypervisor != NULL;
    }

    char *canonical = NULL;
    char *error = setting->word ? setting->word(word, &canonical) : NULL;
    if (!error && base->type == OVSDB_TYPE_STRING) {
        atom->s = ovsdb_atom_string_create(canonical ? canonical : word);
        struct ovsdb_error *dbe = ovsdb_atom_check_constraints(atom, base);
        if (dbe) {
            ovsdb_atom_destroy(atom, OVSDB_TYPE_STRING);
            error = ovsdb_error_to_string_free(dbe);
        }
    } else if (!error) {
        error = ovsdb_atom_from_string(atom, NULL, base, word, NULL);
    }
    free(canonical);
    if (error) {
        ctl_error(ctx, "%s: %s", setting->column->name, error);
        free(error);
    }
    return !ctx->error;
}

void
ctl_set_words(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
              const struct ctl_setting *setting, const struct svec *words)
{
    const struct ovsdb_type *type = &setting->column->type;
    struct ovsdb_datum datum;

    if (words->n < type->n_min || words->n > type->n_max) {
        ctl_error(ctx, "%s: %"PRIuSIZE" values given, but there must be %s %u",
                  setting->column->name, words->n,
                  words->n < type->n_min ? "at least" : "at most",
                  words->n < type->n_min ? type->n_min : type->n_max);
        return;
    }

    ovsdb_datum_init_empty(&datum);
    datum.keys = xcalloc(MAX(words->n, 1), sizeof *datum.keys);
    while (datum.n < words->n) {
        if (!parse_atom(ctx, setting, words->names[datum.n],
                        &datum.keys[datum.n])) {
            ovsdb_datum_destroy(&datum, type);
            return;
        }
        datum.n++;
    }
    ovsdb_idl_txn_write(row, setting->column, &datum);
}

static int
compare_rows(const void *a_, const void *b_)
{
    const struct ovsdb_idl_row *const *a = a_;
    const struct ovsdb_idl_row *const *b = b_;

    return strcmp(row_name(*a), row_name(*b));
}

const void **
ctl_sorted_rows(struct ctl_context *ctx,
                const struct ovsdb_idl_table_class *table, size_t *n)
{
    const void **rows = NULL;
    size_t allocated = 0;

    *n = 0;
    for (const struct ovsdb_idl_row *row = ovsdb_idl_first_row(ctx->idl,
                                                               table);
         row; row = ovsdb_idl_next_row(row)) {
        if (*n >= allocated) {
            rows = x2nrealloc(rows, &allocated, sizeof *rows);
        }
        rows[(*n)++] = row;
    }
    if (*n) {
        qsort(rows, *n, sizeof *rows, compare_rows);
    }
    return rows;
}

static void
split(const char *value, struct svec *words)
{
    char *copy = xstrdup(value);
    char *save = NULL;

    for (char *word = strtok_r(copy, ",", &save); word;
         word = strtok_r(NULL, ",", &save)) {
        svec_add(words, word);
    }
    free(copy);
}

/* Sets what "KEY=VALUE" in 'arg' says.  VALUE has several values, separated by
 * commas, for a set, and may be empty for what needs no value. */
static void
apply_setting(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
              const char *arg, const struct ctl_setting *settings, size_t n)
{
    size_t key_len = strcspn(arg, "=");
    struct ds keys = DS_EMPTY_INITIALIZER;

    for (size_t i = 0; i < n; i++) {
        const struct ovsdb_idl_column *column = settings[i].column;

        if (strlen(column->name) == key_len
            && !strncmp(arg, column->name, key_len)) {
            const char *value = arg + key_len + 1;
            struct svec words = SVEC_EMPTY_INITIALIZER;

            if (column->type.n_max > 1) {
                split(value, &words);
            } else if (value[0] || column->type.n_min) {
                svec_add(&words, value);
            }
            ctl_set_words(ctx, row, &settings[i], &words);
            svec_destroy(&words);
            ds_destroy(&keys);
            return;
        }
        ds_put_format(&keys, "%s%s", i ? ", " : "", column->name);
    }
    ctl_error(ctx, "%s: \"%.*s\" cannot be set; give %s",
              ctx->argv[0], (int) key_len, arg, ds_cstr(&keys));
    ds_destroy(&keys);
}

void
ctl_apply_settings(struct ctl_context *ctx, const struct ovsdb_idl_row *row,
                   int first, const struct ctl_setting *settings, size_t n,
                   struct svec *words)
{
    for (int i = first; i < ctx->argc && !ctx->error; i++) {
        if (strchr(ctx->argv[i], '=')) {
            apply_setting(ctx, row, ctx->argv[i], settings, n);
        } else if (words) {
            svec_add(words, ctx->argv[i]);
        } else {
            ctl_error(ctx, "%s: argument \"%s\": give KEY=VALUE",
                      ctx->argv[0], ctx->argv[i]);
        }
    }
}
