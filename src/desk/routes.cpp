#include <guichet/desk/routes.hpp>

#include <algorithm>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include <guichet/desk/acts.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/house_name.hpp>
#include <guichet/desk/kept_pages.hpp>
#include <guichet/desk/meters.hpp>
#include <guichet/desk/pages/chronology.hpp>
#include <guichet/desk/pages/dossier_page.hpp>
#include <guichet/desk/pages/frame.hpp>
#include <guichet/desk/request_reader.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/formats/toml.hpp>

namespace guichet::desk {
namespace {

constexpr Duration kMinute{60'000};
constexpr std::string_view kLanguageParameter = "language";

/// A reader is for one thread at a time; requests borrow one each.
class Readers {
 public:
  explicit Readers(ledger::Ledger& ledger) : ledger_(ledger) {}

  class Loan {
   public:
    Loan(Readers& readers, std::unique_ptr<ledger::Reader> reader) : readers_(&readers), reader_(std::move(reader)) {}
    Loan(Loan&& other) noexcept = default;
    Loan& operator=(Loan&&) = delete;
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() {
      if (reader_) readers_->give_back(std::move(reader_));
    }
    ledger::Reader& operator*() const { return *reader_; }

   private:
    Readers* readers_;
    std::unique_ptr<ledger::Reader> reader_;
  };

  Result<Loan> borrow() {
    {
      const std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        auto reader = std::move(idle_.back());
        idle_.pop_back();
        return Loan(*this, std::move(reader));
      }
    }
    GUICHET_TRY(reader, ledger_.reader());
    return Loan(*this, std::move(reader));
  }

 private:
  void give_back(std::unique_ptr<ledger::Reader> reader) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(reader));
  }

  ledger::Ledger& ledger_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<ledger::Reader>> idle_;
};

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> all;
  std::size_t start = 1;
  while (start <= path.size()) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    if (end > start) all.push_back(path.substr(start, end - start));
    start = end + 1;
  }
  return all;
}

bool is_hole(std::string_view segment) { return segment.starts_with('{'); }

struct Compiled {
  Route route;
  std::vector<std::string_view> parts;
};

/// Fills `captures` when the path is of this route.
bool fits(const Compiled& compiled, const std::vector<std::string_view>& path, std::vector<std::string>& captures) {
  if (compiled.parts.size() != path.size()) return false;
  captures.clear();
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string_view part = compiled.parts[i];
    // "{id}.toml": a hole with a known ending.
    if (is_hole(part)) {
      const std::string_view ending = part.substr(part.find('}') + 1);
      if (!path[i].ends_with(ending) || path[i].size() == ending.size()) return false;
      captures.emplace_back(path[i].substr(0, path[i].size() - ending.size()));
    } else if (part != path[i]) {
      return false;
    }
  }
  return true;
}

/// The language that the switch of this page names; a cookie then keeps it.
std::optional<formats::Language> switched_language(const Request& request) {
  const std::string* asked = request.parameter(kLanguageParameter);
  return asked != nullptr && request.method == Method::get ? formats::language_from(*asked) : std::nullopt;
}

std::string language_cookie(formats::Language language, bool by_tls) {
  return std::string(kLanguageCookie) + "=" + std::string(formats::code(language)) +
         "; Path=/; SameSite=Lax; Max-Age=31536000" + (by_tls ? "; Secure" : "");
}

/// What was switched to, here or before; then what the person has chosen, then what the browser asks for.
std::optional<formats::Language> wished_language(const Request& request, const Person* person = nullptr) {
  if (const auto language = switched_language(request)) return language;
  if (const std::string* cookie = find(request.cookies, kLanguageCookie))
    if (const auto language = formats::language_from(*cookie)) return language;
  if (person != nullptr && person->language) return person->language;
  const std::string* header = request.header("accept-language");
  if (header == nullptr) return std::nullopt;
  std::string_view rest = *header;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view one = rest.substr(0, comma);
    one = one.substr(0, one.find(';'));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (const auto language = formats::language_from(one)) return language;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return std::nullopt;
}

