/* sandbox.c: what the service gives up. prctl(2), capabilities(7), seccomp(2). */
#define _GNU_SOURCE /* setresuid(2) */
#include "serve/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/sched.h>

#ifdef ASSAY_HAVE_SECCOMP
#include <seccomp.h>
#endif

static assay_status cannot(const char *what, assay_error *err)
{
    return fail(err, ASSAY_ENVIRONMENT, "sandbox", ASSAY_NO_OFFSET, "can't %s: %s", what,
                strerror(errno));
}

void sandbox_prepare(void)
{
    struct rlimit files, no_core = { 0, 0 };
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    (void)setrlimit(RLIMIT_CORE, &no_core);
}

/* ---- Identity ---- */

/* What nobody in this process may ever have again. Only root can; others have nothing to gain. */
static void bound_capabilities(void)
{
    for (unsigned i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
        (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
}

static assay_status become(const char *name, sandbox_ports ports, assay_error *err)
{
    errno = 0;
    const struct passwd *user = getpwnam(name);
    if (user == NULL)
        return fail(err, ASSAY_ENVIRONMENT, "--user", ASSAY_NO_OFFSET, "there is no user %.60s",
                    name);
    if (user->pw_uid == 0)
        return fail(err, ASSAY_USAGE, "--user", ASSAY_NO_OFFSET, "%.60s is root", name);
    const uid_t uid = user->pw_uid;
    const gid_t gid = user->pw_gid;
    if (ports == PORTS_PRIVILEGED) /* until drop_capabilities() */
        (void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (initgroups(name, gid) != 0 || setresgid(gid, gid, gid) != 0 ||
        setresuid(uid, uid, uid) != 0)
        return cannot("become that user", err);
    return ASSAY_OK;
}

static assay_status drop_capabilities(sandbox_ports ports, assay_error *err)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[2] = { { 0 } };
    if (syscall(SYS_capget, &header, data) != 0)
        return cannot("read the capabilities", err);
    if (span_is_zero(span_of(data, sizeof(data))))
        return ASSAY_OK; /* a filter of systemd's may refuse even to give up nothing */
    const uint32_t kept =
        ports == PORTS_PRIVILEGED ? data[0].permitted & (1u << CAP_NET_BIND_SERVICE) : 0;
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    data[0] = (struct __user_cap_data_struct) { .effective = kept, .permitted = kept };
    data[1] = (struct __user_cap_data_struct) { 0 };
    if (syscall(SYS_capset, &header, data) != 0)
        return cannot("give up capabilities", err);
    return ASSAY_OK;
}

assay_status sandbox_identity(const char *user, sandbox_root root, sandbox_ports ports,
                              assay_error *err)
{
    bound_capabilities();
    if (user != NULL && geteuid() == 0)
        TRY(become(user, ports, err));
    if (geteuid() == 0 && root != ROOT_ALLOWED)
        return fail(err, ASSAY_USAGE, "assayd", ASSAY_NO_OFFSET,
                    "it needs no root: start it as another user, or give --user NAME (or "
                    "--allow-root)");
    return drop_capabilities(ports, err);
}

/* ---- System calls ---- */

#ifdef ASSAY_HAVE_SECCOMP

/* What glibc, OpenSSL, SQLite, libpq and libcurl need of the kernel once everything runs: memory,
 * threads, files, sockets, time. Nothing that starts programs, traces, mounts, changes identity or
 * loads code. Names that a machine does not have are skipped. */
static const char *const allowed[] = {
    /* memory */
    "brk", "munmap", "mremap", "madvise", "membarrier",
    /* threads and signals */
    "set_robust_list", "rseq", "futex", "futex_waitv", "exit", "exit_group", "sched_yield",
    "sched_getaffinity", "sched_getparam", "sched_getscheduler", "gettid", "getpid", "getppid",
    "tgkill", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sigaltstack",
    "restart_syscall", "prctl",
    /* time and randomness */
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
    "getrandom",
    /* files */
    "openat", "open", "close", "close_range", "read", "readv", "pread64", "preadv", "write",
    "writev", "pwrite64", "pwritev", "lseek", "fstat", "stat", "lstat", "newfstatat", "statx",
    "access", "faccessat", "faccessat2", "fcntl", "flock", "fsync", "fdatasync", "ftruncate",
    "fallocate", "fadvise64", "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir",
    "mkdirat", "rmdir", "link", "linkat", "fchmod", "fchmodat", "chmod", "fchown", "umask",
    "getdents64", "readlink", "readlinkat", "getcwd", "statfs", "fstatfs", "utimensat", "dup",
    "dup2", "dup3", "pipe2", "ioctl",
    /* connections and events */
    "connect", "bind", "listen", "accept", "accept4", "getsockname", "getpeername", "setsockopt",
    "getsockopt", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "shutdown",
    "sendfile", "poll", "ppoll", "select", "pselect6", "epoll_create1", "epoll_ctl", "epoll_wait",
    "epoll_pwait", "epoll_pwait2", "eventfd2", "timerfd_create", "timerfd_settime",
    "timerfd_gettime",
    /* who am I, and how much is there */
    "getuid", "geteuid", "getgid", "getegid", "getrlimit", "prlimit64", "getrusage", "sysinfo",
    "uname", "times", "getcpu"
};

/* Allowed when (argument & mask) == value. */
typedef struct conditional_call {
    const char *name;
    unsigned argument;
    uint64_t mask, value;
} conditional_call;

enum {
    NAMESPACES = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
                 CLONE_NEWNET | CLONE_NEWCGROUP
};

static const conditional_call conditional[] = {
    /* no memory that can be written and run */
    { "mmap", 2, PROT_WRITE | PROT_EXEC, 0 },
    { "mmap", 2, PROT_WRITE | PROT_EXEC, PROT_WRITE },
    { "mmap", 2, PROT_WRITE | PROT_EXEC, PROT_EXEC },
    { "mprotect", 2, PROT_EXEC, 0 },
    /* threads of this process, but no other process and no namespace */
    { "clone", 0, CLONE_THREAD | NAMESPACES, CLONE_THREAD },
    /* what names and vendors are reached by */
    { "socket", 0, UINT64_MAX, AF_UNIX },
    { "socket", 0, UINT64_MAX, AF_INET },
    { "socket", 0, UINT64_MAX, AF_INET6 },
    { "socket", 0, UINT64_MAX, AF_NETLINK },
    { "socketpair", 0, UINT64_MAX, AF_UNIX },
};

static bool allow_all(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        int number = seccomp_syscall_resolve_name(allowed[i]);
        if (number >= 0 && seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0) != 0)
            return false;
    }
    return true;
}

