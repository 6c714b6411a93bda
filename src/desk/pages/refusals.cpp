#include <guichet/desk/pages/refusals.hpp>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/pages/frame.hpp>

namespace guichet::desk {
namespace {

using formats::Language;
using formats::Phrases;

/// What a person can do about it differs for these; the rest is a request that no browser of ours sends.
constexpr std::array<int, 4> kTold{400, 408, 413, 503};

using Pages = std::map<std::pair<int, Language>, std::string>;

int told_as(int status) {
  for (const int one : kTold)
    if (one == status) return status;
  return 400;
}

std::string sentence(const Shared& shared, const Phrases& phrases, int status) {
  const std::string key = "refused." + std::to_string(status);
  if (status != 413) return phrases(key);
  const auto megabytes = shared.house.file_bytes_max / (1024 * 1024);
  const auto together = shared.house.files_together_max() / (1024 * 1024);
  return phrases(key, {{"size", phrases.number(static_cast<double>(megabytes))},
                       {"all", phrases.number(static_cast<double>(together))}});
}

/// As much as is known this early: a cookie of ours when it was read already, else what the browser asks for.
Language language_of(const Request& request) {
  if (const std::string* cookie = find(request.cookies, kLanguageCookie))
    if (const auto language = formats::language_from(*cookie)) return *language;
  const std::string* header = request.header("accept-language");
  if (header == nullptr) return Language::en;
  const std::string first = header->substr(0, header->find_first_of(",;"));
  return formats::language_from(first).value_or(Language::en);
}

}  // namespace

Result<Refusing> refusal_pages(Shared& shared) {
  GUICHET_TRY(reader, shared.ledger->reader());
  // Made once and shown for months: no moment of a demo may stand on them.
  Shared timeless = shared;
  timeless.house.demo = false;
  const auto pages = std::make_shared<Pages>();
  const Request nothing;
  for (const Language language : {Language::en, Language::fr})
    for (const int status : kTold) {
      const Visit visit{.shared = timeless,
                        .request = nothing,
                        .reader = *reader,
                        .session = {},
                        .person = {},
                        .phrases = Phrases(language),
                        .now = shared.clock->now(),
                        .captures = {},
                        .fields = {}};
      (*pages)[{status, language}] =
          plain_page(visit, status, "refused.title", sentence(shared, visit.phrases, status)).body;
    }
  return Refusing([pages](const Request& so_far, int status, std::string_view why) {
    if (so_far.path.starts_with("/api/")) return problem(status, "refused", why);
    Response response;
    response.status = status;
    response.content_type = "text/html; charset=utf-8";
    response.body = pages->at({told_as(status), language_of(so_far)});
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; "
                                  "frame-ancestors 'none'; base-uri 'none'");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
  });
}

}  // namespace guichet::desk
