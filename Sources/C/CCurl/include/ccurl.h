#pragma once
#include <curl/curl.h>
#include <zlib.h>

// Loads libcurl. Returns null, or the loader's message. Call it before any other function of libcurl
// and before those below. Not thread-safe.
const char *ccurl_load(void);

// Swift can call neither variadic functions, such as libcurl's setopt and getinfo, nor macros. Each
// wrapper has the argument type of its options, so a wrong type does not compile.

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

// The address begins at the struct's last member and may be longer.
static inline const struct sockaddr *ccurl_address(const struct curl_sockaddr *socket) {
    return &socket->addr;
}

static const size_t ccurl_pause_body = CURL_WRITEFUNC_PAUSE;

// 15 is the largest window; adding 16 selects the gzip format.
static inline int ccurl_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
