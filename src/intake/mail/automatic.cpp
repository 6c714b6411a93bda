#include <guichet/intake/mail/automatic.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace guichet::intake::mail {
namespace {

/// The part of an address before its "@", in lower case.
std::string local_part(const Address& address) {
  const std::string lower = lower_case(address.address);
  return lower.substr(0, lower.find('@'));
}

/// How programs that say nothing in their header begin the subject of a reply by machine.
bool subject_of_auto_reply(const std::string& subject) {
  constexpr std::array<std::string_view, 12> kStarts{"automatic reply:",
                                                     "automatic reply :",
                                                     "auto-reply:",
                                                     "autoreply:",
                                                     "out of office:",
                                                     "out of office re:",
                                                     "r\xC3\xA9ponse automatique",
                                                     "absence du bureau",
                                                     "absent du bureau",
                                                     "message d'absence",
                                                     "automatische antwort",
                                                     "abwesenheitsnotiz"};
  std::string lower = lower_case(subject.substr(0, std::min<std::size_t>(subject.size(), 60)));
  // "RÉPONSE": its accented letter is not ASCII.
  for (std::size_t at = lower.find("\xC3\x89"); at != std::string::npos; at = lower.find("\xC3\x89", at))
    lower.replace(at, 2, "\xC3\xA9");
  return std::any_of(kStarts.begin(), kStarts.end(), [&](std::string_view start) { return lower.starts_with(start); });
}

}  // namespace

std::string_view name(Automatic automatic) {
  switch (automatic) {
    case Automatic::bounce: return "bounce";
    case Automatic::report: return "report";
    case Automatic::auto_reply: return "auto_reply";
    case Automatic::bulk: return "bulk";
    case Automatic::mailing_list: return "mailing_list";
  }
  return "auto_reply";
}

std::optional<Automatic> automatic(const Message& message) {
  const auto from_daemon = [](const Address& address) {
    const std::string local = local_part(address);
    return local == "mailer-daemon" || local == "postmaster" || local == "mail-daemon";
  };
  const bool daemon = std::any_of(message.from.begin(), message.from.end(), from_daemon);
  if (message.report) return message.report->kind == "delivery-status" ? Automatic::bounce : Automatic::report;
  if (!message.failed_recipients.empty() || (daemon && (message.null_return_path || !message.auto_submitted.empty())))
    return Automatic::bounce;
  if (std::any_of(message.from.begin(), message.from.end(),
                  [](const Address& address) { return local_part(address) == "mailer-daemon"; }))
    return Automatic::bounce;
  // RFC 3834, 5: "no" is the only value that a person's mail has. Parameters may follow.
  const std::string submitted = message.auto_submitted.substr(0, message.auto_submitted.find_first_of("; \t("));
  if (!submitted.empty() && submitted != "no") return Automatic::auto_reply;
  if (message.auto_reply_mark) return Automatic::auto_reply;
  // What Exchange writes on mails of machines. A person's mail asks for less than all, or for nothing.
  if (message.response_suppress.find("all") != std::string::npos) return Automatic::auto_reply;
  if (message.precedence == "auto_reply" || message.precedence == "auto-reply") return Automatic::auto_reply;
  if (message.precedence == "bulk" || message.precedence == "junk" || message.precedence == "list")
    return Automatic::bulk;
  if (!message.list_id.empty()) return Automatic::mailing_list;
  if (message.null_return_path) return Automatic::auto_reply;
  if (subject_of_auto_reply(message.subject)) return Automatic::auto_reply;
  return {};
}

}  // namespace guichet::intake::mail
