// An audit of a mailbox for programs. Mails are called by their numbers; the list of mails says which is which.
#include <array>

#include <guichet/dossier/mailbox_report.hpp>
#include <guichet/dossier/mailbox_words.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::dossier {
namespace {

using formats::JsonWriter;

double seconds(Duration time) { return static_cast<double>(time.count()) / 1000; }

void add_mails(JsonWriter& json, std::string_view key, const std::vector<MailNumber>& mails) {
  json.key(key).begin_array();
  for (const MailNumber mail : mails) json.value(mail);
  json.end_array();
}

void add_words(JsonWriter& json, std::string_view key, const std::vector<std::string>& words) {
  json.key(key).begin_array();
  for (const std::string& word : words) json.value(word);
  json.end_array();
}

void add_sentences(JsonWriter& json, std::string_view key, const std::vector<AuditSentence>& sentences) {
  json.key(key).begin_array();
  for (const AuditSentence& sentence : sentences) {
    json.begin_object().key("words").value(sentence.words);
    add_mails(json, "mails", sentence.mails);
    json.end_object();
  }
  json.end_array();
}

std::string_view side_name(Party side) {
  switch (side) {
    case Party::seller: return "seller";
    case Party::desk: return "desk";
    case Party::third: return "third";
    case Party::nobody:
    case Party::clock: break;
  }
  return "nobody";
}

void add_all_mails(JsonWriter& json, const MailboxAudit& audit) {
  json.key("mails").begin_array();
  for (std::size_t i = 0; i < audit.mails.size(); ++i) {
    const ToldMail& mail = audit.mails[i];
    json.begin_object().key("number").value(static_cast<std::uint64_t>(i + 1));
    json.key("message_id").value(mail.message_id).key("place").value(mail.place);
    if (mail.at) json.key("at").value(print_instant(*mail.at));
    if (mail.at_received) json.key("at_received").value(true);
    if (mail.at_ahead) json.key("at_ahead").value(true);
    json.key("side").value(side_name(mail.side)).key("machine").value(mail.machine);
    json.key("address").value(mail.address);
    if (!mail.agent.empty()) json.key("agent").value(mail.agent).key("agent_by").value(mail.agent_by);
    json.key("subject").value(mail.subject);
    if (audit.conversation_of[i] != kNoConversation)
      json.key("conversation").value(static_cast<std::uint64_t>(audit.conversation_of[i] + 1));
    if (mail.skew) json.key("skew_seconds").value(seconds(*mail.skew));
    json.key("relayed").value(mail.relayed).key("seal").value(name(mail.seal));
    if (mail.seal == MailSeal::verified && mail.copies_failed > 0)
      json.key("copies_failed").value(static_cast<std::uint64_t>(mail.copies_failed));
    if (!mail.unseen.empty()) add_words(json, "unseen", mail.unseen);
    json.end_object();
  }
  json.end_array();
}

void add_silences(JsonWriter& json, std::string_view key, const std::vector<MailSilence>& silences) {
  constexpr std::array<std::string_view, 3> kEnds{"answer", "closing", "none"};
  json.key(key).begin_array();
  for (const MailSilence& one : silences)
    json.begin_object()
        .key("seconds")
        .value(seconds(one.time))
        .key("from")
        .value(one.from)
        .key("until")
        .value(one.until)
        .key("reminders")
        .value(one.reminders)
        .key("ended_by")
        .value(kEnds[static_cast<std::size_t>(one.end)])
        .end_object();
  json.end_array();
}

void add_closings(JsonWriter& json, const MailboxAudit& audit) {
  json.key("closings").begin_array();
  for (const MailClosing& closing : audit.closings)
    json.begin_object()
        .key("closing")
        .value(closing.closing)
        .key("before")
        .value(closing.before)
        .key("wait_seconds")
        .value(seconds(closing.wait))
        .key("in_delay")
        .value(closing.in_peak)
        .key("passage")
        .value(closing.passage)
        .end_object();
  json.end_array();
  add_mails(json, "loose_closings", audit.loose_closings);
  json.key("closing_delay");
  if (!audit.closing_delay) {
    json.null();
    return;
  }
  const measures::ClosingRule& rule = audit.closing_delay->rule;
  json.begin_object().key("hours").value(rule.clock_hours, 4).key("delay_seconds").value(seconds(rule.delay));
  json.key("shortest_seconds")
      .value(seconds(audit.closing_delay->first))
      .key("longest_seconds")
      .value(seconds(audit.closing_delay->last));
  json.key("n").value(rule.n).key("of").value(rule.of);
  if (audit.closing_delay->chance) json.key("chance").exact(*audit.closing_delay->chance);
  json.end_object();
}

void add_questions(JsonWriter& json, const MailboxAudit& audit) {
  json.key("questions").begin_array();
  for (const MailQuestion& question : audit.questions) {
    json.begin_object().key("words").value(question.words);
    add_mails(json, "asked", question.asked);
    json.key("end").value(name(question.end)).key("desk_mails_after").value(question.mails_after);
    if (question.by != 0) json.key("taken_up_by").value(question.by);
    json.end_object();
  }
  json.end_array();
}

void add_quotes(JsonWriter& json, std::string_view key, const std::vector<MailQuote>& quotes) {
  json.key(key).begin_array();
  for (const MailQuote& quote : quotes) {
    json.begin_object().key("mail").value(quote.mail);
    add_words(json, "passages", quote.passages);
    json.end_object();
  }
  json.end_array();
}

void add_measures(JsonWriter& json, const measures::Findings& findings) {
  json.key("measures").begin_object();
  for (const measures::Figure& figure : findings.figures) {
    json.key(measures::measure(figure.id).name).begin_object().key("n").value(figure.n);
    for (const measures::Stat& stat : figure.stats) json.key(stat.name).value(stat.value);
    if (!figure.rows.empty() && figure.id != measures::MeasureId::by_person) {
      json.key("rows").begin_array();
      for (const measures::Row& row : figure.rows) {
        json.begin_object().key("row").value(row.label.empty() ? row.word : std::string_view{row.label});
        for (const measures::Stat& stat : row.stats) json.key(stat.name).value(stat.value);
        json.end_object();
      }
      json.end_array();
    }
    json.end_object();
  }
  json.end_object();
}

/// A document read elsewhere, written again.
void add_value(JsonWriter& json, const formats::JsonValue& value) {
  using Kind = formats::JsonValue::Kind;
  switch (value.kind) {
    case Kind::null: json.null(); break;
    case Kind::boolean: json.value(value.boolean); break;
    case Kind::integer: json.value(value.integer); break;
    case Kind::number: json.exact(value.number); break;
    case Kind::text: json.value(value.text); break;
    case Kind::array:
      json.begin_array();
      for (const formats::JsonValue& item : value.items) add_value(json, item);
      json.end_array();
      break;
    case Kind::object:
      json.begin_object();
      for (const formats::JsonMember& member : value.members) add_value(json.key(member.key), member.value);
      json.end_object();
      break;
  }
}

}  // namespace

