#include "dns_keys.hpp"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <map>
#include <memory>

namespace guichet::cli {
namespace {

using intake::mail::KeyAnswer;

KeyAnswer ask(const std::string& name) {
  struct State {
    struct __res_state resolver{};
    bool open = false;
    ~State() {
      if (open) res_nclose(&resolver);
    }
  };
  State state;
  state.open = res_ninit(&state.resolver) == 0;
  if (!state.open) return {.kind = KeyAnswer::Kind::failed, .texts = {}, .why = "this machine names no resolver"};
  std::string answer(NS_MAXMSG, '\0');
  const int bytes = res_nquery(&state.resolver, name.c_str(), ns_c_in, ns_t_txt,
                               reinterpret_cast<unsigned char*>(answer.data()), static_cast<int>(answer.size()));
  if (bytes < 0) {
    const int why = state.resolver.res_h_errno;
    if (why == HOST_NOT_FOUND || why == NO_DATA)
      return {.kind = KeyAnswer::Kind::none, .texts = {}, .why = "the DNS has none"};
    return {.kind = KeyAnswer::Kind::failed, .texts = {}, .why = "the resolver gave no answer"};
  }
  answer.resize(std::min(answer.size(), static_cast<std::size_t>(bytes)));
  return texts_of_answer(answer);
}

}  // namespace

intake::mail::KeyAnswer texts_of_answer(const std::string& answer) {
  KeyAnswer texts;
  texts.kind = KeyAnswer::Kind::none;
  ns_msg message{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(answer.data());
  if (ns_initparse(bytes, static_cast<int>(answer.size()), &message) != 0)
    return {.kind = KeyAnswer::Kind::failed, .texts = {}, .why = "the resolver's answer cannot be read"};
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0)
      return {.kind = KeyAnswer::Kind::failed, .texts = {}, .why = "the resolver's answer cannot be read"};
    if (ns_rr_type(record) != ns_t_txt) continue;
    // Strings of at most 255 bytes, each behind its length, joined without blanks (RFC 6376, 3.6.2.2).
    std::string text;
    const unsigned char* at = ns_rr_rdata(record);
    const unsigned char* const end = at + ns_rr_rdlen(record);
    while (at < end) {
      const std::size_t length = std::min<std::size_t>(*at, static_cast<std::size_t>(end - at - 1));
      text.append(reinterpret_cast<const char*>(at + 1), length);
      at += 1 + length;
    }
    texts.kind = KeyAnswer::Kind::found;
    texts.texts.push_back(std::move(text));
  }
  return texts;
}

intake::mail::FindKey keys_in_dns() {
  const auto known = std::make_shared<std::map<std::string, KeyAnswer>>();
  return [known](const std::string& name) {
    const auto [at, fresh] = known->try_emplace(name);
    if (fresh) at->second = ask(name);
    return at->second;
  };
}

}  // namespace guichet::cli
