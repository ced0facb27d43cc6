#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "server/listen_socket.h"

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

static void all_sockets_share_one_free_port(void **state)
{
    (void)state;
    int fds[3];
    struct listen_address address = {"127.0.0.1", 0};
    assert_int_equal(listen_socket_open(&address, fds, 3, NULL), STATUS_OK);
    assert_int_not_equal(address.port, 0);
    int is_listening = 0;
    socklen_t len = sizeof(is_listening);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(getsockopt(fds[i], SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &len), 0);
        assert_true(is_listening);
    }
    close_all(fds, 3);
}

static void a_second_server_on_the_port_is_refused(void **state)
{
    (void)state;
    int fds[2];
    int others[2];
    struct fault fault = {0};
    struct listen_address address = {"127.0.0.1", 0};
    assert_int_equal(listen_socket_open(&address, fds, 2, NULL), STATUS_OK);
    assert_int_equal(listen_socket_open(&address, others, 2, &fault), STATUS_BUSY);
    assert_non_null(strstr(fault.text, "cannot listen on 127.0.0.1 port "));
    close_all(fds, 2);
    assert_int_equal(listen_socket_open(&address, others, 2, NULL), STATUS_OK);
    close_all(others, 2);
}

static void no_address_means_every_address(void **state)
{
    (void)state;
    int fd;
    struct listen_address address = {"", 0};
    assert_int_equal(listen_socket_open(&address, &fd, 1, NULL), STATUS_OK);
    assert_true(strcmp(address.host, "::") == 0 || strcmp(address.host, "0.0.0.0") == 0);
    close(fd);
}

static void an_address_that_is_not_ours_is_refused(void **state)
{
    (void)state;
    int fd;
    struct fault fault = {0};
    struct listen_address address = {"192.0.2.1", 0};
    assert_int_not_equal(listen_socket_open(&address, &fd, 1, &fault), STATUS_OK);
    assert_true(fault.text[0] != '\0');
}

static void prints_urls(void **state)
{
    (void)state;
    char url[LISTEN_URL_MAX];
    struct listen_address address = {"127.0.0.1", 8080};
    listen_socket_print_url(&address, false, url);
    assert_string_equal(url, "http://127.0.0.1:8080");
    address = (struct listen_address){"::1", 8443};
    listen_socket_print_url(&address, true, url);
    assert_string_equal(url, "https://[::1]:8443");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_sockets_share_one_free_port),
        cmocka_unit_test(a_second_server_on_the_port_is_refused),
        cmocka_unit_test(no_address_means_every_address),
        cmocka_unit_test(an_address_that_is_not_ours_is_refused),
        cmocka_unit_test(prints_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
