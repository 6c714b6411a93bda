// An audit of a mailbox as a page: what happened in short, the course of it, the passages, what is not known, and the
// list of all mails to which every figure leads.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>

#include <guichet/dossier/mailbox_report.hpp>
#include <guichet/dossier/mailbox_words.hpp>
#include <guichet/dossier/numbers.hpp>
#include <guichet/dossier/plots.hpp>
#include <guichet/dossier/sentences.hpp>

namespace guichet::dossier {
namespace {

using formats::Html;
using formats::Phrases;
using formats::Url;

// A judge reads it: the rest is in the JSON.
constexpr std::size_t kLanesMax = 12;
constexpr std::size_t kSilencesMax = 5;
constexpr std::size_t kQuestionsMax = 10;
constexpr std::size_t kPassagesMax = 6;
constexpr std::size_t kRowsMax = 40;
constexpr std::size_t kRefsMax = 8;
constexpr std::size_t kReasonsMax = 12;

using measures::MeasureId;
constexpr std::array<MeasureId, 12> kMeasuresShown{MeasureId::continuity,
                                                   MeasureId::agents_met,
                                                   MeasureId::agents_who_wrote,
                                                   MeasureId::hand_offs,
                                                   MeasureId::bounces,
                                                   MeasureId::restarts,
                                                   MeasureId::closings_without_decision,
                                                   MeasureId::reopened,
                                                   MeasureId::whose_court,
                                                   MeasureId::silence_asymmetry,
                                                   MeasureId::adverse_after,
                                                   MeasureId::auto_close};

/// What fills a cell of a table.
using Cell = std::function<void(Html&)>;

class AuditPage {
 public:
  AuditPage(const MailboxAudit& audit, const MailboxSource& source, formats::Language language)
      : audit_(audit), source_(source), phrases_(language) {}

  std::string page() {
    brief();
    timeline();
    agents();
    restarts();
    closings();
    silences();
    questions();
    wording();
    offers();
    costs();
    not_known();
    measures_table();
    method();
    all_mails();
    return formats::html_page({.language = phrases_.language(),
                               .title = phrases_("audit.title"),
                               .subtitle = subtitle(),
                               .footer = phrases_("audit.footer")},
                              main_);
  }

 private:
  std::string subtitle() const {
    std::string names;
    for (const std::string& name : source_.names) names += (names.empty() ? "" : ", ") + name;
    if (!audit_.from) return names;
    return phrases_("audit.subtitle",
                    {{"names", names}, {"from", phrases_.date(*audit_.from)}, {"to", phrases_.date(*audit_.to)}});
  }

  std::string number(std::uint64_t n) const { return phrases_.number(static_cast<double>(n)); }
  const ToldMail& mail(MailNumber n) const { return audit_.mails[n - 1]; }
  std::string date_of(MailNumber n) const {
    return mail(n).at ? phrases_.date(*mail(n).at) : phrases_("audit.undated");
  }
  std::string moment_of(MailNumber n) const {
    return mail(n).at ? phrases_.moment(*mail(n).at) : phrases_("audit.undated");
  }

  void heading(std::string_view key) { main_.element("h2", phrases_(key)); }
  void say(std::string_view key) { main_.element("p", phrases_(key)); }

  /// Where a mail stands in the list at the end.
  void ref(Html& html, MailNumber n) const {
    html.element("a", phrases_("audit.mail", {{"n", number(n)}}), {{"href", Url("#m" + std::to_string(n))}});
  }
  void refs(Html& html, const std::vector<MailNumber>& mails) const {
    if (mails.empty()) return;
    html.text(" ").open("span", {{"class", "sources"}}).text("(");
    for (std::size_t i = 0; i < std::min(mails.size(), kRefsMax); ++i) {
      if (i > 0) html.text(", ");
      ref(html, mails[i]);
    }
    if (mails.size() > kRefsMax) html.text(phrases_("audit.more", {{"n", number(mails.size() - kRefsMax)}}));
    html.text(")").close();
  }
  Cell words(std::string text) const {
    return [text = std::move(text)](Html& html) { html.text(text); };
  }
  /// "12 March 2025 (no. 7)"
  Cell dated(MailNumber n) const {
    return [this, n](Html& html) {
      html.text(date_of(n));
      refs(html, {n});
    };
  }

