#ifndef DECIMAL_H
#define DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/*
 * Numbers in digits, for the places where printf would cost more than the rest of the line.
 */
#define DECIMAL_MAX 20 /* digits of UINT64_MAX */

/* How many digits `number` has; 0 has one. */
size_t decimal_len(uint64_t number);

/* Writes the digits, without a NUL, into `text`, which has room for decimal_len(number), at most
 * DECIMAL_MAX. Returns their end. */
char *decimal_print(uint64_t number, char *text);

#endif