static bool allow_conditional(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < sizeof(conditional) / sizeof(conditional[0]); i++) {
        const conditional_call *row = &conditional[i];
        const struct scmp_arg_cmp compare = { .arg = row->argument,
                                              .op = SCMP_CMP_MASKED_EQ,
                                              .datum_a = row->mask,
                                              .datum_b = row->value };
        int number = seccomp_syscall_resolve_name(row->name);
        if (number >= 0 && seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &compare) != 0)
            return false;
    }
    return true;
}

/* The flags of clone3() lie in memory, where no filter sees them: without it glibc takes clone().
 */
static bool hide_clone3(scmp_filter_ctx filter)
{
    int number = seccomp_syscall_resolve_name("clone3");
    return number < 0 || seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0) == 0;
}

static assay_status filter_calls(sandbox_mode mode, bool *active, assay_error *err)
{
    const uint32_t otherwise = mode == SANDBOX_LOG ? SCMP_ACT_LOG : SCMP_ACT_ERRNO(EPERM);
    scmp_filter_ctx filter = seccomp_init(otherwise);
    if (filter == NULL)
        return fail(err, ASSAY_NO_MEMORY, "sandbox", ASSAY_NO_OFFSET, "no memory");
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    int code = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    bool built = code == 0 && allow_all(filter) && allow_conditional(filter) && hide_clone3(filter);
    code = built ? seccomp_load(filter) : -ENOSYS;
    seccomp_release(filter);
    *active = code == 0;
    if (code != 0 && code != -ENOSYS && code != -EINVAL && code != -ECANCELED) {
        errno = -code;
        return cannot("filter system calls", err);
    }
    return ASSAY_OK;
}

#else

static assay_status filter_calls(sandbox_mode mode, bool *active, assay_error *err)
{
    (void)mode;
    (void)err;
    *active = false;
    return ASSAY_OK;
}

#endif

assay_status sandbox_enter(sandbox_mode mode, bool *active, assay_error *err)
{
    *active = false;
    if (mode == SANDBOX_OFF)
        return ASSAY_OK;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return cannot("forgo new privileges", err);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return filter_calls(mode, active, err);
}
