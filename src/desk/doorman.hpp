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

namespace guichet::desk {

/// Somebody who comes in with a cookie or a token.
struct Session {
  std::string id;          // what the record is called: a digest of the secret in the cookie; empty for tokens
  std::string csrf;        // to be in every form of this session
  ActorId person;
  bool by_token = false;   // API token in the Authorization header: no cookie, no CSRF
  std::vector<std::string> scopes;  // of a token: "read", "write", "admin"; empty for sessions: all that the role may
  Instant ends{};
};

enum class SignIn : std::uint8_t { done, wrong, second_factor_needed, second_factor_wrong, locked_out, too_many };

struct SignedIn {
  SignIn outcome{};
  std::string cookie;       // the secret, for Set-Cookie, when done
  Instant try_again{};      // when locked out
};

struct NewToken {
  std::string secret;       // shown once
  std::string id;
};

class Doorman {
 public:
  static std::unique_ptr<Doorman> make(Clerk& clerk, const People& people);
  virtual ~Doorman() = default;

  /// Who sends this request, by cookie or token; nobody when neither is good. Fast: sessions are kept in memory.
  virtual std::optional<Session> who(const Request& request, ledger::Reader& reader, Instant now) = 0;
  /// True when the form's token, or the header of the same name, belongs to the session; always for tokens.
  virtual bool form_is_ours(const Session& session, std::string_view csrf) const = 0;

  /// argon2id runs on threads of its own; `told` is called there.
  virtual void sign_in(std::string email, std::string password, std::string code, std::string peer, Instant now,
                       std::function<void(SignedIn)> told) = 0;
  virtual void sign_out(const Session& session) = 0;
  virtual void end_all_sessions(ActorId person) = 0;
  /// The encoded argon2id hash; at least 10 signs are asked of a password, else Fault::usage.
  virtual void hash_password(std::string password, std::function<void(Result<std::string>)> told) = 0;

  /// An invitation for a person without password (or who lost it): the secret goes into a link. Ends after 7 days.
  virtual std::string invite(ActorId person, ActorId by, Instant now, ledger::RecordChange& change) = 0;
  virtual std::optional<ActorId> invited(std::string_view secret, ledger::Reader& reader, Instant now) = 0;
  virtual ledger::RecordChange use_invitation(std::string_view secret) = 0;

  virtual NewToken make_token(ActorId person, std::string label, std::vector<std::string> scopes, Instant now,
                              ledger::RecordChange& change) = 0;

  /// A limit by name and key ("write", person): false when there were more than `most` within `within`.
  virtual bool allows(std::string_view what, std::string_view key, std::uint32_t most, Duration within, Instant now) = 0;
};

/// For TOTP (RFC 6238, SHA-1, 6 digits, 30 s; one step of drift): a new secret, its otpauth:// address, a check.
std::string new_totp_secret();
std::string totp_address(std::string_view secret, std::string_view account, std::string_view issuer);
bool totp_fits(std::string_view secret, std::string_view code, Instant now);

/// `bytes` of chance from the system, as base64url: for secrets only, never for rules.
std::string secret_word(std::size_t bytes);

}  // namespace guichet::desk