/// What no page of ours may forget. Responses may have said something stricter already.
void secure(Response& response, const Request& request, bool signed_in) {
  const auto add = [&response](std::string_view name, std::string_view value) {
    for (const auto& [known, said] : response.headers)
      if (known == name) return;
    response.headers.emplace_back(name, value);
  };
  add("Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
      "form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
  add("X-Content-Type-Options", "nosniff");
  add("X-Frame-Options", "DENY");
  add("Referrer-Policy", "same-origin");
  add("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  add("Cross-Origin-Opener-Policy", "same-origin");
  if (signed_in) add("Cache-Control", "no-store");
  if (request.secure) add("Strict-Transport-Security", "max-age=31536000");
}

/// A browser says where a form comes from; another site's is not ours, whatever token it carries.
bool from_our_own_page(const Request& request, const House& house) {
  if (const std::string* site = request.header("sec-fetch-site"))
    if (*site != "same-origin" && *site != "none") return false;
  const std::string* origin = request.header("origin");
  if (origin == nullptr) return true;
  const std::string* host = request.header("host");
  const std::string_view after = std::string_view{*origin}.substr(std::min(origin->find("://") + 3, origin->size()));
  return (host != nullptr && after == *host) || (!house.base_url.empty() && *origin == house.base_url);
}

bool writes(Method method) {
  return method == Method::post || method == Method::put || method == Method::patch || method == Method::del;
}

/// Of an API token: what its scopes let it do.
bool scope_covers(const Session& session, Method method, Right right) {
  if (!session.by_token) return true;
  const auto has = [&session](std::string_view scope) {
    return std::ranges::find(session.scopes, scope) != session.scopes.end();
  };
  const bool manages = right == Right::manage_people || right == Right::manage_rules || right == Right::manage_desk;
  if (manages && !has("admin")) return false;
  return writes(method) ? has("write") : has("read") || has("write");
}

class TheDoor {
 public:
  explicit TheDoor(Shared& shared) : shared_(shared), readers_(*shared.ledger) {
    for (const Route& route : all_routes()) {
      Compiled compiled{.route = route, .parts = segments(route.pattern)};
      by_length_[compiled.parts.size()].push_back(std::move(compiled));
    }
    // A fixed word is a better fit than a hole: /cases/new before /cases/{case}.
    for (auto& [length, routes] : by_length_)
      std::ranges::stable_sort(routes, [](const Compiled& a, const Compiled& b) {
        return std::ranges::lexicographical_compare(
            a.parts, b.parts, [](std::string_view x, std::string_view y) { return !is_hole(x) && is_hole(y); });
      });
  }

  std::uint64_t body_bytes_max(const Request& head) {
    const Compiled* found = nullptr;
    look_up(head, found);
    auto loan = readers_.borrow();
    if (found == nullptr || !loan) return kSmallBody;
    const auto session = shared_.doorman->who(head, **loan, door_time(shared_, shared_.clock->now()));
    const auto person = session ? shared_.people->person(session->person) : nullptr;
    const bool welcome = person && person->active && may(person->role, found->route.right) &&
                         scope_covers(*session, head.method, found->route.right);
    return welcome ? shared_.house.body_bytes_max() : kSmallBody;
  }

  void answer(const Request& request, Respond respond) {
    const Instant began = shared_.clock->now();
    const Compiled* found = nullptr;
    const std::string_view pattern = look_up(request, found);
    Respond noted = [this, began, pattern, method = request.method, number = request.number,
                     respond = std::move(respond)](Response response) {
      note(began, pattern, method, number, response.status);
      respond(std::move(response));
    };
    try {
      let_in(request, found, noted);
    } catch (const std::exception& error) {
      log_fault(request.number, error.what());
      noted(trouble(request, 500, "fault.inside"));
    }
  }

 private:
  /// The route for the request, or none; its pattern, for the log.
  std::string_view look_up(const Request& request, const Compiled*& found) const {
    const auto path = segments(request.path);
    const auto same_length = by_length_.find(path.size());
    if (same_length == by_length_.end()) return {};
    const Method method = request.method == Method::head ? Method::get : request.method;
    std::vector<std::string> captures;
    for (const Compiled& compiled : same_length->second)
      if (compiled.route.method == method && fits(compiled, path, captures)) {
        found = &compiled;
        return compiled.route.pattern;
      }
    return {};
  }

  bool other_method_fits(const Request& request) const {
    const auto path = segments(request.path);
    const auto same_length = by_length_.find(path.size());
    if (same_length == by_length_.end()) return false;
    std::vector<std::string> captures;
    return std::ranges::any_of(same_length->second,
                               [&](const Compiled& compiled) { return fits(compiled, path, captures); });
  }

  void let_in(const Request& request, const Compiled* compiled, Respond& respond) {
    auto loan = readers_.borrow();
    if (!loan) {
      log_fault(request.number, loan.error().detail);
      return respond(trouble(request, 503, "fault.ledger"));
    }
    const Instant now = shared_.clock->now();
    Visit visit{.shared = shared_,
                .request = request,
                .reader = **loan,
                .session = shared_.doorman->who(request, **loan, door_time(shared_, now)),
                .person = nullptr,
                .phrases = formats::Phrases(wished_language(request).value_or(formats::Language::en)),
                .now = now,
                .captures = {},
                .fields = {},
                .api = request.path.starts_with("/api/") || request.path == "/api"};
    if (visit.session) visit.person = shared_.people->person(visit.session->person);
    if (visit.person && !visit.person->active) visit.person = nullptr;
    if (!visit.person) visit.session.reset();
    // Pages are for people: what changes who somebody is stands there, and no program reaches it by a token.
    const bool token_at_a_page = visit.session && visit.session->by_token && !visit.api;
    if (token_at_a_page) {
      visit.session.reset();
      visit.person = nullptr;
    }
    if (const auto wished = wished_language(request, visit.person.get())) visit.phrases = formats::Phrases(*wished);

    const auto reply = [&](Response response) {
      secure(response, request, visit.person != nullptr);
      if (const auto switched = switched_language(request); switched && !visit.api)
        response.headers.emplace_back("Set-Cookie", language_cookie(*switched, request.secure));
      respond(std::move(response));
    };
    if (compiled == nullptr) {
      const bool other = other_method_fits(request);
      return reply(other ? refusal(visit, 405, "fault.method") : not_found(visit));
    }
    if (token_at_a_page && compiled->route.right != Right::anybody) {
      shared_.meters->refused("right");
      return reply(problem(403, "token_not_here", visit.phrases("fault.token_not_here")));
    }
    fits(*compiled, segments(request.path), visit.captures);
    if (auto refused = check(visit, compiled->route)) return reply(std::move(*refused));
    if (compiled->route.look != nullptr) return reply(look(visit, compiled->route, **loan));
    compiled->route.act(visit, [request_secure = request.secure, respond](Response response) {
      Request like;
      like.secure = request_secure;
      secure(response, like, true);
      respond(std::move(response));
    });
  }

  /// Makes the page, or gives one again that would be made the same.
  Response look(Visit& visit, const Route& route, ledger::Reader& reader) const {
    const bool told = find(visit.request.cookies, kToldCookie) != nullptr;
    if (!route.kept || shared_.kept_pages == nullptr || !visit.session || visit.request.method != Method::get || told)
      return route.look(visit);
    const std::uint64_t comings = shared_.live->comings();
    const std::string key = page_key(visit);
    Response response;
    if (shared_.kept_pages->give(key, *shared_.changes, comings, visit.now, response)) return response;
    Reading reading;
    for (const Changes::Place always : {Changes::of_people(), Changes::of_procedures()})
      reading.seen.push_back({always, shared_.changes->count(always)});
    // Read again: the visitor was looked up before the counts were.
    visit.person = shared_.people->person(visit.session->person);
    if (!visit.person || !visit.person->active || !visit.may(route.right)) return forbidden(visit);
    std::vector<std::string> once;
    const auto noted = noting(reader, *shared_.changes, visit.now, reading);
    Visit watched{.shared = visit.shared,
                  .request = visit.request,
                  .reader = *noted,
                  .session = visit.session,
                  .person = visit.person,
                  .phrases = visit.phrases,
                  .now = visit.now,
                  .captures = visit.captures,
                  .fields = {},
                  .api = visit.api,
                  .reading = &reading,
                  .once = &once};
    response = route.look(watched);
    shared_.kept_pages->keep(key, response, std::move(reading), once, comings, visit.now);
    return response;
  }

  static std::string page_key(const Visit& visit) {
    std::string key = visit.session->id;
    key.append(1, visit.session->by_token ? '!' : ' ').append(formats::code(visit.language()));
    key.append(house_name(visit.shared));
    key.append(" ").append(visit.request.path);
    for (const auto& [name, value] : visit.request.query)
      key.append(1, '\0').append(name).append(1, '\0').append(value);
    return key;
  }

  /// Everything that must hold before a route is called.
  std::optional<Response> check(Visit& visit, const Route& route) {
    const Request& request = visit.request;
    if (route.right != Right::anybody) {
      if (!visit.person)
        return visit.api ? problem(401, "not_signed_in", visit.phrases("fault.not_signed_in")) : to_sign_in(request);
      if (!visit.may(route.right) || !scope_covers(*visit.session, request.method, route.right)) {
        shared_.meters->refused("right");
        return visit.api ? problem(403, "no_right", visit.phrases("fault.no_right")) : forbidden(visit);
      }
    }
    if (visit.api)
      if (auto refused = check_asked(visit, route)) return refused;
    if (!writes(request.method)) return std::nullopt;

    const std::string who = visit.person ? "p" + std::to_string(visit.person->id.value) : "a" + request.peer;
    if (!shared_.doorman->allows("write", who, shared_.house.writes_per_minute, kMinute,
                                 door_time(shared_, visit.now))) {
      shared_.meters->refused("limit");
      return refusal(visit, 429, "fault.too_many");
    }
    const bool by_token = visit.session && visit.session->by_token;
    if (!by_token && !from_our_own_page(request, shared_.house)) {
      shared_.meters->refused("form");
      return refusal(visit, 403, "fault.form");
    }
    auto fields = Fields::of(request);
    if (!fields)
      return visit.api ? problem(400, "unreadable", fields.error().detail) : refusal(visit, 400, "fault.unreadable");
    visit.fields = std::move(*fields);
    if (visit.api && !visit.fields.twice().empty())
      return problem_of_field(visit.phrases, {visit.fields.twice(), "twice"});
    if (visit.api && !route.fields.empty())
      if (const FieldFault fault = fault_of_sent(route.fields, visit.fields); !fault.field.empty())
        return problem_of_field(visit.phrases, fault);
    if (visit.session && !by_token) {
      const std::string* header = request.header("x-csrf-token");
      const std::string token = header != nullptr ? *header : visit.fields.raw("csrf");
      if (!shared_.doorman->form_is_ours(*visit.session, token)) {
        shared_.meters->refused("form");
        return refusal(visit, 403, "fault.form");
      }
    }
    return std::nullopt;
  }

  /// Nothing of a program's query is dropped in silence: with a misspelt filter it would work on another list.
  static std::optional<Response> check_asked(const Visit& visit, const Route& route) {
    const NamedValues& query = visit.request.query;
    for (auto one = query.begin(); one != query.end(); ++one) {
      const auto& [name, value] = *one;
      if (std::any_of(query.begin(), one, [&](const auto& before) { return before.first == name; }))
        return problem_of_parameter(visit.phrases, "parameter_twice", name);
      if (name == kLanguageParameter) {
        if (!formats::language_from(value)) return bad_parameter(visit.phrases, name);
        continue;
      }
      const auto known = std::ranges::find(route.asks, name, &ActField::name);
      if (known == route.asks.end()) {
        std::vector<std::string> names{std::string{kLanguageParameter}};
        for (const ActField& field : route.asks) names.emplace_back(field.name);
        return problem_of_parameter(visit.phrases, "unknown_parameter", name, formats::nearest_word(name, names));
      }
      if (!may_be_asked(*known, value)) return bad_parameter(visit.phrases, name);
    }
    return std::nullopt;
  }

  /// Whether the value is of the parameter's kind; an empty one asks for nothing.
  static bool may_be_asked(const ActField& parameter, std::string_view value) {
    if (value.empty()) return true;
    if (parameter.kind == FieldKind::number)
      return value.size() <= 19 && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    return parameter.kind != FieldKind::choice ||
           std::ranges::find(parameter.choices, value) != parameter.choices.end();
  }

  static Response to_sign_in(const Request& request) {
    if (request.method != Method::get && request.method != Method::head) return see_other("/signin");
    std::string next = request.path;
    if (!request.query.empty()) {
      next += '?';
      for (const auto& [name, value] : request.query)
        next += (next.back() == '?' ? "" : "&") + url_encoded(name) + "=" + url_encoded(value);
    }
    return see_other(next == "/" ? "/signin" : "/signin?next=" + url_encoded(next));
  }

  static Response refusal(const Visit& visit, int status, std::string_view key) {
    if (visit.api) return problem(status, key.substr(key.find('.') + 1), visit.phrases(key));
    return plain_page(visit, status, "fault.title", visit.phrases(key));
  }
  /// When not even a visit could be made.
  static Response trouble(const Request& request, int status, std::string_view key) {
    const formats::Phrases phrases(wished_language(request).value_or(formats::Language::en));
    Response response;
    if (request.path.starts_with("/api/")) {
      response = problem(status, key.substr(key.find('.') + 1), phrases(key));
    } else {
      response.status = status;
      response.content_type = "text/plain; charset=utf-8";
      response.body = phrases(key) + "\n";
    }
    secure(response, request, true);
    return response;
  }

  void note(Instant began, std::string_view pattern, Method method, std::uint64_t number, int status) const {
    const auto took = static_cast<std::uint64_t>(std::max<std::int64_t>((shared_.clock->now() - began).count(), 0));
    shared_.meters->answered(status, took);
    if (!shared_.log) return;
    formats::JsonWriter line(0);
    line.begin_object().key("at").value(print_instant(began)).key("request").value(number);
    line.key("method").value(name(method)).key("route").value(pattern.empty() ? std::string_view{"-"} : pattern);
    line.key("status").value(status).key("ms").value(took).end_object();
    shared_.log(line.take());
  }
  void log_fault(std::uint64_t number, std::string_view what) const {
    if (!shared_.log) return;
    formats::JsonWriter line(0);
    line.begin_object().key("at").value(print_instant(shared_.clock->now())).key("request").value(number);
    line.key("fault").value(what).end_object();
    shared_.log(line.take());
  }

  Shared& shared_;
  Readers readers_;
  std::map<std::size_t, std::vector<Compiled>> by_length_;
};

}  // namespace

CaseId Visit::case_id(std::size_t capture) const {
  if (capture >= captures.size()) return {};
  std::uint64_t number = 0;
  for (const char c : captures[capture]) {
    if (c < '0' || c > '9' || number > 0xFFFF'FFFF) return {};
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number > 0xFFFF'FFFF ? CaseId{} : CaseId{static_cast<std::uint32_t>(number)};
}

std::optional<ledger::ShelfRow> Visit::visible_case(CaseId case_id) const {
  if (!person || !case_id) return std::nullopt;
  const auto row = reader.row(case_id);
  if (!row || !*row || !may_see(*person, **row)) return std::nullopt;
  return **row;
}

std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (const auto part : {public_routes(), door_routes(), case_routes(), chronology_routes(), dossier_routes(),
                          proof_routes(), seller_routes(), agent_routes(), supervisor_routes(), auditor_routes(),
                          house_routes(), webhook_routes(), api_routes(), machine_routes()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

FrontDoor front_door(Shared& shared) {
  const auto door = std::make_shared<TheDoor>(shared);
  return {.answer = [door](const Request& request, Respond respond) { door->answer(request, std::move(respond)); },
          .body_bytes_max_of = [door](const Request& head) { return door->body_bytes_max(head); }};
}

}  // namespace guichet::desk
