/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-ctl: the tool with which an operator changes and asks MPLS_Overlay.
 *
 * This file has the options, the transaction that all commands of a command
 * line share, and the output.  ctl.h says where the commands are. */

#include <config.h>
#include <getopt.h>
#include <stdlib.h>
#include "command-line.h"
#include "ctl.h"
#include "ctl-options.h"
#include "fatal-signal.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vlog.h"
#include "ovsdb-idl.h"
#include "process.h"
#include "table.h"
#include "timeval.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mplsudp_ctl);

bool ctl_sent_before;
int ctl_exit_status = EXIT_SUCCESS;

/* "sync" is among the commands. */
static bool sync_requested;

/* The database refused a transaction that our copy of it allows; the copy has
 * then been fetched anew. */
static bool refused_before;

/* For exit_ctl(). */
static struct ovsdb_idl *the_idl;
static struct ovsdb_idl_txn *the_idl_txn;

static const struct ctl_table_class tables[MPLSREC_N_TABLES] = {
    [MPLSREC_TABLE_HYPERVISOR].row_ids[0] = {
        &mplsrec_hypervisor_col_name, NULL, NULL },
    [MPLSREC_TABLE_NETWORK].row_ids[0] = {
        &mplsrec_network_col_name, NULL, NULL },
    [MPLSREC_TABLE_PEER].row_ids[0] = {
        &mplsrec_peer_col_name, NULL, NULL },
    [MPLSREC_TABLE_PORT].row_ids[0] = {
        &mplsrec_port_col_name, NULL, NULL },
    [MPLSREC_TABLE_TENANT].row_ids[0] = {
        &mplsrec_tenant_col_name, NULL, NULL },
};

/* What a command line comes to. */
struct run {
    struct ctl_command *commands;
    size_t n_commands;
    bool writes;
    char *args;                 /* For the database's log. */
};

void
ctl_request_sync(void)
{
    sync_requested = true;
}

static void
register_commands(void)
{
    static const struct ctl_command_syntax *const all[] = {
        overlay_commands, hypervisor_commands, tenant_commands,
        network_commands, port_commands, peer_commands, label_commands,
        show_commands, check_commands, cost_commands, trace_commands,
    };

    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        ctl_register_commands(all[i]);
    }
}

/* Frees what leak checkers would report, and exits. */
static void
exit_ctl(int status)
{
    if (the_idl_txn) {
        ovsdb_idl_txn_abort(the_idl_txn);
        ovsdb_idl_txn_destroy(the_idl_txn);
    }
    ovsdb_idl_destroy(the_idl);
    exit(status);
}

static void
run_prerequisites(struct run *run, struct ovsdb_idl *idl)
{
    ovsdb_idl_add_table(idl, &mplsrec_table_overlay);
    ovsdb_idl_add_column(idl, &mplsrec_overlay_col_generation);
    ovsdb_idl_add_column(idl, &mplsrec_overlay_col_acknowledged);
    for (struct ctl_command *c = run->commands;
         c < &run->commands[run->n_commands]; c++) {
        struct ctl_context ctx;

        ds_init(&c->output);
        c->table = NULL;
        if (c->syntax->prerequisites) {
            ctl_context_init(&ctx, c, idl, NULL, NULL, NULL);
            c->syntax->prerequisites(&ctx);
            if (ctx.error) {
                ctl_fatal("%s", ctx.error);
            }
            ctl_context_done(&ctx, c);
        }
    }
}

/* Returns false if a command wants to be tried again when the database has
 * changed ("wait-until" does). */
static bool
run_commands(struct run *run, struct ovsdb_idl *idl,
             struct ovsdb_idl_txn *txn, struct ovsdb_symbol_table *symtab)
{
    struct ctl_context ctx;
    bool done = true;

    for (size_t i = 0; i < run->n_commands; i++) {
        ds_init(&run->commands[i].output);
        run->commands[i].table = NULL;
    }
    ctl_context_init(&ctx, NULL, idl, txn, symtab, NULL);
    for (size_t i = 0; i < run->n_commands && done; i++) {
        ctl_context_init_command(&ctx, &run->commands[i],
                                 i == run->n_commands - 1);
        run->commands[i].syntax->run(&ctx);
        if (ctx.error) {
            ctl_fatal("%s", ctx.error);
        }
        ctl_context_done_command(&ctx, &run->commands[i]);
        done = !ctx.try_again;
    }
    ctl_context_done(&ctx, NULL);
    return done;
}

