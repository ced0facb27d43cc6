#include "auth/key_pair.h"

#include <stdlib.h>

static const char *const names[KEY_NUMBER_COUNT] = {
    [KEY_NUMBER_E] = "e",   [KEY_NUMBER_N] = "n",   [KEY_NUMBER_X] = "x", [KEY_NUMBER_Y] = "y",
    [KEY_NUMBER_D] = "d",   [KEY_NUMBER_P] = "p",   [KEY_NUMBER_Q] = "q", [KEY_NUMBER_DP] = "dp",
    [KEY_NUMBER_DQ] = "dq", [KEY_NUMBER_QI] = "qi",
};

#define BIT(number) (1u << (number))

static const unsigned rsa_numbers = BIT(KEY_NUMBER_E) | BIT(KEY_NUMBER_N) | BIT(KEY_NUMBER_D) |
                                    BIT(KEY_NUMBER_P) | BIT(KEY_NUMBER_Q) | BIT(KEY_NUMBER_DP) |
                                    BIT(KEY_NUMBER_DQ) | BIT(KEY_NUMBER_QI);
static const unsigned okp_numbers = BIT(KEY_NUMBER_X) | BIT(KEY_NUMBER_D);
static const unsigned ec_numbers = BIT(KEY_NUMBER_X) | BIT(KEY_NUMBER_Y) | BIT(KEY_NUMBER_D);

const char *key_number_name(enum key_number number)
{
    return names[number];
}

static unsigned numbers_of(enum key_algorithm algorithm)
{
    switch (algorithm) {
    case KEY_ES256:
    case KEY_ES384:
        return ec_numbers;
    case KEY_RS256:
    case KEY_PS256:
        return rsa_numbers;
    case KEY_EDDSA:
        return okp_numbers;
    case KEY_HS256:
    case KEY_ALGORITHM_COUNT:
        break;
    }
    return 0;
}

bool key_number_belongs(enum key_number number, enum key_algorithm algorithm)
{
    return (numbers_of(algorithm) & BIT(number)) != 0;
}

void key_numbers_dispose(struct key_numbers *numbers)
{
    for (size_t i = 0; i < KEY_NUMBER_COUNT; i++)
        byte_buffer_wipe(&numbers->bytes[i]);
}
