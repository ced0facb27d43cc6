#include "auth/compact_form.h"

#include "auth/base64url.h"

/* Cuts the bytes before the first dot off `rest`, and the dot; all of them when there is none. */
static struct span take_component(struct span *rest)
{
    const uint8_t *dot = rest->len > 0 ? memchr(rest->base, '.', rest->len) : NULL;
    size_t len = dot != NULL ? (size_t)(dot - rest->base) : rest->len;
    struct span component = span_slice(*rest, 0, len);
    size_t used = dot != NULL ? len + 1 : len;
    *rest = span_slice(*rest, used, rest->len - used);
    return component;
}

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
    struct span header = take_component(&rest);
    struct span payload = take_component(&rest);
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
