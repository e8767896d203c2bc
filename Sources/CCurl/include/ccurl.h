// libcurl for Swift: its functions, and those that take variadic arguments, which Swift cannot call.
#pragma once
#include <curl/curl.h>

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode ccurl_set_write(CURL *handle, CURLoption option, curl_write_callback callback);
CURLcode ccurl_set_read(CURL *handle, CURLoption option, curl_read_callback callback);

/// Options whose names have changed between versions of libcurl: the protocols that a handle may speak, and
/// that a mail goes to those recipients that the server takes.
CURLcode ccurl_limit_to_http(CURL *handle);
CURLcode ccurl_limit_to_smtp(CURL *handle);
CURLcode ccurl_let_recipients_fail(CURL *handle);

CURLcode ccurl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode ccurl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);
