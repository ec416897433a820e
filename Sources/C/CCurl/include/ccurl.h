#pragma once
#include <curl/curl.h>
#include <zlib.h>

// Loads libcurl. Returns null, or what is missing; no other function of libcurl's, and none of those
// below, may be called before. Not for two threads at a time.
const char *ccurl_load(void);

// Swift can call neither C variadics, which libcurl's setopt and getinfo are, nor macros. Each
// wrapper fixes the one argument type that an option takes, so a wrong type does not compile.

CURLcode ccurl_global_init(void);
CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, const void *value);
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
CURLcode ccurl_set_address(CURL *easy, CURLU *address);
CURLcode ccurl_set_error_text(CURL *easy, char *text);
CURLcode ccurl_set_owner(CURL *easy, void *owner);
CURLcode ccurl_get_owner(CURL *easy, void **owner);
CURLcode ccurl_on_header(CURL *easy, curl_write_callback callback, void *context);
CURLcode ccurl_on_body(CURL *easy, curl_write_callback callback, void *context);
CURLcode ccurl_on_socket(
    CURL *easy, curl_opensocket_callback callback, void *context);
CURLcode ccurl_on_connected(
    CURL *easy, curl_prereq_callback callback, void *context);
CURLMcode ccurl_set_multi_long(CURLM *multi, CURLMoption option, long value);

// The address lies behind the struct's last member and may be longer than it.
static inline const struct sockaddr *ccurl_address(const struct curl_sockaddr *socket) {
    return &socket->addr;
}

static const size_t ccurl_pause_body = CURL_WRITEFUNC_PAUSE;

// 16 is zlib's sign for a gzip header and trailer, 15 the largest window there is.
static inline int ccurl_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
