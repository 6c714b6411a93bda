#include <guichet/desk/dns_keys.hpp>

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <optional>

namespace guichet::desk {
namespace {

using intake::mail::KeyAnswer;

KeyAnswer failed(std::string why) { return {.kind = KeyAnswer::Kind::failed, .texts = {}, .why = std::move(why)}; }

std::optional<sockaddr_in> address_of(const std::string& resolver) {
  const std::size_t colon = resolver.rfind(':');
  const std::string host = resolver.substr(0, colon);
  std::uint16_t port = NS_DEFAULTPORT;
  if (colon != std::string::npos) {
    const char* const end = resolver.data() + resolver.size();
    const auto [at, fault] = std::from_chars(resolver.data() + colon + 1, end, port);
    if (fault != std::errc{} || at != end || port == 0) return {};
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return {};
  return address;
}

KeyAnswer ask(const std::string& name, const DnsAsking& asking, const std::optional<sockaddr_in>& resolver) {
  struct State {
    struct __res_state resolver{};
    bool open = false;
    ~State() {
      if (open) res_nclose(&resolver);
    }
  };
  State state;
  state.open = res_ninit(&state.resolver) == 0;
  if (!state.open) return failed("this machine names no resolver");
  state.resolver.retrans = asking.seconds;
  state.resolver.retry = asking.tries;
  if (resolver) {
    state.resolver.nscount = 1;
    state.resolver.nsaddr_list[0] = *resolver;
  }
  std::string answer(NS_MAXMSG, '\0');
  const int bytes = res_nquery(&state.resolver, name.c_str(), ns_c_in, ns_t_txt,
                               reinterpret_cast<unsigned char*>(answer.data()), static_cast<int>(answer.size()));
  if (bytes < 0) {
    const int why = state.resolver.res_h_errno;
    if (why == HOST_NOT_FOUND || why == NO_DATA)
      return {.kind = KeyAnswer::Kind::none, .texts = {}, .why = "the DNS has none"};
    return failed("the resolver gave no answer");
  }
  answer.resize(std::min(answer.size(), static_cast<std::size_t>(bytes)));
  return texts_of_answer(answer);
}

}  // namespace

intake::mail::KeyAnswer texts_of_answer(const std::string& answer) {
  constexpr std::string_view kUnreadable = "the resolver's answer cannot be read";
  KeyAnswer texts;
  texts.kind = KeyAnswer::Kind::none;
  texts.why = "the DNS has none";
  ns_msg message{};
  const auto* bytes = reinterpret_cast<const unsigned char*>(answer.data());
  if (ns_initparse(bytes, static_cast<int>(answer.size()), &message) != 0) return failed(std::string{kUnreadable});
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    ns_rr record{};
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) return failed(std::string{kUnreadable});
    if (ns_rr_type(record) != ns_t_txt) continue;
    // Strings of at most 255 bytes, each behind its length, joined without blanks (RFC 6376, 3.6.2.2).
    std::string text;
    const unsigned char* at = ns_rr_rdata(record);
    const unsigned char* const end = at + ns_rr_rdlen(record);
    while (at < end) {
      if (*at > end - at - 1) return failed(std::string{kUnreadable});
      text.append(reinterpret_cast<const char*>(at + 1), *at);
      at += 1 + *at;
    }
    texts.kind = KeyAnswer::Kind::found;
    texts.why.clear();
    texts.texts.push_back(std::move(text));
  }
  return texts;
}

Result<intake::mail::FindKey> keys_in_dns(const DnsAsking& asking) {
  std::optional<sockaddr_in> resolver;
  if (!asking.resolver.empty() && asking.resolver != "system") {
    resolver = address_of(asking.resolver);
    if (!resolver)
      return Error{Fault::usage, "--dns=" + asking.resolver +
                                     ": is no resolver; write an IPv4 address and a port, as in --dns=127.0.0.1:53"};
  }
  const auto known = std::make_shared<std::map<std::string, KeyAnswer>>();
  return intake::mail::FindKey{[known, asking, resolver](const std::string& name) {
    if (const auto before = known->find(name); before != known->end()) return before->second;
    KeyAnswer answer = ask(name, asking, resolver);
    if (asking.remember) known->emplace(name, answer);
    return answer;
  }};
}

}  // namespace guichet::desk
