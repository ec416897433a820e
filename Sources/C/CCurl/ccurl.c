#include "ccurl.h"
#include "lazy_library.h"

#define FUNCTIONS(FUNCTION, VARIADIC) \
    FUNCTION(CURLcode, curl_global_init, (long flags), (flags)) \
    FUNCTION(void, curl_free, (void *text), (text)) \
    FUNCTION(struct curl_slist *, curl_slist_append, (struct curl_slist *list, const char *line), \
             (list, line)) \
    FUNCTION(void, curl_slist_free_all, (struct curl_slist *list), (list)) \
    FUNCTION(CURLU *, curl_url, (void), ()) \
    FUNCTION(void, curl_url_cleanup, (CURLU *url), (url)) \
    FUNCTION(CURLUcode, curl_url_get, (CURLU *url, CURLUPart part, char **text, unsigned flags), \
             (url, part, text, flags)) \
    FUNCTION(CURLUcode, curl_url_set, \
             (CURLU *url, CURLUPart part, const char *text, unsigned flags), \
             (url, part, text, flags)) \
    FUNCTION(const char *, curl_url_strerror, (CURLUcode code), (code)) \
    FUNCTION(CURL *, curl_easy_init, (void), ()) \
    FUNCTION(void, curl_easy_cleanup, (CURL *easy), (easy)) \
    FUNCTION(CURLcode, curl_easy_pause, (CURL *easy, int bits), (easy, bits)) \
    FUNCTION(const char *, curl_easy_strerror, (CURLcode code), (code)) \
    FUNCTION(CURLM *, curl_multi_init, (void), ()) \
    FUNCTION(CURLMcode, curl_multi_cleanup, (CURLM *multi), (multi)) \
    FUNCTION(CURLMcode, curl_multi_add_handle, (CURLM *multi, CURL *easy), (multi, easy)) \
    FUNCTION(CURLMcode, curl_multi_remove_handle, (CURLM *multi, CURL *easy), (multi, easy)) \
    FUNCTION(CURLMcode, curl_multi_perform, (CURLM *multi, int *running), (multi, running)) \
    FUNCTION(CURLMcode, curl_multi_poll, \
             (CURLM *multi, struct curl_waitfd *more, unsigned count, int milliseconds, int *ready), \
             (multi, more, count, milliseconds, ready)) \
    FUNCTION(CURLMcode, curl_multi_wakeup, (CURLM *multi), (multi)) \
    FUNCTION(CURLMsg *, curl_multi_info_read, (CURLM *multi, int *left), (multi, left)) \
    FUNCTION(const char *, curl_multi_strerror, (CURLMcode code), (code)) \
    VARIADIC(curl_easy_setopt) \
    VARIADIC(curl_easy_getinfo) \
    VARIADIC(curl_multi_setopt)

LAZY_LIBRARY(ccurl_load, "libcurl.so.4", "http", FUNCTIONS)

CURLcode ccurl_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return lazy_curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return lazy_curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
    return lazy_curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, const void *value) {
    return lazy_curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return lazy_curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_address(CURL *easy, CURLU *address) {
    return lazy_curl_easy_setopt(easy, CURLOPT_CURLU, address);
}

CURLcode ccurl_set_error_text(CURL *easy, char *text) {
    return lazy_curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, text);
}

CURLcode ccurl_set_owner(CURL *easy, void *owner) {
    return lazy_curl_easy_setopt(easy, CURLOPT_PRIVATE, owner);
}

CURLcode ccurl_get_owner(CURL *easy, void **owner) {
    return lazy_curl_easy_getinfo(easy, CURLINFO_PRIVATE, owner);
}

CURLcode ccurl_on_header(CURL *easy, curl_write_callback callback, void *context) {
    CURLcode code = lazy_curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, callback);
    return code != CURLE_OK ? code : lazy_curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
}

CURLcode ccurl_on_body(CURL *easy, curl_write_callback callback, void *context) {
    CURLcode code = lazy_curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, callback);
    return code != CURLE_OK ? code : lazy_curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

CURLcode ccurl_on_socket(
    CURL *easy, curl_opensocket_callback callback, void *context) {
    CURLcode code = lazy_curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
    return code != CURLE_OK ? code : lazy_curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}

CURLcode ccurl_on_connected(
    CURL *easy, curl_prereq_callback callback, void *context) {
    CURLcode code = lazy_curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
    return code != CURLE_OK ? code : lazy_curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

CURLMcode ccurl_set_multi_long(CURLM *multi, CURLMoption option, long value) {
    return lazy_curl_multi_setopt(multi, option, value);
}
