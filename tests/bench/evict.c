/*
 * Drops files from the page cache, so that reading them is reading the disk:
 *
 *     evict PATH...
 *
 * Every regular file below each PATH. Written pages go to the disk first; pages that a process has
 * mapped stay, so a server that maps them has to end before. More than a hundredth still in memory
 * afterwards ends it with 1: what is measured then is not cold.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_DIRECTORIES 16
#define MAX_SHARE_LEFT 100

/* What nftw gives its callback has no room for them. */
static uint64_t total_pages, resident_pages;

static _Noreturn void die(const char *what, const char *path)
{
    fprintf(stderr, "evict: %s", what);
    perror(path);
    exit(1);
}

static void count_resident(int fd, size_t len, const char *path)
{
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    size_t pages = (len + page_bytes - 1) / page_bytes;
    unsigned char *seen = malloc(pages);
    void *map = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
    if (seen == NULL || map == MAP_FAILED || mincore(map, len, seen) != 0)
        die("cannot look at ", path);
    for (size_t i = 0; i < pages; i++)
        resident_pages += seen[i] & 1;
    total_pages += pages;
    munmap(map, len);
    free(seen);
}

static int evict(const char *path, const struct stat *stat, int type, struct FTW *place)
{
    (void)place;
    if (type != FTW_F || !S_ISREG(stat->st_mode) || stat->st_size == 0)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fdatasync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
        die("", path);
    count_resident(fd, (size_t)stat->st_size, path);
    close(fd);
    return 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (nftw(argv[i], evict, OPEN_DIRECTORIES, FTW_PHYS) != 0)
            die("cannot walk ", argv[i]);
    if (resident_pages > total_pages / MAX_SHARE_LEFT) {
        fprintf(stderr, "evict: %ju of %ju pages are still in memory\n", (uintmax_t)resident_pages,
                (uintmax_t)total_pages);
        return 1;
    }
    return 0;
}
