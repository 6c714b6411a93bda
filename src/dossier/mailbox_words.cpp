#include <guichet/dossier/mailbox_words.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/wording.hpp>

namespace guichet::dossier {
namespace {

using formats::Phrases;

std::int64_t whole(std::uint64_t n) { return static_cast<std::int64_t>(n); }

}  // namespace

std::string matter_title(const MailboxAudit& audit, std::size_t matter) {
  for (const MailConversation& conversation : audit.conversations) {
    if (conversation.matter != matter) continue;
    for (const bool seller_only : {true, false})
      for (const MailNumber number : conversation.mails) {
        const ToldMail& mail = audit.mails[number - 1];
        if ((!seller_only || mail.side == Party::seller) && !mail.subject.empty()) return in_one_line(mail.subject);
      }
  }
  return {};
}

std::string ways_in_words(const MailboxAudit& audit, const Phrases& phrases) {
  std::string words;
  for (const std::string_view way : {"signature", "name", "address"}) {
    const auto count = std::count_if(audit.agents.begin(), audit.agents.end(),
                                     [&](const MailAgent& agent) { return agent.by == way; });
    if (way == "signature" && static_cast<std::size_t>(count) == audit.agents.size()) return {};
    if (count > 0) words += (words.empty() ? "" : ", ") + phrases.counted("audit.way." + std::string{way}, count);
  }
  return words;
}

std::string closing_delay_in_words(const MailboxAudit& audit, const Phrases& phrases) {
  if (!audit.closing_delay) return {};
  const measures::ClosingRule& rule = audit.closing_delay->rule;
  const auto hours =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::ratio<3600>>(rule.clock_hours));
  return phrases("audit.closings.delay", {{"n", phrases.number(static_cast<double>(rule.n))},
                                          {"of", phrases.number(static_cast<double>(rule.of))},
                                          {"delay", phrases.duration(hours)},
                                          {"shortest", phrases.duration(audit.closing_delay->first)},
                                          {"longest", phrases.duration(audit.closing_delay->last)}});
}

std::vector<AuditSentence> audit_in_short(const MailboxAudit& audit, const Phrases& phrases) {
  std::vector<AuditSentence> sentences;
  const auto number = [&](std::uint64_t n) { return phrases.number(static_cast<double>(n)); };
  if (audit.mails.empty() || !audit.from) {
    sentences.push_back({phrases("audit.short.nothing"), {}});
    return sentences;
  }
  const std::uint64_t others = audit.mails.size() - audit.by_side[1] - audit.by_side[2] - audit.machines;
  sentences.push_back({phrases.counted("audit.short.size", whole(audit.mails.size()),
                                       {{"from", phrases.date(*audit.from)},
                                        {"to", phrases.date(*audit.to)},
                                        {"seller", number(audit.by_side[1])},
                                        {"desk", number(audit.by_side[2])},
                                        {"machines", number(audit.machines)}}),
                       {}});
  if (others > 0) sentences.back().words += " " + phrases.counted("audit.short.others", whole(others));
  if (!audit.agents.empty()) {
    const std::string ways = ways_in_words(audit, phrases);
    AuditSentence agents{
        phrases.counted(ways.empty() ? "audit.short.agents" : "audit.short.agents_told_apart",
                        whole(audit.agents.size()),
                        {{"matters", phrases.counted("audit.matters", whole(audit.matters))}, {"ways", ways}}),
        {}};
    const auto most = std::max_element(
        audit.conversations.begin(), audit.conversations.end(),
        [](const MailConversation& a, const MailConversation& b) { return a.agents.size() < b.agents.size(); });
    if (!audit.hand_offs.empty() && most != audit.conversations.end())
      agents.words += " " + phrases.counted("audit.short.hand_offs", whole(audit.hand_offs.size()));
    sentences.push_back(std::move(agents));
  }
  if (!audit.restarts.empty()) {
    AuditSentence restarts{phrases.counted("audit.short.restarts", whole(audit.restarts.size())), {}};
    for (const MailRestart& restart : audit.restarts) restarts.mails.push_back(restart.first);
    sentences.push_back(std::move(restarts));
  }
  if (audit.closing_delay) {
    AuditSentence delay{closing_delay_in_words(audit, phrases), {}};
    for (const MailClosing& closing : audit.closings)
      if (closing.in_peak) delay.mails.push_back(closing.closing);
    sentences.push_back(std::move(delay));
  } else if (!audit.closings.empty()) {
    AuditSentence closings{phrases.counted("audit.short.closings", whole(audit.closings.size())), {}};
    for (const MailClosing& closing : audit.closings) closings.mails.push_back(closing.closing);
    sentences.push_back(std::move(closings));
  }
  if (!audit.desk_silences.empty() && !audit.seller_silences.empty()) {
    const MailSilence& desk = audit.desk_silences.front();
    const MailSilence& seller = audit.seller_silences.front();
    sentences.push_back({phrases("audit.short.silences",
                                 {{"desk", phrases.duration(desk.time)}, {"seller", phrases.duration(seller.time)}}),
                         {desk.from, desk.until}});
    for (const MailNumber mail : {seller.from, seller.until})
      if (mail != desk.from && mail != desk.until) sentences.back().mails.push_back(mail);
  }
  const std::uint64_t open = audit.questions_by_end[0] + audit.questions_by_end[1] + audit.questions_by_end[2];
  if (open > 0) {
    const MailQuestion& most = audit.questions.front();
    AuditSentence questions{audit.questions.size() == 1 ? phrases("audit.short.questions.only")
                                                        : phrases.counted("audit.short.questions", whole(open),
                                                                          {{"of", number(audit.questions.size())}}),
                            {}};
    if (most.asked.size() > 1) {
      questions.words += " " + phrases("audit.short.asked_most", {{"n", number(most.asked.size())}});
      questions.mails = most.asked;
    }
    sentences.push_back(std::move(questions));
  }
  if (audit.desk_words > 0 && audit.repeated_words > 0) {
    const double share = static_cast<double>(audit.repeated_words) / static_cast<double>(audit.desk_words);
    sentences.push_back({phrases("audit.short.repeated", {{"share", phrases.percent(share, 0)}}), {}});
  }
  if (!audit.offers.empty()) {
    AuditSentence offers{phrases.counted("audit.short.offers", whole(audit.offers.size())), {}};
    for (const MailQuote& quote : audit.offers) offers.mails.push_back(quote.mail);
    sentences.push_back(std::move(offers));
  }
  for (const MailLimit& limit : audit.limits) {
    if (!limit.put_down || limit.put_down->to <= 0) continue;
    sentences.push_back(
        {phrases("audit.short.limit",
                 {{"from", phrases.number(limit.put_down->from)},
                  {"to", phrases.number(limit.put_down->to)},
                  {"by", phrases.number(limit.put_down->from / limit.put_down->to, 1)},
                  {"date", audit.mails[limit.mail - 1].at ? phrases.date(*audit.mails[limit.mail - 1].at)
                                                          : phrases("audit.undated")}}),
         {limit.mail}});
    break;
  }
  return sentences;
}

