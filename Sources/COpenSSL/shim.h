// HMAC and digests of OpenSSL's libcrypto.
#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>
