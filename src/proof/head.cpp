#include <guichet/proof/head.hpp>

#include <guichet/proof/lines.hpp>

namespace guichet::proof {

std::string signed_bytes(const Head& head) {
  std::string text = "guichet head 1\n";
  put_bytes(text, "log", head.log);
  put_line(text, "size", std::to_string(head.size));
  put_bytes(text, "root", head.root);
  put_line(text, "at", print_instant(head.at));
  put_bytes(text, "key", head.key);
  return text;
}

SignedHead sign(const Head& head, const Sign& sign) { return {head, sign(signed_bytes(head))}; }

bool verified(const SignedHead& head, const Verify& verify) {
  return verify(head.head.key, signed_bytes(head.head), head.signature);
}

std::string print_head(const SignedHead& head) {
  std::string text = signed_bytes(head.head);
  put_bytes(text, "sign", head.signature);
  return text;
}

Result<SignedHead> read_head(std::string_view text) {
  Lines lines(text, "head");
  GUICHET_TRY(head, lines.head());
  GUICHET_TRY(end, lines.end());
  return head;
}

std::string print_growth(const Growth& growth) {
  std::string text = "guichet growth 1\n";
  put_line(text, "before", std::to_string(growth.before));
  put_bytes(text, "was", growth.root_before);
  for (const Hash& hash : growth.path) put_bytes(text, "path", hash);
  return text + print_head(growth.head);
}

Result<Growth> read_growth(std::string_view text) {
  Lines lines(text, "growth");
  GUICHET_TRY(first, lines.exactly("guichet growth 1"));
  GUICHET_TRY(before, lines.number("before"));
  Growth growth{.before = before, .root_before = {}, .path = {}, .head = {}};
  GUICHET_TRY(was, lines.bytes("was", growth.root_before));
  GUICHET_TRY(path, lines.hashes("path"));
  GUICHET_TRY(head, lines.head());
  GUICHET_TRY(end, lines.end());
  growth.path = std::move(path);
  growth.head = head;
  return growth;
}

}  // namespace guichet::proof
