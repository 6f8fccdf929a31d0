#pragma once
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <stddef.h>
#include <sys/uio.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

/* sd_journal_sendv(3) takes vectors that Swift can only make from pointers that outlive a closure each. Here the
   fields lie one after the other in one buffer, and `ends` says where each of them ends. */
static inline int csystemd_journal_send(char *fields, const size_t *ends, int count) {
  enum { most = 128 };
  struct iovec vectors[most];
  size_t start = 0;
  if (count > most) count = most;
  for (int index = 0; index < count; index++) {
    vectors[index] = (struct iovec){.iov_base = fields + start, .iov_len = ends[index] - start};
    start = ends[index];
  }
  return sd_journal_sendv(vectors, count);
}
