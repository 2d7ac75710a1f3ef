/* SPDX-License-Identifier: Apache-2.0
 *
 * mplsudp-controller: gives the tenants of MPLS_Overlay their labels and
 * programs the hypervisors' bridges; see mplsudp-controller(8).
 *
 * This file has the options and the poll loop; overlay.h says how the parts
 * work together. */

#include <config.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include "command-line.h"
#include "controller.h"
#include "daemon.h"
#include "dirs.h"
#include "fatal-signal.h"
#include "memory.h"
#include "openvswitch/poll-loop.h"
#include "openvswitch/vconn.h"
#include "openvswitch/vlog.h"
#include "simap.h"
#include "sset.h"
#include "stream-ssl.h"
#include "stream.h"
#include "unixctl.h"
#include "util.h"

VLOG_DEFINE_THIS_MODULE(mplsudp_controller);

#define DEFAULT_LISTEN "ptcp:6653"

/* What the command line says. */
struct options {
    char *db;
    char *unixctl;
    struct sset methods;
};

static unixctl_cb_func exit_command;

OVS_NO_RETURN static void
usage(void)
{
    printf("%s: assigns MPLS labels to tenants and programs hypervisors\n"
           "usage: %s [OPTIONS]\n\n"
           "  --db=REMOTE             database MPLS_Overlay\n"
           "                          (default: unix:%s/mpls-overlay.sock)\n"
           "  --listen=METHOD         how switches are reached: passive\n"
           "                          (ptcp:[PORT][:IP], pssl:, punix:FILE)\n"
           "                          or active (tcp:IP[:PORT], ssl:...,\n"
           "                          unix:FILE); may be given several times\n"
           "                          (default: " DEFAULT_LISTEN ")\n",
           program_name, program_name, ovs_rundir());
    stream_usage("database", true, false, false);
    vconn_usage(true, true, false);
    daemon_usage();
    vlog_usage();
    printf("\nOther options:\n"
           "  --unixctl=SOCKET        set control socket name\n"
           "  -h, --help              display this help message\n"
           "  -V, --version           display version information\n");
    exit(EXIT_SUCCESS);
}

static void
add_method(struct options *options, const char *method)
{
    if (vconn_verify_name(method) && pvconn_verify_name(method)) {
        ovs_fatal(0, "--listen=%s: give ptcp:, pssl:, punix:, tcp:, ssl: or "
                  "unix:, as in --listen=ptcp:6653", method);
    }
    sset_add(&options->methods, method);
}

static void
parse_options(int argc, char *argv[], struct options *options)
{
    enum {
        OPT_DB = UCHAR_MAX + 1,
        OPT_LISTEN,
        OPT_UNIXCTL,
        VLOG_OPTION_ENUMS,
        DAEMON_OPTION_ENUMS,
        SSL_OPTION_ENUMS,
        OPT_PEER_CA_CERT,
    };
    static const struct option long_options[] = {
        {"db", required_argument, NULL, OPT_DB},
        {"listen", required_argument, NULL, OPT_LISTEN},
        {"unixctl", required_argument, NULL, OPT_UNIXCTL},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        VLOG_LONG_OPTIONS,
        DAEMON_LONG_OPTIONS,
        STREAM_SSL_LONG_OPTIONS,
        {"peer-ca-cert", required_argument, NULL, OPT_PEER_CA_CERT},
        {NULL, 0, NULL, 0},
    };
    char *short_options
        = ovs_cmdl_long_options_to_short_options(long_options);

    for (;;) {
        int c = getopt_long(argc, argv, short_options, long_options, NULL);

        switch (c) {
        case -1:
            free(short_options);
            return;
        case OPT_DB:
            free(options->db);
            options->db = xstrdup(optarg);
            break;
        case OPT_LISTEN:
            add_method(options, optarg);
            break;
        case OPT_UNIXCTL:
            options->unixctl = optarg;
            break;
        case 'h':
            usage();
        case 'V':
            ovs_print_version(OFP13_VERSION, OFP15_VERSION);
            exit(EXIT_SUCCESS);

        VLOG_OPTION_HANDLERS
        DAEMON_OPTION_HANDLERS
        STREAM_SSL_OPTION_HANDLERS

        case OPT_PEER_CA_CERT:
            stream_ssl_set_peer_ca_cert_file(optarg);
            break;
        case '?':
            exit(EXIT_FAILURE);
        default:
            abort();
        }
    }
}

static void
read_command_line(int argc, char *argv[], struct options *options)
{
    const char *db = getenv("MPLSUDP_DB");

    options->db = (db ? xstrdup(db)
                   : xasprintf("unix:%s/mpls-overlay.sock", ovs_rundir()));
    options->unixctl = NULL;
    sset_init(&options->methods);
    parse_options(argc, argv, options);
    if (argc > optind) {
        ovs_fatal(0, "%s: this program takes options only; use --help for "
                  "usage", argv[optind]);
    }
    if (sset_is_empty(&options->methods)) {
        sset_add(&options->methods, DEFAULT_LISTEN);
    }
}

static void
exit_command(struct unixctl_conn *conn, int argc OVS_UNUSED,
             const char *argv[] OVS_UNUSED, void *exiting_)
{
    bool *exiting = exiting_;

    *exiting = true;
    unixctl_command_reply(conn, NULL);
}

static void
report_memory(struct controller *c)
{
    memory_run();
    if (memory_should_report()) {
        struct simap usage = SIMAP_INITIALIZER(&usage);

        controller_get_memory_usage(c, &usage);
        memory_report(&usage);
        simap_destroy(&usage);
    }
}

static void
run(struct controller *c, struct unixctl_server *unixctl,
    const bool *exiting)
{
    while (!*exiting) {
        report_memory(c);
        controller_run(c);
        unixctl_server_run(unixctl);

        controller_wait(c);
        unixctl_server_wait(unixctl);
        memory_wait();
        if (*exiting) {
            poll_immediate_wake();
        }
        poll_block();
    }
}

int
main(int argc, char *argv[])
{
    struct unixctl_server *unixctl;
    struct options options;
    bool exiting = false;

    ovs_cmdl_proctitle_init(argc, argv);
    set_program_name(argv[0]);
    service_start(&argc, &argv);
    fatal_ignore_sigpipe();
    read_command_line(argc, argv, &options);

    daemonize_start(false);
    int retval = unixctl_server_create(options.unixctl, &unixctl);
    if (retval) {
        exit(EXIT_FAILURE);
    }
    unixctl_command_register("exit", "", 0, 0, exit_command, &exiting);

    struct controller *c = controller_create(options.db, &options.methods);
    commands_init(c);
    daemonize_complete();
    VLOG_INFO("%s (ovs-mplsudp), database %s", program_name, options.db);

    run(c, unixctl, &exiting);

    controller_destroy(c);
    unixctl_server_destroy(unixctl);
    sset_destroy(&options.methods);
    free(options.db);
    service_stop();
    return EXIT_SUCCESS;
}
