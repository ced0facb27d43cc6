#include "base/decimal.h"

size_t decimal_len(uint64_t number)
{
    size_t len = 1;
    for (; number >= 10; number /= 10)
        len++;
    return len;
}

char *decimal_print(uint64_t number, char *text)
{
    char *end = text + decimal_len(number);
    char *at = end;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return end;
}