  void table(const std::string& label, const std::vector<std::string>& head,
             const std::vector<std::vector<Cell>>& rows) {
    main_.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", label}}).open("table");
    main_.open("thead").open("tr");
    for (const std::string& name : head) main_.element("th", name, {{"scope", "col"}});
    main_.close().close().open("tbody");
    for (std::size_t r = 0; r < std::min(rows.size(), kRowsMax); ++r) {
      main_.open("tr");
      for (std::size_t i = 0; i < rows[r].size(); ++i) {
        if (i == 0)
          main_.open("th", {{"scope", "row"}});
        else
          main_.open("td");
        rows[r][i](main_);
        main_.close();
      }
      main_.close();
    }
    main_.close().close().close();
    rest(rows.size(), kRowsMax);
  }
  /// Says that a list goes on in the JSON.
  void rest(std::size_t all, std::size_t shown) {
    if (all > shown)
      main_.element("p", phrases_.counted("audit.rest", static_cast<std::int64_t>(all - shown)), {{"class", "muted"}});
  }

  void brief() {
    main_.open("section", {{"class", "brief"}}).element("h2", phrases_("audit.in_short")).open("ul");
    for (const AuditSentence& sentence : audit_in_short(audit_, phrases_)) {
      main_.open("li").text(sentence.words);
      refs(main_, sentence.mails);
      main_.close();
    }
    main_.close().element("p", phrases_("audit.facts_only"), {{"class", "muted"}}).close();
  }

  std::string month_name(std::chrono::year_month month) const {
    const unsigned m = static_cast<unsigned>(month.month());
    return std::to_string(static_cast<int>(month.year())) + (m < 10 ? "-0" : "-") + std::to_string(m);
  }