static void
postprocess(struct run *run, struct ovsdb_idl *idl, struct ovsdb_idl_txn *txn,
            struct ovsdb_symbol_table *symtab)
{
    for (struct ctl_command *c = run->commands;
         c < &run->commands[run->n_commands]; c++) {
        struct ctl_context ctx;

        if (c->syntax->postprocess) {
            ctl_context_init(&ctx, c, idl, txn, symtab, NULL);
            c->syntax->postprocess(&ctx);
            if (ctx.error) {
                ctl_fatal("%s", ctx.error);
            }
            ctl_context_done(&ctx, c);
        }
    }
}

static void
free_output(struct run *run)
{
    for (struct ctl_command *c = run->commands;
         c < &run->commands[run->n_commands]; c++) {
        ds_destroy(&c->output);
        table_destroy(c->table);
        free(c->table);
    }
}

static void
print_output(struct run *run)
{
    for (struct ctl_command *c = run->commands;
         c < &run->commands[run->n_commands]; c++) {
        if (c->table) {
            /* "list" and "find" show rows with their columns, as other tools
             * built on this library do; our lists are short. */
            bool generic = (!strcmp(c->syntax->name, "list")
                            || !strcmp(c->syntax->name, "find"));
            struct table_style style = ctl_table_style(generic);

            table_print(c->table, &style);
        } else {
            fputs(ds_cstr(&c->output), stdout);
        }
    }
    free_output(run);
}

/* Waits until the controller reports 'generation' for all hypervisors.  The
 * connection may break in between. */
static void
wait_for_hypervisors(struct ovsdb_idl *idl, int64_t generation)
{
    ovsdb_idl_enable_reconnect(idl);
    for (;;) {
        ovsdb_idl_run(idl);

        const struct mplsrec_overlay *overlay = mplsrec_overlay_first(idl);
        if (overlay && overlay->acknowledged >= generation) {
            return;
        }
        ovsdb_idl_wait(idl);
        poll_block();
    }
}

static void
check_symbols(const struct ovsdb_symbol_table *symtab)
{
    struct shash_node *node;

    SHASH_FOR_EACH (node, &symtab->sh) {
        const struct ovsdb_symbol *symbol = node->data;

        if (!symbol->created) {
            ctl_fatal("row id \"%s\": no command has --id=%s", node->name,
                      node->name);
        }
        if (!symbol->strong_ref) {
            VLOG_WARN("row id \"%s\": no row refers to it strongly, so that "
                      "it will not stay in the database", node->name);
        }
    }
}

static struct ovsdb_idl_txn *
create_txn(struct run *run, struct ovsdb_idl *idl, bool wait)
{
    struct ovsdb_idl_txn *txn = ovsdb_idl_txn_create(idl);
    const struct mplsrec_overlay *overlay = mplsrec_overlay_first(idl);

    if (ctl_options.dry_run) {
        ovsdb_idl_txn_set_dry_run(txn);
    }
    ovsdb_idl_txn_add_comment(txn, "mplsudp-ctl: %s", run->args);
    if (run->writes && !overlay) {
        overlay = mplsrec_overlay_insert(txn);
    }
    if (wait) {
        ovsdb_idl_txn_increment(txn, &overlay->header_,
                                &mplsrec_overlay_col_generation,
                                sync_requested);
    }
    return txn;
}

/* Returns true if 'txn' is done, and false if it should be tried again when
 * our copy of the database has changed. */
static bool
commit(struct ovsdb_idl *idl, struct ovsdb_idl_txn *txn,
       enum ovsdb_idl_txn_status *status)
{
    *status = ovsdb_idl_txn_commit_block(txn);
    switch (*status) {
    case TXN_UNCHANGED:
    case TXN_SUCCESS:
        return true;

    case TXN_TRY_AGAIN:
        ctl_sent_before = true;
        return false;

    case TXN_ERROR:
        /* Another client may have added a row with the same name just before:
         * with a fresh copy, a command can say so. */
        if (!refused_before && strstr(ovsdb_idl_txn_get_error(txn),
                                      "constraint violation")) {
            refused_before = true;
            ovsdb_idl_enable_reconnect(idl);
            ovsdb_idl_force_reconnect(idl);
            return false;
        }
        ctl_fatal("transaction error: %s", ovsdb_idl_txn_get_error(txn));

    case TXN_UNCOMMITTED:
    case TXN_INCOMPLETE:
    case TXN_ABORTED:
    case TXN_NOT_LOCKED:
    default:
        OVS_NOT_REACHED();
    }
}