std::vector<AuditSentence> audit_not_known(const MailboxAudit& audit, const MailboxSource& source,
                                           const Phrases& phrases) {
  std::vector<AuditSentence> sentences;
  const auto those = [&](std::string_view key, auto&& holds) {
    AuditSentence sentence;
    for (std::size_t i = 0; i < audit.mails.size(); ++i)
      if (holds(audit.mails[i])) sentence.mails.push_back(static_cast<MailNumber>(i + 1));
    if (sentence.mails.empty()) return;
    sentence.words = phrases.counted(key, whole(sentence.mails.size()));
    sentences.push_back(std::move(sentence));
  };
  those("audit.unknown.unseen", [](const ToldMail& mail) { return !mail.unseen.empty(); });
  those("audit.unknown.undated", [](const ToldMail& mail) { return !mail.at && !mail.at_ahead; });
  those("audit.unknown.ahead", [](const ToldMail& mail) { return mail.at_ahead; });
  those("audit.unknown.received", [](const ToldMail& mail) { return mail.at_received; });
  those("audit.unknown.skew",
        [](const ToldMail& mail) { return mail.skew && (*mail.skew > kSkewTold || *mail.skew < -kSkewTold); });
  those("audit.unknown.way", [](const ToldMail& mail) { return mail.side == Party::desk && !mail.relayed; });
  those("audit.unknown.unsigned",
        [](const ToldMail& mail) { return mail.side == Party::desk && !mail.machine && mail.agent.empty(); });
  those("audit.unknown.third", [](const ToldMail& mail) { return mail.side == Party::third && !mail.machine; });
  those("audit.unknown.seal_failed", [](const ToldMail& mail) { return mail.seal == MailSeal::failed; });
  those(source.keys ? "audit.unknown.seal_no_key" : "audit.unknown.seal_no_keys",
        [](const ToldMail& mail) { return mail.seal == MailSeal::key_unknown; });
  those("audit.known.seal", [](const ToldMail& mail) { return mail.seal == MailSeal::verified; });
  those("audit.known.seal_of_copy",
        [](const ToldMail& mail) { return mail.seal == MailSeal::verified && mail.copies_failed > 0; });
  if (!audit.loose_closings.empty())
    sentences.push_back(
        {phrases.counted("audit.unknown.loose", whole(audit.loose_closings.size())), audit.loose_closings});
  if (audit.doubles > 0) sentences.push_back({phrases.counted("audit.unknown.doubles", whole(audit.doubles)), {}});
  if (audit.by_side[1] == 0) sentences.push_back({phrases("audit.unknown.no_seller"), {}});
  if (audit.by_side[2] == 0) sentences.push_back({phrases("audit.unknown.no_desk"), {}});
  for (const Remark& remark : source.remarks)
    sentences.push_back({remark.what + " " + phrases.number(static_cast<double>(remark.count)), {}});
  sentences.push_back({phrases("audit.unknown.elsewhere"), {}});
  return sentences;
}

}  // namespace guichet::dossier