  void timeline() {
    if (!audit_.from || audit_.conversations.empty()) return;
    heading("audit.course");
    const auto whole = std::max<double>(1, static_cast<double>((*audit_.to - *audit_.from).count()));
    const auto part = [&](Instant at) { return static_cast<double>((at - *audit_.from).count()) / whole; };
    struct Matter {
      std::size_t number{}, conversations{}, seller{}, desk{}, closings{};
      MailNumber first{}, last{};
      Lane lane;
    };
    std::vector<Matter> matters(audit_.matters);
    for (const MailConversation& conversation : audit_.conversations) {
      Matter& matter = matters[conversation.matter];
      ++matter.conversations;
      std::optional<Instant> from, until;
      for (const MailNumber n : conversation.mails) {
        if (!mail(n).at) continue;
        if (!from) from = mail(n).at;
        until = mail(n).at;
        if (matter.first == 0) matter.first = n;
        matter.last = std::max(matter.last, n);
        if (std::find(conversation.closings.begin(), conversation.closings.end(), n) != conversation.closings.end()) {
          ++matter.closings;
          matter.lane.marks.emplace_back(part(*mail(n).at), LaneMark::ending);
        } else if (!mail(n).machine) {
          const bool seller = mail(n).side == Party::seller;
          ++(seller ? matter.seller : matter.desk);
          matter.lane.marks.emplace_back(part(*mail(n).at), seller ? LaneMark::seller : LaneMark::desk);
        }
      }
      if (from) matter.lane.spans.emplace_back(part(*from), part(*until));
    }
    for (std::size_t i = 0; i < matters.size(); ++i) {
      matters[i].number = i;
      matters[i].lane.label = matter_title(audit_, i);
    }
    std::erase_if(matters, [](const Matter& matter) { return matter.first == 0; });
    Table numbers{
        {},
        {phrases_("audit.matter"), phrases_("audit.conversations"), phrases_("audit.side.seller"),
         phrases_("audit.side.desk"), phrases_("audit.closings_word"), phrases_("audit.first"), phrases_("audit.last")},
        {},
        true};
    // The fullest lanes, in the order in which they began.
    std::vector<std::size_t> order(matters.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return matters[a].seller + matters[a].desk > matters[b].seller + matters[b].desk;
    });
    order.resize(std::min(order.size(), kLanesMax));
    std::sort(order.begin(), order.end());
    std::vector<Lane> lanes;
    for (const std::size_t i : order) {
      const Matter& matter = matters[i];
      lanes.push_back(matter.lane);
      numbers.rows.push_back({matter.lane.label, number(matter.conversations), number(matter.seller),
                              number(matter.desk), number(matter.closings), date_of(matter.first),
                              date_of(matter.last)});
    }
    const std::string sentence = phrases_(
        "audit.plot.says",
        {{"matters", phrases_.counted("audit.matters", static_cast<std::int64_t>(audit_.matters))},
         {"conversations",
          phrases_.counted("audit.conversations_n", static_cast<std::int64_t>(audit_.conversations.size()))},
         {"closings", phrases_.counted("audit.closings_n", static_cast<std::int64_t>(audit_.closings.size()))}});
    main_.add(
        lanes_plot({phrases_("audit.plot.title"), "", "", sentence, phrases_("report.data")}, lanes, month_ticks(part),
                   {phrases_("audit.side.seller"), phrases_("audit.side.desk"), phrases_("audit.closing")}, numbers));
    if (matters.size() > kLanesMax)
      main_.element("p", phrases_.counted("audit.plot.rest", static_cast<std::int64_t>(matters.size() - kLanesMax)),
                    {{"class", "muted"}});
  }

  template <class Part>
  std::vector<std::pair<double, std::string>> month_ticks(const Part& part) const {
    std::vector<std::pair<double, std::string>> ticks;
    const std::chrono::year_month_day first{std::chrono::floor<std::chrono::days>(*audit_.from)};
    std::chrono::year_month month = first.year() / first.month();
    for (month += std::chrono::months{1};; month += std::chrono::months{1}) {
      const Instant at{std::chrono::sys_days{month / 1}};
      if (at > *audit_.to) break;
      ticks.emplace_back(part(at), month_name(month));
    }
    // At most a dozen lines.
    const std::size_t every = (ticks.size() + 11) / 12;
    std::vector<std::pair<double, std::string>> some;
    for (std::size_t i = 0; i < ticks.size(); i += std::max<std::size_t>(every, 1)) some.push_back(ticks[i]);
    return some;
  }