std::string audit_as_json(const MailboxAudit& audit, const MailboxSource& source, formats::Language language) {
  const formats::Phrases phrases(language);
  JsonWriter json;
  json.begin_object();
  add_words(json, "source", source.names);
  json.key("mapping").value(source.mapping).key("mapping_origin").value(source.mapping_origin);
  add_words(json, "desk", source.desk);
  add_words(json, "seller", source.seller);
  add_words(json, "reasons", source.reasons);
  json.key("command").value(source.command);
  add_sentences(json, "in_short", audit_in_short(audit, phrases));
  json.key("counts").begin_object();
  json.key("mails").value(static_cast<std::uint64_t>(audit.mails.size()));
  json.key("seller").value(audit.by_side[1]).key("desk").value(audit.by_side[2]).key("third").value(audit.by_side[3]);
  json.key("machines").value(audit.machines).key("undated").value(audit.undated).key("doubles").value(audit.doubles);
  json.key("conversations").value(static_cast<std::uint64_t>(audit.conversations.size()));
  json.key("matters").value(static_cast<std::uint64_t>(audit.matters));
  json.key("unsigned_desk").value(audit.unsigned_desk).end_object();
  if (audit.from) json.key("from").value(print_instant(*audit.from)).key("to").value(print_instant(*audit.to));
  json.key("agents").begin_array();
  for (const MailAgent& agent : audit.agents)
    json.begin_object()
        .key("name")
        .value(agent.name)
        .key("by")
        .value(agent.by)
        .key("mails")
        .value(agent.mails)
        .key("conversations")
        .value(agent.conversations)
        .key("first")
        .value(agent.first)
        .key("last")
        .value(agent.last)
        .end_object();
  json.end_array();
  json.key("conversations").begin_array();
  for (const MailConversation& conversation : audit.conversations) {
    json.begin_object();
    add_mails(json, "mails", conversation.mails);
    add_mails(json, "closings", conversation.closings);
    add_words(json, "agents", conversation.agents);
    json.key("matter").value(static_cast<std::uint64_t>(conversation.matter + 1));
    if (conversation.before) json.key("goes_on_with").value(static_cast<std::uint64_t>(*conversation.before + 1));
    json.key("why").value(name(conversation.why)).end_object();
  }
  json.end_array();
  json.key("restarts").begin_array();
  for (const MailRestart& restart : audit.restarts)
    json.begin_object()
        .key("conversation")
        .value(static_cast<std::uint64_t>(restart.conversation + 1))
        .key("closing")
        .value(restart.closing)
        .key("first")
        .value(restart.first)
        .key("why")
        .value(name(restart.why))
        .key("words")
        .value(static_cast<std::uint64_t>(restart.words))
        .key("words_again")
        .value(static_cast<std::uint64_t>(restart.words_again))
        .end_object();
  json.end_array();
  json.key("hand_offs").begin_array();
  for (const MailHandOff& hand_off : audit.hand_offs)
    json.begin_object().key("from").value(hand_off.from).key("to").value(hand_off.to).end_object();
  json.end_array();
  add_quotes(json, "transfers", audit.transfers);
  add_silences(json, "desk_silences", audit.desk_silences);
  add_silences(json, "seller_silences", audit.seller_silences);
  add_silences(json, "unanswered", audit.unanswered);
  add_questions(json, audit);
  json.key("wording").begin_object().key("mails").value(audit.worded_mails).key("words").value(audit.desk_words);
  json.key("repeated").value(audit.repeated_words).key("passages").begin_array();
  for (const MailPassage& passage : audit.passages) {
    json.begin_object().key("words").value(passage.words).key("agents").value(passage.agents);
    add_mails(json, "mails", passage.mails);
    json.end_object();
  }
  json.end_array().end_object();
  add_closings(json, audit);
  add_quotes(json, "offers", audit.offers);
  json.key("limits").begin_array();
  for (const MailLimit& limit : audit.limits) {
    json.begin_object().key("mail").value(limit.mail).key("passage").value(limit.passage);
    if (limit.put_down) json.key("from").value(limit.put_down->from).key("to").value(limit.put_down->to);
    json.end_object();
  }
  json.end_array();
  if (const auto costs = formats::parse_json(source.costs_json, "costs")) add_value(json.key("costs"), *costs);
  add_measures(json, audit.findings);
  add_sentences(json, "not_known", audit_not_known(audit, source, phrases));
  add_all_mails(json, audit);
  json.end_object();
  return json.take();
}

}  // namespace guichet::dossier
