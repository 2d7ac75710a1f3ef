/* SPDX-License-Identifier: Apache-2.0
 *
 * ctl: what the commands of mplsudp-ctl share.
 *
 *   mplsudp-ctl.c     options, transaction, output
 *   ctl-row.c         rows by name, settings "key=value", "--may-exist"
 *   ctl-words.c       a column's words: checked, in the one form stored
 *   ctl-rules.c       what must hold between rows
 *   ctl-table.c       tables for output
 *   ctl-*.c           one file for each kind of row, with its commands
 *   trace-*.c         what "trace" asks switches and reads from them
 *
 * A command writes its row first; then ctl-rules.c looks at the row as it
 * would be, so that commands and "check" apply the same rules.  An error ends
 * the program, and nothing of its transaction is sent.
 *
 * Which rows belong to which is read from the weak references upwards
 * (Port.network), which show what commands before this one did; the sets
 * downwards (Network.ports) are changed by mutations, which do not. */

#ifndef CTL_H
#define CTL_H 1

#include "db-ctl-base.h"
#include "mpls-overlay-idl.h"
#include "overlay-words.h"
#include "svec.h"

/* Commands, each array ending with one without a name. */
extern const struct ctl_command_syntax overlay_commands[];
extern const struct ctl_command_syntax hypervisor_commands[];
extern const struct ctl_command_syntax tenant_commands[];
extern const struct ctl_command_syntax network_commands[];
extern const struct ctl_command_syntax port_commands[];
extern const struct ctl_command_syntax peer_commands[];
extern const struct ctl_command_syntax label_commands[];
extern const struct ctl_command_syntax show_commands[];
extern const struct ctl_command_syntax check_commands[];
extern const struct ctl_command_syntax cost_commands[];
extern const struct ctl_command_syntax trace_commands[];

/* mplsudp-ctl.c */

/* A transaction of this command line was sent before, and it is not known
 * whether it was committed.  So what it created may exist, and what it deleted
 * may be gone. */
extern bool ctl_sent_before;

/* What the program exits with if all goes well; "check" changes it. */
extern int ctl_exit_status;

/* Makes the program wait until all hypervisors have acknowledged everything
 * before now; called by "sync". */
void ctl_request_sync(void);

/* ctl-words.c: check a word of a column and set '*canonical' to it in the form
 * that is stored, which the caller frees; or return an error, which the caller
 * frees. */
typedef char *ctl_word_func(const char *word, char **canonical);
ctl_word_func ctl_word_address, ctl_word_prefix, ctl_word_mac;
ctl_word_func ctl_word_datapath_id, ctl_word_encaps, ctl_word_role;

/* ctl-row.c */

/* A column that a user sets as KEY=VALUE, where KEY is the column's name. */
struct ctl_setting {
    const struct ovsdb_idl_column *column;
    ctl_word_func *word;        /* NULL: what the schema says is enough. */
};

/* Registers everything but labels; everything. */
void ctl_pre_config(struct ctl_context *);
void ctl_pre_all(struct ctl_context *);

/* Returns the row of 'table' named 'name', or by UUID.  If there is none,
 * returns NULL, and if 'must_exist' sets ctx->error. */
const void *ctl_find(struct ctl_context *,
                     const struct ovsdb_idl_table_class *table,
                     const char *name, bool must_exist);

/* As ctl_find(), for a row to delete: "--if-exists" is obeyed. */
const void *ctl_find_to_delete(struct ctl_context *,
                               const struct ovsdb_idl_table_class *table,
                               const char *name);

/* Returns the rows of 'table', which has a column "name", sorted by it: '*n'
 * of them, in an array that the caller frees. */
const void **ctl_sorted_rows(struct ctl_context *,
                             const struct ovsdb_idl_table_class *table,
                             size_t *n);

/* Returns which row it is in words, such as 'port "vm1"'; for a label, what it
 * is for.  The caller frees it. */
char *ctl_describe_row(const struct ovsdb_idl_row *);
char *ctl_describe_label(const struct mplsrec_label *);

/* Prepares to add a row named 'name': returns true if the caller is to insert
 * one.  Otherwise sets '*existing' to the row that "--may-exist" found, or
 * ctx->error. */
bool ctl_begin_add(struct ctl_context *,
                   const struct ovsdb_idl_table_class *table,
                   const char *name, const void **existing);

/* Ends it: an existing row must be what the command said. */
void ctl_end_add(struct ctl_context *, const struct ovsdb_idl_row *existing);

/* Sets a column to 'words'. */
void ctl_set_words(struct ctl_context *, const struct ovsdb_idl_row *,
                   const struct ctl_setting *, const struct svec *words);

/* Applies the arguments from 'first' on that are KEY=VALUE; adds the others to
 * 'words', or refuses them if 'words' is NULL. */
void ctl_apply_settings(struct ctl_context *, const struct ovsdb_idl_row *,
                        int first, const struct ctl_setting *, size_t n,
                        struct svec *words);

/* Ends a change of a row: an error that it met, or 'error', which a rule found
 * and this function frees, names the row. */
void ctl_end_change(struct ctl_context *, const struct ovsdb_idl_row *,
                    char *error);

/* Sets ctx->error to 'error', unless NULL, and frees it. */
void ctl_take_error(struct ctl_context *, char *error);

/* ctl-rules.c: return an error, which the caller frees, or NULL.  They verify
 * the columns that they read, so that a change by another client in between
 * makes the transaction start again. */
char *ctl_overlay_error(const struct mplsrec_overlay *);
char *ctl_hypervisor_error(struct ovsdb_idl *,
                           const struct mplsrec_hypervisor *);
char *ctl_network_error(struct ovsdb_idl *, const struct mplsrec_network *);
char *ctl_network_ports_error(struct ovsdb_idl *,
                              const struct mplsrec_network *);
char *ctl_port_error(struct ovsdb_idl *, const struct mplsrec_port *);
char *ctl_peer_error(struct ovsdb_idl *, const struct mplsrec_peer *);

/* ctl-check.c: asks the controller "COMMAND ARG"; 'arg' may be NULL.  Returns
 * an error if it cannot be asked; otherwise sets '*reply', or '*refusal' if it
 * answers with an error.  The caller frees them. */
char *ctl_ask_controller(const char *command, const char *arg, char **reply,
                         char **refusal);

/* ctl-table.c: output as a table.  ctl_table() makes one for 'ctx' with the
 * columns that 'headings' names, separated by spaces.  Its cells are then put
 * row by row, each row after table_add_row(). */
struct table *ctl_table(struct ctl_context *, const char *headings);
void ctl_put_text(struct table *, const char *);
void ctl_put_integer(struct table *, long long int);
void ctl_put_boolean(struct table *, bool);
void ctl_put_strings(struct table *, char *const *, size_t n);

#endif /* ctl.h */
