/* pass SOCKET: a milter by libmilter that hears everything, looks at every octet of a body, and passes it. */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <stdlib.h>

static sfsistat on_connect(SMFICTX *c, char *name, _SOCK_ADDR *a) { return SMFIS_CONTINUE; }
static sfsistat on_word(SMFICTX *c, char *word) { return SMFIS_CONTINUE; }
static sfsistat on_words(SMFICTX *c, char **words) { return SMFIS_CONTINUE; }
static sfsistat on_header(SMFICTX *c, char *name, char *value) { return SMFIS_CONTINUE; }
static sfsistat on_event(SMFICTX *c) { return SMFIS_CONTINUE; }
static volatile unsigned sum;

static sfsistat on_body(SMFICTX *c, unsigned char *octets, size_t n)
{
    unsigned s = 0;
    for (size_t i = 0; i < n; i++)
        s += octets[i];
    sum = s;
    return SMFIS_CONTINUE;
}

int main(int argc, char **argv)
{
    struct smfiDesc d = {
        .xxfi_name = "pass", .xxfi_version = SMFI_VERSION, .xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS,
        .xxfi_connect = on_connect, .xxfi_helo = on_word, .xxfi_envfrom = on_words, .xxfi_envrcpt = on_words,
        .xxfi_data = on_event, .xxfi_header = on_header, .xxfi_eoh = on_event, .xxfi_body = on_body, .xxfi_eom = on_event,
        .xxfi_abort = on_event, .xxfi_close = on_event };
    if (argc != 2 || smfi_setconn(argv[1]) != MI_SUCCESS || smfi_register(d) != MI_SUCCESS) {
        fprintf(stderr, "pass: usage: pass unix:PATH\n");
        return 64;
    }
    return smfi_main() == MI_SUCCESS ? 0 : 1;
}