  void agents() {
    if (audit_.agents.empty()) return;
    heading("audit.agents");
    const std::string ways = ways_in_words(audit_, phrases_);
    main_.element("p", phrases_.counted(ways.empty() ? "audit.agents.says" : "audit.agents.told_apart",
                                        static_cast<std::int64_t>(audit_.agents.size()), {{"ways", ways}}));
    // Who followed whom, matter by matter.
    std::vector<std::string> chains(audit_.matters);
    std::vector<std::size_t> lengths(audit_.matters);
    for (const MailConversation& conversation : audit_.conversations) {
      std::string chain;
      for (const std::string& agent : conversation.agents) chain += (chain.empty() ? "" : " → ") + agent;
      if (chain.empty()) continue;
      std::string& all = chains[conversation.matter];
      all += (all.empty() ? "" : "  ✕  ") + chain;
      lengths[conversation.matter] += conversation.agents.size();
    }
    main_.open("dl");
    std::size_t shown = 0;
    for (std::size_t matter = 0; matter < chains.size(); ++matter) {
      if (lengths[matter] < 2 || ++shown > kLanesMax) continue;
      main_.element("dt", matter_title(audit_, matter)).element("dd", chains[matter]);
    }
    main_.close();
    main_.element("p", phrases_("audit.agents.chain"), {{"class", "muted"}});
    std::vector<std::vector<Cell>> rows;
    for (const MailAgent& agent : audit_.agents)
      rows.push_back(
          {words(agent.name), words(agent.by.empty() ? std::string{} : phrases_("audit.agent_by." + agent.by)),
           words(number(agent.mails)), words(number(agent.conversations)), dated(agent.first), dated(agent.last)});
    table(phrases_("audit.agents"),
          {phrases_("audit.agent"), phrases_("audit.known_by"), phrases_("audit.mails"),
           phrases_("audit.conversations"), phrases_("audit.first"), phrases_("audit.last")},
          rows);
    if (!audit_.transfers.empty()) {
      std::vector<MailNumber> mails;
      for (const MailQuote& quote : audit_.transfers) mails.push_back(quote.mail);
      main_.open("p").text(phrases_.counted("audit.transfers", static_cast<std::int64_t>(mails.size())));
      refs(main_, mails);
      main_.close();
      quote(audit_.transfers.front().passages.front(), audit_.transfers.front().mail);
    }
  }

  void restarts() {
    if (audit_.restarts.empty()) return;
    heading("audit.restarts");
    say("audit.restarts.what");
    std::vector<std::vector<Cell>> rows;
    for (const MailRestart& restart : audit_.restarts)
      rows.push_back(
          {words(matter_title(audit_, audit_.conversations[restart.conversation].matter)), dated(restart.closing),
           dated(restart.first), words(phrases_("audit.same." + std::string(name(restart.why)))),
           words(phrases_("audit.words_again", {{"n", number(restart.words_again)}, {"of", number(restart.words)}}))});
    table(phrases_("audit.restarts"),
          {phrases_("audit.matter"), phrases_("audit.closed_on"), phrases_("audit.begun_again"),
           phrases_("audit.same_by"), phrases_("audit.written_again")},
          rows);
  }

  void closings() {
    if (audit_.closings.empty()) return;
    heading("audit.closings");
    say("audit.closings.what");
    const std::string delay = closing_delay_in_words(audit_, phrases_);
    main_.element("p", delay.empty() ? phrases_("audit.closings.no_delay") : delay);
    if (audit_.closing_delay && audit_.closing_delay->chance)
      main_.element("p",
                    phrases_("audit.closings.chance", {{"chance", chance_in_words(*audit_.closing_delay->chance)}}));
    std::vector<std::vector<Cell>> rows;
    for (const MailClosing& closing : audit_.closings)
      rows.push_back({dated(closing.closing),
                      [this, n = closing.before](Html& html) {
                        html.text(phrases_(mail(n).side == Party::seller ? "audit.side.seller" : "audit.side.desk"))
                            .text(", " + date_of(n));
                        refs(html, {n});
                      },
                      words(phrases_.duration(closing.wait)),
                      words(closing.in_peak ? phrases_("audit.yes") : phrases_("audit.no")),
                      [passage = closing.passage](Html& html) { html.element("q", passage); }});
    table(phrases_("audit.closings"),
          {phrases_("audit.closed_on"), phrases_("audit.last_before"), phrases_("audit.wait"),
           phrases_("audit.in_delay"), phrases_("audit.closings.words")},
          rows);
  }

  /// "1 in 12,000"
  std::string chance_in_words(double chance) const {
    if (chance <= 1e-9) return phrases_("audit.chance.tiny");
    return phrases_("audit.chance", {{"n", phrases_.number(1 / chance)}});
  }

