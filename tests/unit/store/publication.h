#ifndef PUBLICATION_H
#define PUBLICATION_H

#include "store/store.h"

/*
 * Publishing in tests: a title with one file, "f.bin", whose content is `texts` end to end, one
 * object each. `texts` ends with NULL. Time of publication is 1000 plus the number of texts.
 */
enum status publish_texts(struct store *store, const char *title, const char *const *texts,
                          bool *is_unchanged, struct fault *fault);

/* The same, failing the test unless it succeeds. */
void publish(struct store *store, const char *title, const char *const *texts);

/* Puts `texts` and appends the index that names them; for tests that publish step by step. */
enum status put_texts(struct store *store, struct staging *staging, const char *title,
                      const char *const *texts, struct byte_buffer *index, struct fault *fault);

/* Whether the title is there and its file is `texts` end to end, as load_object gives them. */
bool has_texts(struct store *store, const char *title, const char *const *texts);

struct staging *begin(struct store *store);

/* Puts one text; fails the test unless that succeeds. Returns whether it was new. */
bool put(struct store *store, struct staging *staging, const char *text,
         struct index_object *object);

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
