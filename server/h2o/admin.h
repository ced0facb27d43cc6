#ifndef ADMIN_H
#define ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "server/h2o/libh2o.h"

/*
 * What the admin listener answers: /healthz and /metrics for whoever watches the server, and
 * /play, a page that plays a title from the main listener. It reads no store and needs no token.
 */
struct admin {
    bool is_tls;   /* of the listener that the page plays from */
    uint16_t port; /* its port */
};

/* `admin` is borrowed as long as `config` lives. */
void admin_register(h2o_pathconf_t *config, const struct admin *admin);

#endif