  void silence_rows(std::string_view key, const std::vector<MailSilence>& silences) {
    if (silences.empty()) return;
    main_.element("h3", phrases_(key));
    std::vector<std::vector<Cell>> rows;
    for (std::size_t i = 0; i < std::min(silences.size(), kSilencesMax); ++i) {
      const MailSilence& one = silences[i];
      rows.push_back(
          {words((one.end == SilenceEnd::none ? phrases_("audit.at_least") + " " : "") + phrases_.duration(one.time)),
           [this, one](Html& html) {
             html.text(date_of(one.from)).text(" – ").text(date_of(one.until));
             refs(html, one.end == SilenceEnd::none ? std::vector{one.from} : std::vector{one.from, one.until});
           },
           words(number(one.reminders)),
           words(phrases_(one.end == SilenceEnd::answer    ? "audit.ended.answer"
                          : one.end == SilenceEnd::closing ? "audit.ended.closing"
                                                           : "audit.ended.none"))});
    }
    table(phrases_(key),
          {phrases_("audit.silence"), phrases_("audit.from_to"), phrases_("audit.reminders"), phrases_("audit.ended")},
          rows);
    rest(silences.size(), kSilencesMax);
  }

  void silences() {
    if (audit_.desk_silences.empty() && audit_.seller_silences.empty() && audit_.unanswered.empty()) return;
    heading("audit.silences");
    say("audit.silences.what");
    silence_rows("audit.silences.desk", audit_.desk_silences);
    silence_rows("audit.silences.open", audit_.unanswered);
    silence_rows("audit.silences.seller", audit_.seller_silences);
  }

  void quote(const std::string& passage, MailNumber n) {
    main_.open("blockquote").element("p", passage).open("p", {{"class", "sources"}});
    const ToldMail& told = mail(n);
    const std::string who = !told.agent.empty() ? told.agent
                            : told.machine      ? phrases_("audit.machine")
                            : told.side == Party::third
                                ? told.address
                                : phrases_(told.side == Party::seller ? "audit.side.seller" : "audit.side.desk");
    main_.text(who + ", " + date_of(n) + ", ");
    ref(main_, n);
    main_.close().close();
  }

  void questions() {
    const std::uint64_t open = audit_.questions_by_end[0] + audit_.questions_by_end[1] + audit_.questions_by_end[2];
    if (audit_.questions.empty()) return;
    heading("audit.questions");
    main_.element("p", phrases_.counted("audit.questions.says", static_cast<std::int64_t>(audit_.questions.size()),
                                        {{"open", number(open)}}));
    say("audit.questions.how");
    main_.open("ol", {{"class", "questions"}});
    for (std::size_t i = 0; i < std::min<std::size_t>(open, kQuestionsMax); ++i) {
      const MailQuestion& question = audit_.questions[i];
      main_.open("li").element("q", question.words).empty("br");
      main_.text(phrases_.counted("audit.asked", static_cast<std::int64_t>(question.asked.size()),
                                  {{"date", date_of(question.asked.front())}}));
      refs(main_, question.asked);
      main_.text(". ").text(phrases_.counted("audit.question." + std::string(name(question.end)),
                                             static_cast<std::int64_t>(question.mails_after)));
      if (question.by != 0) refs(main_, {question.by});
      main_.close();
    }
    main_.close();
    rest(open, kQuestionsMax);
  }

  void wording() {
    if (audit_.worded_mails < 2) return;
    heading("audit.wording");
    const double share = audit_.desk_words == 0
                             ? 0
                             : static_cast<double>(audit_.repeated_words) / static_cast<double>(audit_.desk_words);
    main_.element("p", phrases_("audit.wording.says", {{"share", phrases_.percent(share, 0)},
                                                       {"repeated", number(audit_.repeated_words)},
                                                       {"words", number(audit_.desk_words)},
                                                       {"mails", number(audit_.worded_mails)}}));
    for (std::size_t i = 0; i < std::min(audit_.passages.size(), kPassagesMax); ++i) {
      const MailPassage& passage = audit_.passages[i];
      main_.open("blockquote").element("p", passage.words).open("p", {{"class", "sources"}});
      main_.text(phrases_("audit.in_mails", {{"mails", number(passage.mails.size())},
                                             {"agents", phrases_.counted("audit.of_agents", passage.agents)}}));
      refs(main_, passage.mails);
      main_.close().close();
    }
    rest(audit_.passages.size(), kPassagesMax);
  }

