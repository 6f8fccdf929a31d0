#pragma once
#include <zlib.h>

/* Swift does not import macros with arguments: one function for each that is used. No logic. */

/// Readies a stream for decompression in the container that `window_bits` names (zlib.h, inflateInit2).
static inline int czlib_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

/// Readies a stream for compression into the container that `window_bits` names (zlib.h, deflateInit2).
static inline int czlib_deflate_init(z_stream *stream, int level, int window_bits) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}
