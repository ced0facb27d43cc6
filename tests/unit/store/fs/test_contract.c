#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "folder.h"
#include "store_contract.h"

/* One test at a time has a store, so its folder may be remembered here. */
static struct folder *folder;

static struct store *open_fresh(void)
{
    folder = folder_new();
    return folder_open(folder);
}

static void remove_all(struct store *store)
{
    store->ops->close(store);
    folder_free(folder);
}

int main(void)
{
    const struct store_contract contract = {"store/fs", open_fresh, remove_all};
    return store_contract_run(&contract);
}
