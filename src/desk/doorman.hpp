// Who is there: passwords, second factor, sessions, invitations, tokens, and how often somebody may try. What each may
// do is in people.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/result.hpp>
#include <guichet/desk/clerk.hpp>
#include <guichet/desk/http.hpp>
#include <guichet/desk/people.hpp>
#include <guichet/desk/secrets.hpp>
#include <guichet/ledger/ledger.hpp>

namespace guichet::desk {

/// Somebody who comes in with a cookie or a token.
struct Session {
  std::string id;    // what the record is called: a digest of the secret in the cookie, or of the token
  std::string csrf;  // to be in every form of this session
  ActorId person;
  bool by_token = false;            // API token in the Authorization header: no cookie, no CSRF
  std::vector<std::string> scopes;  // of a token: "read", "write", "admin"; empty for sessions: all that the role may
  Instant ends{};
};

enum class SignIn : std::uint8_t {
  done,
  wrong,                 // address or password, and nobody is told which
  second_factor_needed,  // the password was right
  second_factor_wrong,
  locked_out,  // too many were wrong: not before `try_again`
  too_many,    // the desk has too many sign-ins to look at just now
  failed,      // the session could not be written
};

struct SignedIn {
  SignIn outcome{};
  std::string cookie;   // done: the secret, for Set-Cookie. second_factor_needed: a word for second_factor()
  Instant try_again{};  // when locked out
};

/// A password as it is chosen: long enough and short enough to be looked at.
inline constexpr std::size_t kPasswordLettersMin = 10;
inline constexpr std::size_t kPasswordBytesMax = 1'000;

/// A session ends after 12 hours without a request, and after 14 days in any case.
inline constexpr Duration kSessionIdle{12LL * 3'600'000};
inline constexpr Duration kSessionLife{14LL * 24 * 3'600'000};
inline constexpr Duration kInvitationLife{7LL * 24 * 3'600'000};

/// A session, token or invitation in a list; its secret is not known.
struct KeptKey {
  std::string id;
  ActorId person;
  std::string label;                // of a token
  std::vector<std::string> scopes;  // of a token
  Instant made{};
  Instant seen{};  // to the hour
  Instant ends = kNever;
};

/// A second factor that was just agreed on.
struct SecondFactor {
  std::vector<std::string> recovery_codes;  // shown once, each good for one sign-in
  ledger::RecordChange change;              // keeps their digests; goes with the change of the person
};

struct NewToken {
  std::string secret;  // shown once
  std::string id;
};

/// A link by which somebody chooses a password: `secret` ends it and is known nowhere else. Good for kInvitationLife.
struct NewInvitation {
  std::string secret;
  ledger::RecordChange change;
};
NewInvitation make_invitation(ActorId person, ActorId by, Instant now);

class Doorman {
 public:
  /// `ledger` is for readers of the doorman's own threads: what locked somebody out outlives a restart.
  static std::unique_ptr<Doorman> make(Clerk& clerk, const People& people, ledger::Ledger& ledger);
  virtual ~Doorman() = default;

  /// Who sends this request, by cookie or token; nobody when neither is good. Fast: sessions are kept in memory.
  virtual std::optional<Session> who(const Request& request, ledger::Reader& reader, Instant now) = 0;
  /// Whether a session by which somebody came in has neither ended nor run out since. Renews nothing.
  virtual bool still_in(const Session& session, Instant now) = 0;
  /// True when the form's token, or the header of the same name, belongs to the session; always for tokens.
  virtual bool form_is_ours(const Session& session, std::string_view csrf) const = 0;

  /// argon2id runs on threads of its own; `told` is called there.
  virtual void sign_in(std::string email, std::string password, std::string code, std::string peer, Instant now,
                       std::function<void(SignedIn)> told) = 0;
  /// The second step, after second_factor_needed: `word` is good for five minutes, `code` is of six digits or a
  /// recovery code.
  virtual void second_factor(std::string word, std::string code, std::string peer, Instant now,
                             std::function<void(SignedIn)> told) = 0;
  /// When this address, from this peer, may try again; nothing when it may now.
  virtual std::optional<Instant> locked_until(std::string_view email, std::string_view peer, Instant now) = 0;
  /// The same password again before something grave: counts like a sign-in, makes no session. `done` or `wrong` or
  /// `locked_out` or `too_many`.
  virtual void ask_again(ActorId person, std::string password, std::string peer, Instant now,
                         std::function<void(SignedIn)> told) = 0;
  /// A session for somebody who has just proved himself in another way (an invitation); his others end.
  virtual void admit(ActorId person, Instant now, std::function<void(SignedIn)> told) = 0;
  virtual void sign_out(const Session& session) = 0;
  virtual void end_all_sessions(ActorId person) = 0;
  /// Ends one of a person's sessions, or all but `but` when `id` is empty. `told`, if any, once that is on disk.
  virtual void end_sessions(ActorId person, std::string id, std::string but, std::function<void()> told) = 0;
  virtual Result<std::vector<KeptKey>> sessions(ActorId person, ledger::Reader& reader, Instant now) const = 0;
  /// The encoded argon2id hash; at least 10 signs are asked of a password, else Fault::usage.
  virtual void hash_password(std::string password, std::function<void(Result<std::string>)> told) = 0;

  /// An invitation for a person without password (or who lost it): the secret goes into a link. Ends after 7 days.
  virtual std::string invite(ActorId person, ActorId by, Instant now, ledger::RecordChange& change) = 0;
  virtual std::optional<ActorId> invited(std::string_view secret, ledger::Reader& reader, Instant now) = 0;
  /// A conflict when it was used or called back meanwhile.
  virtual ledger::RecordChange use_invitation(std::string_view secret) = 0;

  virtual NewToken make_token(ActorId person, std::string label, std::vector<std::string> scopes, Instant now,
                              ledger::RecordChange& change) = 0;
  /// Of one person, or of everybody when `person` is zero.
  virtual Result<std::vector<KeptKey>> tokens(ActorId person, ledger::Reader& reader) const = 0;
  /// The change that ends a token; whose it is, the caller has looked at.
  virtual ledger::RecordChange end_token(const KeptKey& token) const = 0;

  /// Ten new recovery codes in place of those before. `step`: of the code that was shown in proof, so that it is not
  /// taken again; zero keeps what was used before.
  virtual Result<SecondFactor> agree_second_factor(ActorId person, std::uint64_t step,
                                                   ledger::Reader& reader) const = 0;
  virtual Result<std::size_t> recovery_codes_left(ActorId person, ledger::Reader& reader) const = 0;

  /// The clerk says so after each commit, so that ended sessions and tokens are forgotten at once.
  virtual void changed(const ledger::RecordChange& change) = 0;

  /// A limit by name and key ("write", person): false when there were more than `most` within `within`.
  virtual bool allows(std::string_view what, std::string_view key, std::uint32_t most, Duration within,
                      Instant now) = 0;
};

/// "__Host-guichet" by TLS, "guichet" without.
std::string session_cookie_name(bool secure);
/// The whole Set-Cookie value; an empty secret takes the cookie away.
std::string session_cookie(std::string_view secret, bool secure);

/// The cookie of the language switch, for those who have no profile yet.
inline constexpr std::string_view kLanguageCookie = "language";

struct Shared;
/// The time by which sessions, locks and second factors go: the world's, also where a demo's time was moved. Give this
/// to the doorman, and `now` itself where no demo runs.
Instant door_time(const Shared& shared, Instant now);

}  // namespace guichet::desk
