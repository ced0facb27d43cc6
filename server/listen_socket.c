#include "server/listen_socket.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static enum status fail(const struct listen_address *address, int error, struct fault *fault)
{
    if (error == EADDRINUSE)
        return fault_raise(fault, STATUS_BUSY,
                           "cannot listen on %s port %u: another program listens there already: "
                           "end it, or choose another port",
                           address->host, address->port);
    return fault_raise_errno(fault, error, "cannot listen on %s port %u", address->host,
                             address->port);
}

static int set_option(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof(value)) == 0 ? 0 : errno;
}

/* Returns 0 and a bound socket, or an errno value. */
static int bind_socket(const struct addrinfo *info, bool is_shared, int *fd)
{
    int error = 0;
    *fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0)
        return errno;
    error = set_option(*fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (error == 0 && is_shared)
        error = set_option(*fd, SOL_SOCKET, SO_REUSEPORT, 1);
    if (error == 0 && info->ai_family == AF_INET6)
        error = set_option(*fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    if (error == 0 && bind(*fd, info->ai_addr, info->ai_addrlen) != 0)
        error = errno;
    if (error != 0)
        close(*fd);
    return error;
}

/* Two servers could share a port without noticing, as SO_REUSEPORT lets any process of one user
 * join. A socket that does not share finds out. */
static int check_is_free(const struct addrinfo *info)
{
    int fd;
    int error = bind_socket(info, false, &fd);
    if (error != 0)
        return error;
    if (listen(fd, 1) != 0)
        error = errno;
    close(fd);
    return error;
}

static void set_port(struct addrinfo *info, uint16_t port)
{
    if (info->ai_family == AF_INET6)
        ((struct sockaddr_in6 *)info->ai_addr)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)info->ai_addr)->sin_port = htons(port);
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

static enum status open_all(struct listen_address *address, struct addrinfo *info, int *fds,
                            size_t count, struct fault *fault)
{
    size_t opened = 0;
    int error = address->port != 0 ? check_is_free(info) : 0;
    while (error == 0 && opened < count) {
        error = bind_socket(info, true, &fds[opened]);
        if (error != 0)
            break;
        if (listen(fds[opened++], SOMAXCONN) != 0)
            error = errno;
        address->port = port_of(fds[0]);
        set_port(info, address->port);
    }
    if (error == 0)
        return STATUS_OK;
    while (opened > 0)
        close(fds[--opened]);
    return fail(address, error, fault);
}

enum status listen_socket_open(struct listen_address *address, int *fds, size_t count,
                               struct fault *fault)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *info = NULL;
    char port[8];
    snprintf(port, sizeof(port), "%u", address->port);
    bool is_any = address->host[0] == '\0';
    if (is_any)
        strcpy(address->host, "::");
    int result = getaddrinfo(address->host, port, &hints, &info);
    if (result != 0)
        return fault_raise(fault, STATUS_INVALID, "cannot listen on '%s': %s", address->host,
                           gai_strerror(result));
    enum status status = open_all(address, info, fds, count, is_any ? NULL : fault);
    freeaddrinfo(info);
    if (status == STATUS_OK || !is_any || status == STATUS_BUSY) {
        if (is_any && status == STATUS_BUSY)
            return fail(address, EADDRINUSE, fault);
        return status;
    }
    /* A machine without IPv6. */
    strcpy(address->host, "0.0.0.0");
    return listen_socket_open(address, fds, count, fault);
}

void listen_socket_print_url(const struct listen_address *address, bool is_tls,
                             char url[LISTEN_URL_MAX])
{
    bool is_ipv6 = strchr(address->host, ':') != NULL;
    snprintf(url, LISTEN_URL_MAX, is_ipv6 ? "%s://[%s]:%u" : "%s://%s:%u",
             is_tls ? "https" : "http", address->host, address->port);
}
