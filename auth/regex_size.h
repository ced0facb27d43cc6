#ifndef REGEX_SIZE_H
#define REGEX_SIZE_H

#include "base/fault.h"
#include "base/span.h"

/* How large a POSIX extended regular expression becomes when the C library writes out its repeats,
 * saturating far above any limit: "(a{10}){10}" is about a hundred nodes, and a few characters more
 * are millions.
 *
 * STATUS_INVALID for what we do not let regcomp see: more than `max_len` characters or others than
 * printable ASCII, parentheses that do not balance or lie deeper than 16, a backslash before a
 * letter or digit (back-references and GNU operators), equivalence classes and collating symbols,
 * braces that are no interval; and a repeat of something that can be empty, or such a branch beside
 * others, as in "(a*)*", "a??" or "(a|)": glibc 2.36 follows every empty way through an expression
 * that it repeats, and two for each of 40 characters are a trillion. */
MUST_CHECK enum status regex_size(struct span pattern, size_t max_len, unsigned *nodes,
                                  struct fault *fault);

#endif
