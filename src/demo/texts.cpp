#include <guichet/demo/texts.hpp>

#include <algorithm>
#include <map>
#include <mutex>

#include <fmt/format.h>

#include <guichet/demo/files.hpp>

namespace guichet::demo {
namespace {

using dossier::Words;
using formats::Language;
using formats::Phrases;

const Phrases& phrases_in(Language language) {
  static const Phrases english(Language::en), french(Language::fr);
  return language == Language::fr ? french : english;
}

/// What each draw of a tale is for.
enum class Draw : std::uint8_t { topic, product, units, days, sums, codes, text };

Random draw(const Tale& tale, Draw what, std::uint32_t k = 0) {
  return Random{tale.seed, static_cast<std::uint64_t>(what) << 32 | k};
}

std::uint32_t fee_cents(const Tale& tale) {
  Random random = draw(tale, Draw::sums);
  const std::uint32_t own = 1'900 + random.below(24'000);
  return tale.amount_cents == 0 ? own : std::max<std::uint32_t>(490, std::min(own, tale.amount_cents / 2));
}

/// "412.50 EUR" / « 412,50 EUR », held together by a no-break space.
std::string money(Language language, std::uint32_t cents) {
  std::string digits = phrases_in(language).number(std::uint32_t{cents / 100});
  digits += fmt::format("{}{:02}", phrases_in(language)("number.point"), cents % 100);
  return digits + "\u00a0EUR";
}

/// One text under way: variants are drawn from the tale, and never twice the same within the text.
class Saying {
 public:
  Saying(const Tale& tale, const Speaking& by)
      : tale_(tale), by_(by), phrases_(phrases_in(tale.language)), random_(draw(tale, Draw::text, tale.spoken)) {
    Random codes = draw(tale, Draw::codes);
    sku_ = fmt::format("{}{}-{:04}", letter(codes), letter(codes), codes.below(10'000));
    order_ = fmt::format("C-{:06}", codes.below(1'000'000));
    shipment_ = fmt::format("E-{:05}", codes.below(100'000));
    code_ = fmt::format("E{:04}", 1'000 + codes.below(9'000));
    terms_ = fmt::format("{}.{}", 2 + codes.below(11), 1 + codes.below(6));
    Random products = draw(tale, Draw::product);
    product_ = phrases_(fmt::format("demo.product.{}", 1 + products.below(variants("demo.product."))));
    warehouse_ = phrases_(fmt::format("demo.warehouse.{}", 1 + products.below(variants("demo.warehouse."))));
    Random when = draw(tale, Draw::days);
    earlier_ = tale.opened - std::chrono::days{5 + when.below(24)};
    date_ = tale.opened - std::chrono::days{1 + when.below(3)};
    later_ = by.at + std::chrono::days{5 + when.below(9)};
    amount_ = money(tale.language, tale.amount_cents == 0 ? fee_cents(tale) * 2 : tale.amount_cents);
    fee_ = money(tale.language, fee_cents(tale));
    half_ = money(tale.language, tale.amount_cents == 0 ? fee_cents(tale) : tale.amount_cents / 2);
  }

  std::string question, offered;

  /// Under this very key.
  std::string exactly(std::string_view key) const {
    return phrases_(key, {{"product", product_},
                          {"sku", sku_},
                          {"order", order_},
                          {"shipment", shipment_},
                          {"warehouse", warehouse_},
                          {"units", phrases_.number(units_of(tale_))},
                          {"fewer", phrases_.number(fewer_of(tale_))},
                          {"amount", amount_},
                          {"fee", fee_},
                          {"half", half_},
                          {"date", phrases_.date(date_)},
                          {"earlier", phrases_.date(earlier_)},
                          {"later", phrases_.date(later_)},
                          {"code", code_},
                          {"terms", terms_},
                          {"name", by_.name},
                          {"to", by_.to},
                          {"team", by_.team},
                          {"account", tale_.account},
                          {"question", question},
                          {"offered", offered}});
  }
  /// One of the variants under this beginning; `which` from 1, or any.
  std::string one(std::string_view keys, unsigned which = 0) {
    const unsigned all = variants(keys);
    return exactly(fmt::format("{}{}", keys, which != 0 ? (which - 1) % all + 1 : 1 + random_.below(all)));
  }
  std::string of_topic(std::string_view part, unsigned which = 0) {
    return one(fmt::format("demo.topic.{}.{}.", tale_.topic, part), which);
  }
  /// The first of these kinds that the catalogue has for this matter.
  std::string of_matter(std::string_view part, unsigned which = 0) {
    return one(fmt::format("demo.{}.{}.", part, tale_.matter), which);
  }
  bool happens(std::uint32_t percent) { return random_.below(100) < percent; }
  std::uint32_t below(std::uint32_t bound) { return random_.below(bound); }

  Words words(std::string body) const {
    Words words;
    words.body = std::move(body);
    words.language = formats::code(tale_.language);
    words.invented = true;
    return words;
  }

 private:
  static char letter(Random& random) { return static_cast<char>('A' + random.below(26)); }

  const Tale& tale_;
  const Speaking& by_;
  const Phrases& phrases_;
  Random random_;
  std::string product_, sku_, order_, shipment_, warehouse_, code_, terms_, amount_, fee_, half_;
  Instant earlier_{}, date_{}, later_{};
};

std::string paragraphs(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += "\n\n";
    text += part;
  }
  return text;
}

template <class Visit>
void each_slot(Slots slots, Visit visit) {
  for (unsigned slot = 0; slot < 16; ++slot)
    if ((slots >> slot & 1U) != 0) visit(slot);
}

/// The question of the seller in this slot, in words.
std::string question_in(const Tale& tale, Saying& saying, unsigned slot) {
  if (!tale.asked_words[slot].empty()) return tale.asked_words[slot];
  return saying.of_topic("ask", tale.asked[slot] == 0 ? slot + 1 : tale.asked[slot]);
}

/// What the desk says to it.
std::string answer_in(const Tale& tale, Saying& saying, unsigned slot, bool weak) {
  if (weak) return saying.one("demo.evade.");
  if (!tale.asked_words[slot].empty()) {
    saying.question = tale.asked_words[slot];
    return saying.one("demo.free.");
  }
  const unsigned which = tale.asked[slot] == 0 ? slot + 1U : tale.asked[slot];
  return saying.of_topic(saying.happens(70) ? "yes" : "no", which);
}

}  // namespace

unsigned variants(std::string_view keys) {
  static std::mutex mutex;
  static std::map<std::string, unsigned, std::less<>> known;
  const std::scoped_lock lock(mutex);
  const auto found = known.find(keys);
  if (found != known.end()) return found->second;
  unsigned count = 0;
  while (phrases_in(Language::en).has(fmt::format("{}{}", keys, count + 1))) ++count;
  return known.emplace(keys, count).first->second;
}

std::vector<std::string> topics_of(std::string_view matter) {
  std::vector<std::string> topics;
  const std::string prefix = fmt::format("demo.topic.{}.", matter);
  for (const std::string& key : Phrases::keys(Language::en)) {
    if (!key.starts_with(prefix)) continue;
    const std::string topic =
        fmt::format("{}.{}", matter, key.substr(prefix.size(), key.find('.', prefix.size()) - prefix.size()));
    if (topics.empty() || topics.back() != topic) topics.push_back(topic);
  }
  return topics;
}

Tale tale_of(std::uint64_t seed, Language language, std::string_view matter, std::uint32_t amount_cents,
             Instant opened) {
  static std::mutex mutex;
  static std::map<std::string, std::vector<std::string>, std::less<>> known;
  Tale tale;
  tale.seed = seed;
  tale.language = language;
  tale.amount_cents = amount_cents;
  tale.opened = opened;
  const std::scoped_lock lock(mutex);
  auto topics = known.find(matter);
  if (topics == known.end()) topics = known.emplace(matter, topics_of(matter)).first;
  if (topics->second.empty()) {
    matter = "other";
    topics = known.emplace(matter, topics_of(matter)).first;
  }
  tale.matter = matter;
  Random random = draw(tale, Draw::topic);
  tale.topic = topics->second[random.below(static_cast<std::uint32_t>(topics->second.size()))];
  return tale;
}

std::uint32_t units_of(const Tale& tale) {
  Random random = draw(tale, Draw::units);
  return 24 + random.below(40) * 6;
}
std::uint32_t fewer_of(const Tale& tale) {
  Random random = draw(tale, Draw::units, 1);
  return 2 + random.below(units_of(tale) / 2);
}

Words subject(const Tale& tale) {
  const Speaking by{.name = {}, .to = {}, .team = {}, .at = tale.opened};
  Saying saying(tale, by);
  Words words = saying.words({});
  words.subject = saying.of_topic("subject");
  return words;
}

Words first_message(Tale& tale, const Speaking& by, unsigned asks) {
  Saying saying(tale, by);
  std::vector<std::string> body{saying.one("demo.hello."), saying.of_topic("opening")};
  if (saying.happens(40)) body.push_back(saying.one("demo.history."));
  if (saying.happens(60)) body.push_back(saying.one("demo.impact."));
  body.push_back(saying.one("demo.bye."));
  Words words = saying.words(paragraphs(body));
  // Beyond what the topic knows to ask, its questions come again: nobody asks so much in a demo.
  const unsigned known = variants(fmt::format("demo.topic.{}.ask.", tale.topic));
  for (unsigned slot = 0; slot < asks && slot < 16; ++slot) {
    tale.asked[slot] = static_cast<std::uint8_t>(slot % known + 1);
    words.questions.push_back(question_in(tale, saying, slot));
  }
  tale.topics_asked = static_cast<std::uint8_t>(asks);
  ++tale.spoken;
  return words;
}

Words answer(Tale& tale, const Speaking& by, Slots answered, Slots weak, Slots left_open) {
  Saying saying(tale, by);
  std::vector<std::string> body{saying.one("demo.dear."), saying.one("demo.received.")};
  if (answered == 0 && weak != 0) body.push_back(saying.one("demo.evade."));
  if (answered == 0 && weak == 0 && left_open == 0) body.push_back(saying.one("demo.plain."));
  const bool several = (answered & (answered - 1U)) != 0;
  unsigned count = 0;
  each_slot(answered, [&](unsigned slot) {
    const std::string words = answer_in(tale, saying, slot, (weak >> slot & 1U) != 0);
    body.push_back(several ? fmt::format("{}. {}", ++count, words) : words);
  });
  if (left_open != 0) body.push_back(saying.one("demo.partial."));
  if (saying.happens(45)) body.push_back(saying.one("demo.outro."));
  body.push_back(saying.one("demo.sign."));
  ++tale.spoken;
  return saying.words(paragraphs(body));
}

Words ask_back(Tale& tale, const Speaking& by, unsigned slot) {
  Saying saying(tale, by);
  const std::string keys = fmt::format("demo.ask.{}.", tale.matter);
  const unsigned which = 1 + saying.below(variants(keys));
  if (slot < 16) tale.asked_back[slot] = static_cast<std::uint8_t>(which);
  Words words =
      saying.words(paragraphs({saying.one("demo.dear."), saying.one("demo.ask_lead."), saying.one("demo.sign.")}));
  words.questions.push_back(saying.one(keys, which));
  ++tale.spoken;
  return words;
}

Words reply(Tale& tale, const Speaking& by, Slots answered) {
  Saying saying(tale, by);
  std::vector<std::string> body{saying.one("demo.hello."), saying.one("demo.reply_lead.")};
  const std::string keys = fmt::format("demo.reply.{}.", tale.matter);
  each_slot(answered, [&](unsigned slot) {
    saying.question = tale.back_words[slot];
    body.push_back(saying.question.empty() ? saying.one(keys, tale.asked_back[slot]) : saying.one("demo.reply_any."));
  });
  body.push_back(saying.one("demo.bye."));
  ++tale.spoken;
  return saying.words(paragraphs(body));
}

Words let_down(Tale& tale, const Speaking& by) {
  Saying saying(tale, by);
  std::vector<std::string> body{saying.one("demo.hello."), saying.one("demo.let_down.")};
  if (saying.happens(40)) body.push_back(saying.one("demo.impact."));
  body.push_back(saying.one("demo.bye."));
  ++tale.spoken;
  return saying.words(paragraphs(body));
}

Words dispute(Tale& tale, const Speaking& by, Slots disputed) {
  Saying saying(tale, by);
  each_slot(disputed, [&](unsigned slot) { saying.question = question_in(tale, saying, slot); });
  ++tale.spoken;
  return saying.words(saying.one("demo.dispute."));
}

Words decision(Tale& tale, const Speaking& by, Decided outcome) {
  Saying saying(tale, by);
  Words words = saying.words({});
  words.facts = saying.of_topic("facts");
  words.ground = saying.of_matter("ground");
  words.redress = {"internal", "certified_body", "court"};
  switch (outcome) {
    case Decided::granted:
    case Decided::granted_by_silence: words.measure = saying.of_topic("granted"); break;
    case Decided::partly_granted: words.measure = saying.one("demo.partly."); break;
    case Decided::refused: words.measure = saying.one("demo.refused."); break;
  }
  ++tale.spoken;
  return words;
}

Words restriction(Tale& tale, const Speaking& by, RestrictionKind kind) {
  Saying saying(tale, by);
  const std::string_view about = kind == RestrictionKind::stock_limit  ? "demo.limit."
                                 : kind == RestrictionKind::suspension ? "demo.suspend."
                                                                       : "demo.block.";
  const auto part = [&](std::string_view name) { return saying.one(fmt::format("{}{}.", about, name)); };
  Words words = saying.words({});
  words.facts = part("facts");
  words.ground = part("ground");
  words.measure = part("measure");
  words.unit = part("unit");
  ++tale.spoken;
  return words;
}

Words offer(Tale& tale, const Speaking& by, std::uint32_t cents) {
  Saying saying(tale, by);
  saying.offered = money(tale.language, cents);
  ++tale.spoken;
  return saying.words(saying.one("demo.offer."));
}

Words mediation(Tale& tale, const Speaking& by, std::string mediator) {
  Saying saying(tale, by);
  Words words = saying.words(saying.one("demo.refer."));
  words.name = std::move(mediator);
  ++tale.spoken;
  return words;
}

Words short_text(Tale& tale, const Speaking& by, std::string_view keys) {
  Saying saying(tale, by);
  ++tale.spoken;
  // Some things are said otherwise in each matter.
  const std::string own = fmt::format("{}{}.", keys, tale.matter);
  return saying.words(saying.one(variants(own) != 0 ? std::string_view{own} : keys));
}

Words told(const Tale& tale, const Speaking& by, std::string_view key) {
  const Saying saying(tale, by);
  return saying.words(saying.exactly(key));
}

InventedFile file_of(const Tale& tale, const Speaking& by) {
  Saying saying(tale, by);
  const auto lines = [&saying](std::string_view keys) {
    std::vector<std::string> all;
    for (unsigned i = 1; i <= variants(keys); ++i) all.push_back(saying.one(keys, i));
    return all;
  };
  if (tale.matter == "technical") {
    std::string body;
    for (const std::string& line : lines("demo.file.log_line.")) body += line + "\n";
    return {.name = saying.one("demo.file.log."), .media_type = "text/plain", .body = std::move(body)};
  }
  if (tale.topic == "stock.damaged" || tale.matter == "restriction")
    return {.name = saying.one("demo.file.photo."), .media_type = "image/png", .body = png_of(tale.seed)};
  return {.name = saying.one("demo.file.receipt."),
          .media_type = "application/pdf",
          .body = pdf_of(lines("demo.file.receipt_line."))};
}

}  // namespace guichet::demo