  void offers() {
    if (!audit_.offers.empty()) {
      heading("audit.offers");
      say("audit.offers.what");
      for (const MailQuote& offer : audit_.offers) {
        std::string all;
        for (const std::string& passage : offer.passages) all += (all.empty() ? "" : " […] ") + passage;
        quote(all, offer.mail);
      }
    }
    if (audit_.limits.empty()) return;
    heading("audit.limits");
    say("audit.limits.what");
    for (const MailLimit& limit : audit_.limits) {
      quote(limit.passage, limit.mail);
      if (limit.put_down && limit.put_down->to > 0)
        main_.element(
            "p", phrases_("audit.limits.by", {{"from", phrases_.number(limit.put_down->from, 2)},
                                              {"to", phrases_.number(limit.put_down->to, 2)},
                                              {"by", phrases_.number(limit.put_down->from / limit.put_down->to, 1)}}));
    }
    if (!audit_.offers.empty()) {
      const MailNumber offer = audit_.offers.front().mail;
      const MailNumber limit = audit_.limits.front().mail;
      if (mail(offer).at && mail(limit).at && limit > offer) {
        main_.open("p").text(
            phrases_("audit.limits.after", {{"time", phrases_.duration(*mail(limit).at - *mail(offer).at)}}));
        refs(main_, {offer, limit});
        main_.close();
      }
    }
  }

  void costs() {
    if (source_.costs.blank()) return;
    heading("audit.costs");
    main_.add(source_.costs);
  }

  void not_known() {
    heading("audit.not_known");
    main_.open("ul");
    for (const AuditSentence& sentence : audit_not_known(audit_, source_, phrases_)) {
      main_.open("li").text(sentence.words);
      refs(main_, sentence.mails);
      main_.close();
    }
    main_.close();
  }

  void measures_table() {
    std::vector<std::vector<Cell>> rows;
    for (const MeasureId id : kMeasuresShown) {
      const measures::Figure* figure = audit_.findings.figure(id);
      if (figure == nullptr || (figure->stats.empty() && figure->rows.empty())) continue;
      std::string values;
      const auto add = [&](const std::string& name, double value, measures::Unit unit) {
        // A logarithm says nothing to who does not know that it is one.
        const std::string told = unit == measures::Unit::doublings
                                     ? phrases_("audit.times", {{"n", phrases_.number(std::exp2(value), 2)},
                                                                {"log2", said(value, unit, phrases_)}})
                                     : said(value, unit, phrases_);
        values += (values.empty() ? "" : " · ") + name + " " + told;
      };
      const measures::Unit of_measure = measures::measure(id).unit;
      for (const std::string_view stat : {"share", "total", "mean", "p50", "max", "longest_ratio"})
        if (const std::optional<double> value = figure->stat(stat))
          add(phrases_("measures.stat." + std::string(stat)), *value, unit_of(stat, of_measure));
      for (const measures::Row& row : figure->rows)
        for (const measures::Stat& stat : row.stats)
          if (stat.name == "max" || (stat.name == "share" && id != MeasureId::adverse_after) ||
              (id == MeasureId::adverse_after && stat.name == "n"))
            add(row_name(row, phrases_), stat.value,
                id == MeasureId::silence_asymmetry ? measures::Unit::seconds : unit_of(stat.name, of_measure));
      const std::string code{measures::measure(id).code};
      rows.push_back({words(measure_name(id, phrases_) + (code.empty() ? "" : " (" + code + ")")),
                      words(number(figure->n)), words(values)});
    }
    if (rows.empty()) return;
    heading("audit.measures");
    say("audit.measures.what");
    table(phrases_("audit.measures"),
          {phrases_("report.measure"), phrases_("measures.stat.n"), phrases_("audit.values")}, rows);
  }

