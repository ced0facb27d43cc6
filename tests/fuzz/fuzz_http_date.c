/*
 * Dates in HTTP: whatever is read as one can be printed, and what is printed is read back as the
 * same.
 */
#include <stdlib.h>

#include "server/http_date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t nows[] = {0, 946684799, 1751364000, HTTP_DATE_LAST_S};
    for (size_t i = 0; i < sizeof(nows) / sizeof(nows[0]); i++) {
        char text[HTTP_DATE_LEN];
        int64_t date_s;
        int64_t again_s;
        if (!http_date_parse(span_of(data, size), nows[i], &date_s) || date_s < 0 ||
            date_s > HTTP_DATE_LAST_S)
            continue;
        http_date_print(date_s, text);
        check(http_date_parse(span_of(text, sizeof(text)), nows[i], &again_s));
        check(again_s == date_s);
    }
    return 0;
}
