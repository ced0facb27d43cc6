#include "auth/compact_form.h"

#include "auth/base64url.h"

static enum status decode(struct span component, struct byte_buffer *bytes)
{
    if (component.len == 0)
        return STATUS_INVALID;
    return base64url_decode(component, bytes);
}

enum status compact_form_parse(struct span token, size_t max_len, struct compact_form *form)
{
    if (token.len > max_len)
        return STATUS_LIMIT;
    struct span rest = token;
    struct span header = span_take_until(&rest, '.');
    struct span payload = span_take_until(&rest, '.');
    /* A third dot lands in the signature, where it is no letter. */
    enum status status = decode(header, &form->header);
    if (status == STATUS_OK)
        status = decode(payload, &form->payload);
    if (status == STATUS_OK)
        status = decode(rest, &form->signature);
    if (status == STATUS_OK)
        form->signed_text = span_slice(token, 0, token.len - rest.len - 1);
    return status;
}

void compact_form_dispose(struct compact_form *form)
{
    byte_buffer_dispose(&form->header);
    byte_buffer_dispose(&form->payload);
    byte_buffer_dispose(&form->signature);
    form->signed_text = (struct span){0};
}
