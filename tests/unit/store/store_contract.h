#ifndef STORE_CONTRACT_H
#define STORE_CONTRACT_H

#include "store/store.h"

/*
 * What store/store.h promises, as tests that run against every store. `open` gives a fresh empty
 * store; `remove` closes it and whatever lies behind it.
 */
struct store_contract {
    const char *name;
    struct store *(*open)(void);
    void (*remove)(struct store *store);
};

/* Runs all; returns the number that failed, for main. */
int store_contract_run(const struct store_contract *contract);

#endif
