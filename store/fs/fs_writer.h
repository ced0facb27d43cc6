#ifndef FS_WRITER_H
#define FS_WRITER_H

#include "base/byte_buffer.h"

/*
 * Writes new, large files one after the other on a thread of its own, so that whoever makes their
 * content reads and hashes meanwhile. Memory is bounded, whatever the files' sizes: content goes
 * into a few pieces, and who has more waits for them.
 *
 * The files go past the page cache (O_DIRECT) where the file system can do that. Copying them into
 * it costs more than hashing them, and would push out what a server beside us is sending. Either
 * way a file is durable only after fs_file_sync.
 *
 * One caller at a time. The functions that return int return 0 or an errno value.
 */
struct fs_writer;

/* The files are made in the directory `dir`, borrowed until `free`. Returns the writer owned. */
int fs_writer_new(int dir, struct fs_writer **writer);

/* Takes a copy of `content`, which is not empty, to write it as the new file `name`, mode 0600.
 * Returns what went wrong with this file or an earlier one, as far as that is known yet; nothing is
 * written any more after a failure. Failed files stay, for the caller to remove. */
int fs_writer_put(struct fs_writer *writer, const char *name, struct span content);

/* The same without a copy: takes the bytes, unless they are many, and leaves *content empty, on
 * failure too, perhaps with memory that was taken before. */
int fs_writer_put_buffer(struct fs_writer *writer, const char *name, struct byte_buffer *content);

/* Waits until everything is written. */
int fs_writer_finish(struct fs_writer *writer);

/* Gives up what is not written yet. NULL is allowed. */
void fs_writer_free(struct fs_writer *writer);

#endif