  void method() {
    heading("audit.method");
    main_.open("dl");
    for (const std::string_view term : {"mail", "conversation", "matter", "restart", "agent", "silence", "question",
                                        "wording", "delay", "quotes", "sides"}) {
      const std::string key = "audit.method." + std::string(term);
      main_.element("dt", phrases_(key + ".term"));
      main_.open("dd").text(phrases_(key));
      if (term == "sides") sides();
      main_.close();
    }
    main_.close();
    main_.open("p").text(phrases_("audit.again") + " ").element("code", source_.command).close();
  }

  void sides() {
    const auto list = [&](const std::vector<std::string>& some) {
      std::string all;
      for (const std::string& one : some) all += (all.empty() ? "" : ", ") + one;
      return all;
    };
    main_.text(" " + phrases_("audit.sides", {{"desk", list(source_.desk)}, {"seller", list(source_.seller)}}));
    if (source_.mapping_origin == "proposed") {
      main_.text(" " + phrases_("audit.sides.proposed"));
      main_.open("ul");
      for (std::size_t i = 0; i < std::min(source_.reasons.size(), kReasonsMax); ++i)
        main_.element("li", source_.reasons[i], {{"lang", "en"}});
      main_.close();
    }
  }

  /// "box.mbox, byte 1037" in the reader's language.
  std::string place(const std::string& told) const {
    constexpr std::string_view kByte = ", byte ";
    const std::size_t at = told.rfind(kByte);
    if (at == std::string::npos) return told;
    return phrases_("audit.place", {{"file", told.substr(0, at)}, {"n", told.substr(at + kByte.size())}});
  }

  void all_mails() {
    heading("audit.all_mails");
    say("audit.all_mails.what");
    main_.open("ol", {{"class", "mails"}});
    for (MailNumber n = 1; n <= audit_.mails.size(); ++n) {
      const ToldMail& told = mail(n);
      const char* side = told.side == Party::seller ? "seller" : told.side == Party::desk ? "desk" : "muted";
      main_.open("li", {{"id", "m" + std::to_string(n)}});
      main_.element("span",
                    std::string(told.side == Party::seller ? "▼ "
                                : told.side == Party::desk ? "■ "
                                                           : "◆ ") +
                        phrases_("audit.side." + std::string(told.side == Party::seller ? "seller"
                                                             : told.side == Party::desk ? "desk"
                                                                                        : "third")),
                    {{"class", side}});
      main_.text(" " + moment_of(n));
      if (!told.agent.empty()) main_.text(", " + told.agent);
      if (told.machine) main_.text(", " + phrases_("audit.machine"));
      main_.empty("br").text(told.subject.empty() ? phrases_("audit.no_subject") : told.subject).empty("br");
      main_.open("span", {{"class", "muted"}});
      main_.element("code", told.message_id.empty() ? phrases_("audit.no_id") : told.message_id);
      main_.text(" · " + place(told.place)).close();
      main_.close();
    }
    main_.close();
  }

  const MailboxAudit& audit_;
  const MailboxSource& source_;
  Phrases phrases_;
  Html main_;
};

}  // namespace

std::string audit_as_page(const MailboxAudit& audit, const MailboxSource& source, formats::Language language) {
  return AuditPage(audit, source, language).page();
}

std::string audit_as_text(const MailboxAudit& audit, const MailboxSource& /*source*/, formats::Language language) {
  const Phrases phrases(language);
  std::string text;
  for (const AuditSentence& sentence : audit_in_short(audit, phrases)) {
    text += sentence.words;
    text += '\n';
  }
  return text;
}

}  // namespace guichet::dossier
