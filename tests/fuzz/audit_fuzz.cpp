// The audit of a mailbox whose mails say anything: every figure leads to a mail that is there, and the page is one.
// A mail is what stands between two bytes 1: a byte for side, thread and day, then its words.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <guichet/base/check.hpp>
#include <guichet/base/utf8.hpp>
#include <guichet/dossier/mailbox_audit.hpp>
#include <guichet/dossier/mailbox_report.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet;
  using namespace guichet::dossier;
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  std::vector<ToldMail> mails;
  while (!rest.empty() && mails.size() < 60) {
    const std::string_view piece = rest.substr(0, rest.find('\1'));
    rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
    if (piece.empty()) continue;
    const auto says = static_cast<unsigned char>(piece.front());
    ToldMail mail;
    mail.side = (says & 1U) != 0 ? Party::seller : Party::desk;
    mail.machine = (says & 6U) == 6U;
    mail.thread = says >> 3U & 3U;
    if (says != 0xFF) mail.at = Instant{std::chrono::hours{mails.size() * 7 + says}};
    if (mail.side == Party::desk && !mail.machine) mail.agent = (says & 2U) != 0 ? "Ines" : "";
    mail.message_id = std::to_string(mails.size());
    mail.subject = piece.substr(1, piece.find('\n'));
    mail.own = mail.text = piece.substr(1);
    mails.push_back(std::move(mail));
  }
  const std::size_t told = mails.size();
  const MailboxAudit audit = audit_mailbox(std::move(mails));
  GUICHET_CHECK(audit.mails.size() + audit.doubles == told, "no mail is lost");
  const auto there = [&](MailNumber number) { return number >= 1 && number <= audit.mails.size(); };
  for (const MailRestart& restart : audit.restarts)
    GUICHET_CHECK(there(restart.closing) && there(restart.first) && restart.words_again <= restart.words,
                  "a restart leads to its mails");
  for (const MailQuestion& question : audit.questions)
    for (const MailNumber number : question.asked) GUICHET_CHECK(there(number), "a question was asked in a mail");
  for (const MailPassage& passage : audit.passages)
    GUICHET_CHECK(passage.mails.size() >= 2 && there(passage.mails.back()), "a passage stands in two mails");
  for (const MailClosing& closing : audit.closings)
    GUICHET_CHECK(there(closing.before) && there(closing.closing) && closing.wait >= Duration{},
                  "a closing ends a wait");
  GUICHET_CHECK(audit.repeated_words <= audit.desk_words, "what is repeated was written");
  for (const formats::Language language : {formats::Language::en, formats::Language::fr}) {
    const std::string page = audit_as_page(audit, {}, language);
    GUICHET_CHECK(utf8_valid_prefix(page) == page.size(), "the page is UTF-8");
    const std::string json = audit_as_json(audit, {}, language);
    GUICHET_CHECK(utf8_valid_prefix(json) == json.size(), "the JSON is UTF-8");
  }
  return 0;
}
