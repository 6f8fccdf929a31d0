#include "cversion.h"

/* Both are defined on the compiler's command line by Package.swift. */
const char *cversion_version(void) { return NOMYO_PROXY_VERSION; }
const char *cversion_commit(void) { return NOMYO_PROXY_COMMIT; }
