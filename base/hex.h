#ifndef HEX_H
#define HEX_H

#include "base/span.h"

/* Writes 2 * bytes.len lower-case digits and a NUL to `text`. */
void hex_encode(struct span bytes, char *text);

/* Reads exactly 2 * len lower-case hex digits; false, with `bytes` unspecified, for anything else.
 */
bool hex_decode(struct span text, uint8_t *bytes, size_t len);

#endif
