#pragma once
#include <curl/curl.h>
#include <zlib.h>

// Swift can call neither C variadics, which libcurl's setopt and getinfo are, nor macros. Each
// wrapper fixes the one argument type that an option takes, so a wrong type does not compile.

static inline CURLcode ccurl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_address(CURL *easy, CURLU *address) {
    return curl_easy_setopt(easy, CURLOPT_CURLU, address);
}

static inline CURLcode ccurl_set_error_text(CURL *easy, char *text) {
    return curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, text);
}

static inline CURLcode ccurl_set_owner(CURL *easy, void *owner) {
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, owner);
}

static inline CURLcode ccurl_get_owner(CURL *easy, void **owner) {
    return curl_easy_getinfo(easy, CURLINFO_PRIVATE, owner);
}

static inline CURLcode ccurl_on_header(CURL *easy, curl_write_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
}

static inline CURLcode ccurl_on_body(CURL *easy, curl_write_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

static inline CURLcode ccurl_on_socket(
    CURL *easy, curl_opensocket_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}

static inline CURLcode ccurl_on_connected(
    CURL *easy, curl_prereq_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

static inline CURLMcode ccurl_set_multi_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The address lies behind the struct's last member and may be longer than it.
static inline const struct sockaddr *ccurl_address(const struct curl_sockaddr *socket) {
    return &socket->addr;
}

static const size_t ccurl_pause_body = CURL_WRITEFUNC_PAUSE;

// 16 is zlib's sign for a gzip header and trailer, 15 the largest window there is.
static inline int ccurl_inflate_init_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }
