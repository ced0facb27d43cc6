#include "base/decimal.h"

#include <string.h>

size_t decimal_len(uint64_t number)
{
    size_t len = 1;
    for (; number >= 10; number /= 10)
        len++;
    return len;
}

char *decimal_print(uint64_t number, char *text)
{
    char digits[DECIMAL_MAX];
    char *at = digits + DECIMAL_MAX;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    size_t len = (size_t)(digits + DECIMAL_MAX - at);
    memcpy(text, at, len);
    return text + len;
}