/* Runs and commits the commands.  Returns false if that is to be tried again
 * when our copy of the database has changed. */
static bool
do_ctl(struct run *run, struct ovsdb_idl *idl)
{
    bool wait = (run->writes && !ctl_options.dry_run
                 && (ctl_options.wait || sync_requested));
    struct ovsdb_symbol_table *symtab = ovsdb_symbol_table_create();
    struct ovsdb_idl_txn *txn = the_idl_txn = create_txn(run, idl, wait);
    enum ovsdb_idl_txn_status status;
    int64_t generation = 0;

    bool done = run_commands(run, idl, txn, symtab);
    if (done) {
        check_symbols(symtab);
        done = commit(idl, txn, &status);
    }
    if (done) {
        postprocess(run, idl, txn, symtab);
        if (wait && status == TXN_SUCCESS) {
            generation = ovsdb_idl_txn_get_increment_new_value(txn);
        }
    } else {
        ovsdb_idl_txn_abort(txn);
    }
    ovsdb_idl_txn_destroy(txn);
    the_idl_txn = NULL;
    ovsdb_symbol_table_destroy(symtab);

    if (!done) {
        free_output(run);
        return false;
    }
    print_output(run);
    if (wait && status == TXN_SUCCESS) {
        wait_for_hypervisors(idl, generation);
    }
    return true;
}

static void
parse_command_line(int argc, char *argv[], struct run *run)
{
    struct shash local_options = SHASH_INITIALIZER(&local_options);

    run->args = process_escape_args(argv);
    ctl_parse_options(argc, argv, &local_options);
    char *error = ctl_parse_commands(argc - optind, argv + optind,
                                     &local_options, &run->commands,
                                     &run->n_commands);
    if (error) {
        ctl_fatal("%s", error);
    }
    run->writes = ctl_might_write_to_db(run->commands, run->n_commands);
    for (size_t i = 0; i < run->n_commands; i++) {
        if (!strcmp(run->commands[i].syntax->name, "sync")) {
            sync_requested = true;
        }
    }
    VLOG(run->writes ? VLL_INFO : VLL_DBG, "Called as %s", run->args);
}

/* Of what goes wrong, the commands' own errors tell. */
static void
set_log_levels(void)
{
    vlog_set_levels(NULL, VLF_CONSOLE, VLL_WARN);
    vlog_set_levels_from_string_assert("reconnect:warn");
    vlog_set_levels_from_string_assert("ovsdb_idl:console:err");
    vlog_set_levels_from_string_assert("daemon_unix:console:err");
    vlog_set_levels_from_string_assert("unixctl:console:err");
}

int
main(int argc, char *argv[])
{
    struct run run;

    set_program_name(argv[0]);
    fatal_ignore_sigpipe();
    set_log_levels();
    ctl_init(&mplsrec_idl_class, mplsrec_table_classes, tables, NULL,
             exit_ctl);
    register_commands();
    parse_command_line(argc, argv, &run);
    ctl_timeout_setup(ctl_options.timeout);

    struct ovsdb_idl *idl = the_idl
        = ovsdb_idl_create_unconnected(&mplsrec_idl_class, false);
    ovsdb_idl_set_remote(idl, ctl_options.db, ctl_options.retry);
    ovsdb_idl_set_leader_only(idl, ctl_options.leader_only);
    ovsdb_idl_set_db_change_aware(idl, true);
    run_prerequisites(&run, idl);

    /* A transaction that failed because the database changed is tried again
     * with what it has changed to, and not before. */
    unsigned int seqno = ovsdb_idl_get_seqno(idl);
    for (;;) {
        ovsdb_idl_run(idl);
        if (!ovsdb_idl_is_alive(idl)) {
            ctl_fatal("%s: database connection failed (%s)", ctl_options.db,
                      ovs_retval_to_string(ovsdb_idl_get_last_error(idl)));
        }
        if (seqno != ovsdb_idl_get_seqno(idl)) {
            seqno = ovsdb_idl_get_seqno(idl);
            if (do_ctl(&run, idl)) {
                break;
            }
        }
        if (seqno == ovsdb_idl_get_seqno(idl)) {
            ovsdb_idl_wait(idl);
            poll_block();
        }
    }

    for (size_t i = 0; i < run.n_commands; i++) {
        shash_destroy_free_data(&run.commands[i].options);
    }
    free(run.commands);
    free(run.args);
    exit_ctl(ctl_exit_status);
}
