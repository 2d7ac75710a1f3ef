/* SPDX-License-Identifier: Apache-2.0 */

#include <config.h>
#include "trace-switch.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "ctl-options.h"
#include "openvswitch/dynamic-string.h"
#include "process.h"
#include "svec.h"
#include "util.h"

/* Returns 's' with each "{hv}" replaced by 'hypervisor'. */
static char *
substitute(const char *s, const char *hypervisor)
{
    struct ds ds = DS_EMPTY_INITIALIZER;
    const char *at;

    while ((at = strstr(s, "{hv}")) != NULL) {
        ds_put_buffer(&ds, s, at - s);
        ds_put_cstr(&ds, hypervisor);
        s = at + 4;
    }
    ds_put_cstr(&ds, s);
    return ds_steal_cstr(&ds);
}

char *
trace_bridge(const char *hypervisor)
{
    return substitute(ctl_options.bridge, hypervisor);
}

/* In the child: becomes 'argv' with its output going to 'fd'. */
OVS_NO_RETURN static void
become(char **argv, int fd)
{
    dup2(fd, STDOUT_FILENO);
    close(fd);
    execvp(argv[0], argv);
    fprintf(stderr, "%s: %s\n", argv[0], ovs_strerror(errno));
    _exit(127);
}

/* Executes 'argv' and appends what it prints to 'output'.  Returns its status
 * as wait() does, or -1 and sets errno. */
static int
execute(char **argv, struct ds *output)
{
    char buffer[4096];
    ssize_t n;
    int fds[2];
    int status;

    if (pipe(fds)) {
        return -1;
    }
    pid_t pid = fork();
    if (!pid) {
        close(fds[0]);
        become(argv, fds[1]);
    }
    close(fds[1]);
    if (pid < 0) {
        close(fds[0]);
        return -1;
    }
    while ((n = read(fds[0], buffer, sizeof buffer)) > 0
           || (n < 0 && errno == EINTR)) {
        if (n > 0) {
            ds_put_buffer(output, buffer, n);
        }
    }
    close(fds[0]);
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return status;
}

char *
trace_ask(const char *hypervisor, const char *command, const char *arg1,
          const char *arg2, char **reply)
{
    char *line = substitute(ctl_options.appctl, hypervisor);
    struct svec argv = SVEC_EMPTY_INITIALIZER;
    struct ds output = DS_EMPTY_INITIALIZER;
    char *error = NULL;
    char *save = NULL;

    for (char *word = strtok_r(line, " ", &save); word;
         word = strtok_r(NULL, " ", &save)) {
        svec_add(&argv, word);
    }
    svec_add(&argv, command);
    if (arg1) {
        svec_add(&argv, arg1);
    }
    if (arg2) {
        svec_add(&argv, arg2);
    }
    svec_terminate(&argv);

    int status = execute(argv.names, &output);
    if (status) {
        char *text = process_escape_args(argv.names);
        char *why = (status == -1 ? xstrdup(ovs_strerror(errno))
                     : process_status_msg(status));

        error = xasprintf("hypervisor \"%s\": %s: %s", hypervisor, text, why);
        free(text);
        free(why);
    }
    *reply = ds_steal_cstr(&output);
    svec_destroy(&argv);
    free(line);
    return error;
}

/* Calls 'match' for the ports of 'bridge' until it returns true, and then
 * returns true with '*number' and '*name', which the caller frees. */
static bool
find_port(const char *ports, const char *bridge,
          bool (*match)(const char *name, unsigned int number,
                        const void *aux),
          const void *aux, char **name, unsigned int *number)
{
    char *copy = xstrdup(ports);
    char *save = NULL;
    bool found = false;
    bool ours = false;

    for (char *line = strtok_r(copy, "\n", &save); line && !found;
         line = strtok_r(NULL, "\n", &save)) {
        char *word = line + strspn(line, " ");
        size_t len = strcspn(word, " ");

        if (word - line == 2) {
            ours = (len == strlen(bridge) + 1
                    && !strncmp(word, bridge, len - 1));
        } else if (word - line == 4 && ours
                   && ovs_scan(word + len, " %u/", number)) {
            *name = xmemdup0(word, len);
            found = match(*name, *number, aux);
            if (!found) {
                free(*name);
            }
        }
    }
    free(copy);
    return found;
}

static bool
match_name(const char *name, unsigned int number OVS_UNUSED, const void *aux)
{
    return !strcmp(name, aux);
}

static bool
match_prefix(const char *name, unsigned int number OVS_UNUSED,
             const void *aux)
{
    return !strncmp(name, aux, strlen(aux));
}

static bool
match_number(const char *name OVS_UNUSED, unsigned int number,
             const void *aux)
{
    return number == *(const unsigned int *) aux;
}

bool
trace_find_port(const char *ports, const char *bridge, const char *name,
                unsigned int *number)
{
    char *found = NULL;

    if (find_port(ports, bridge, match_name, name, &found, number)) {
        free(found);
        return true;
    }
    return false;
}

bool
trace_find_prefix(const char *ports, const char *bridge, const char *prefix,
                  unsigned int *number)
{
    char *found = NULL;

    if (find_port(ports, bridge, match_prefix, prefix, &found, number)) {
        free(found);
        return true;
    }
    return false;
}

char *
trace_port_name(const char *ports, const char *bridge, unsigned int number)
{
    char *name = NULL;
    unsigned int n;

    return (find_port(ports, bridge, match_number, &number, &name, &n)
            ? name : NULL);
}
