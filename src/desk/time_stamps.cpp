#include <guichet/desk/time_stamps.hpp>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <guichet/base/check.hpp>

namespace guichet::desk {
namespace {

template <auto Release>
struct Releasing {
  template <class T>
  void operator()(T* one) const {
    Release(one);
  }
};
using Request = std::unique_ptr<TS_REQ, Releasing<TS_REQ_free>>;
using Imprint = std::unique_ptr<TS_MSG_IMPRINT, Releasing<TS_MSG_IMPRINT_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, Releasing<X509_ALGOR_free>>;
using Answer = std::unique_ptr<TS_RESP, Releasing<TS_RESP_free>>;
using Verifying = std::unique_ptr<TS_VERIFY_CTX, Releasing<TS_VERIFY_CTX_free>>;
using Store = std::unique_ptr<X509_STORE, Releasing<X509_STORE_free>>;
// Of what belongs to the response, only the list itself is ours.
struct ReleaseStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Signers = std::unique_ptr<STACK_OF(X509), ReleaseStack>;

unsigned char* raw(Sha256Digest& digest) { return reinterpret_cast<unsigned char*>(digest.data()); }

Sha256Digest digest_of(const proof::Head& head) { return sha256(proof::signed_bytes(head)); }

Error wrong(const std::string& what) {
  std::array<char, 256> told{};
  ERR_error_string_n(ERR_get_error(), told.data(), told.size());
  ERR_clear_error();
  return Error{Fault::unreadable, "the time stamp " + what + " (" + told.data() +
                                      "); ask the authority for another, over the same request"};
}

Answer read(std::string_view response) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(response.data());
  return Answer(d2i_TS_RESP(nullptr, &bytes, static_cast<long>(response.size())));
}

std::string signer_of(TS_RESP& answer) {
  const Signers signers(PKCS7_get0_signers(TS_RESP_get_token(&answer), nullptr, 0));
  if (!signers || sk_X509_num(signers.get()) < 1) return "?";
  std::array<char, 512> name{};
  X509_NAME_oneline(X509_get_subject_name(sk_X509_value(signers.get(), 0)), name.data(), static_cast<int>(name.size()));
  return name.data();
}

}  // namespace

std::string stamp_request(const proof::Head& head) {
  Sha256Digest digest = digest_of(head);
  const Request request(TS_REQ_new());
  const Imprint imprint(TS_MSG_IMPRINT_new());
  const Algorithm algorithm(X509_ALGOR_new());
  const bool made = request && imprint && algorithm && TS_REQ_set_version(request.get(), 1) == 1 &&
                    X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1 &&
                    TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
                    TS_MSG_IMPRINT_set_msg(imprint.get(), raw(digest), static_cast<int>(digest.size())) == 1 &&
                    TS_REQ_set_msg_imprint(request.get(), imprint.get()) == 1 &&
                    TS_REQ_set_cert_req(request.get(), 1) == 1;
  unsigned char* bytes = nullptr;
  const int count = made ? i2d_TS_REQ(request.get(), &bytes) : -1;
  GUICHET_CHECK(count > 0, "a request over 32 bytes can always be made");
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
  OPENSSL_free(bytes);
  return der;
}

bool is_stamp_of(std::string_view response, const proof::Head& head) {
  const Answer answer = read(response);
  ERR_clear_error();
  if (!answer || TS_RESP_get_tst_info(answer.get()) == nullptr) return false;
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(TS_RESP_get_tst_info(answer.get()));
  const ASN1_OCTET_STRING* message = TS_MSG_IMPRINT_get_msg(imprint);
  Sha256Digest digest = digest_of(head);
  return message->length == static_cast<int>(digest.size()) &&
         std::equal(digest.begin(), digest.end(), reinterpret_cast<const std::byte*>(message->data));
}

Result<Stamped> check_stamp(std::string_view response, const proof::Head& head, const std::string& authorities) {
  const Answer answer = read(response);
  if (!answer) return wrong("cannot be read");
  TS_TST_INFO* info = TS_RESP_get_tst_info(answer.get());
  if (info == nullptr) return wrong("was refused by the authority");
  std::tm time{};
  if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &time) != 1) return wrong("has no time");
  const std::int64_t of_day = ((time.tm_hour * 60L + time.tm_min) * 60L + time.tm_sec) * 1000L;
  const Instant at{Duration{civil_to_ms(time.tm_year + 1900, static_cast<unsigned>(time.tm_mon + 1),
                                        static_cast<unsigned>(time.tm_mday), of_day)}};
  Store store(X509_STORE_new());
  if (!store || X509_STORE_load_file(store.get(), authorities.c_str()) != 1)
    return Error{Fault::not_found,
                 authorities + ": no certificates can be read; name a PEM file with the authority's roots"};
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), at.time_since_epoch().count() / 1000);
  const Verifying verifying(TS_VERIFY_CTX_new());
  TS_VERIFY_CTX_set_flags(verifying.get(), TS_VFY_VERSION | TS_VFY_IMPRINT | TS_VFY_SIGNATURE);
  // Both are released with the context.
  TS_VERIFY_CTX_set_store(verifying.get(), store.release());
  Sha256Digest digest = digest_of(head);
  auto* copy = static_cast<unsigned char*>(OPENSSL_malloc(digest.size()));
  std::copy(raw(digest), raw(digest) + digest.size(), copy);
  TS_VERIFY_CTX_set_imprint(verifying.get(), copy, static_cast<long>(digest.size()));
  if (TS_RESP_verify_response(verifying.get(), answer.get()) != 1) return wrong("does not hold for this head");
  return Stamped{at, signer_of(*answer)};
}

}  // namespace guichet::desk
