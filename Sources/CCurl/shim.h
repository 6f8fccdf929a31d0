#pragma once
#include <curl/curl.h>

/* Swift does not import variadic functions: one wrapper for each type of argument. No logic. */

/// Sets an option that takes a long (curl_easy_setopt(3)).
static inline CURLcode ccurl_easy_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

/// Sets an option that takes a 64-bit size.
static inline CURLcode ccurl_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

/// Sets an option that takes a string, which libcurl copies; NULL goes back to none.
static inline CURLcode ccurl_easy_set_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

/// Sets an option that takes a pointer of the caller's, which libcurl only hands back.
static inline CURLcode ccurl_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

/// Sets an option that takes a list, which the caller keeps alive.
static inline CURLcode ccurl_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

/// Sets one of the callbacks that move bytes: read, write and header share this shape.
static inline CURLcode ccurl_easy_set_data_callback(CURL *easy, CURLoption option,
                                                    size_t (*value)(char *, size_t, size_t, void *)) {
  return curl_easy_setopt(easy, option, value);
}

/// Sets the callback that runs before each request goes out.
static inline CURLcode ccurl_easy_set_prerequest_callback(CURL *easy, curl_prereq_callback value) {
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}

/// Sets the callback that opens sockets.
static inline CURLcode ccurl_easy_set_open_socket_callback(CURL *easy, curl_opensocket_callback value) {
  return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, value);
}

/// Sets the callback that closes sockets.
static inline CURLcode ccurl_easy_set_close_socket_callback(CURL *easy, curl_closesocket_callback value) {
  return curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, value);
}

/// Reads a fact that is a long (curl_easy_getinfo(3)).
static inline CURLcode ccurl_easy_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

/// Reads a fact that is a 64-bit size or a time in microseconds.
static inline CURLcode ccurl_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

/// Reads a fact that is a string of libcurl's own.
static inline CURLcode ccurl_easy_get_string(CURL *easy, CURLINFO info, const char **value) {
  return curl_easy_getinfo(easy, info, (char **)value);
}

/// Reads the certificates of the connection; they live until the handle does something else.
static inline CURLcode ccurl_easy_get_certificates(CURL *easy, struct curl_certinfo **value) {
  return curl_easy_getinfo(easy, CURLINFO_CERTINFO, value);
}

/// Reads back the pointer that was set as CURLOPT_PRIVATE.
static inline CURLcode ccurl_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy, info, (char **)value);
}

/// Sets an option of a multi handle that takes a long (curl_multi_setopt(3)).
static inline CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
