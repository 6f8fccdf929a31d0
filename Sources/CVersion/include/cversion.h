#pragma once

/// The version that the package manifest names, and the commit it was built from.
const char *cversion_version(void);
const char *cversion_commit(void);
