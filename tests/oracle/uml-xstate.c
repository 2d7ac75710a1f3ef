/* SPDX-License-Identifier: Apache-2.0
 *
 * uml-xstate: lets user-mode Linux 6.1 run on processors with AMX.
 *
 * Preloaded into linux.uml by peer-lib.  User-mode Linux sets the extended
 * registers of its processes from a buffer made for AVX-512.  Where processors
 * have more, the host takes only the whole, larger state, and user-mode Linux
 * panics before its first process runs.  The host ignores what is too much,
 * so the state is handed over at the start of a buffer that is large enough.
 * What user-mode Linux does not know stays in its initial state. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

enum { XSTATE_MAX = 65536 };            /* Today's largest is 11008 bytes. */

long
ptrace(enum __ptrace_request request, ...)
{
    static unsigned char state[XSTATE_MAX];
    static long (*next)(enum __ptrace_request, ...);
    struct iovec larger = { state, sizeof state };
    pid_t pid;
    void *addr, *data;
    va_list args;

    va_start(args, request);
    pid = va_arg(args, pid_t);
    addr = va_arg(args, void *);
    data = va_arg(args, void *);
    va_end(args);

    if (!next) {
        *(void **) &next = dlsym(RTLD_NEXT, "ptrace");
    }
    if (request == PTRACE_SETREGSET && addr == (void *) NT_X86_XSTATE) {
        const struct iovec *given = data;

        if (given->iov_len <= sizeof state) {
            memcpy(state, given->iov_base, given->iov_len);
            data = &larger;
        }
    }
    return next(request, pid, addr, data);
}
