#include "auth/openssl/error_queue.h"

#include <openssl/err.h>

void error_queue_clear(void)
{
    ERR_clear_error();
}
