#include <guichet/intake/mail/sides.hpp>

#include <algorithm>
#include <array>
#include <span>

#include <guichet/base/utf8.hpp>
#include <guichet/formats/toml.hpp>
#include <guichet/intake/mail/quoting.hpp>
#include <guichet/intake/mapping.hpp>

namespace guichet::intake::mail {
namespace {

using formats::TomlTable;
using formats::TomlValue;

constexpr std::array<std::string_view, 3> kWays{"address", "signature", "name"};
constexpr std::size_t kLastLines = 10;
constexpr std::size_t kNameBytesMax = 60;

/// The closing words of letters, in lower case: a line begins with one of these, and the name stands behind or below.
constexpr std::array<std::string_view, 40> kClosings{"bien cordialement",
                                                     "tr\xC3\xA8s cordialement",
                                                     "cordialement",
                                                     "cordiales salutations",
                                                     "salutations distingu\xC3\xA9"
                                                     "es",
                                                     "sinc\xC3\xA8res salutations",
                                                     "meilleures salutations",
                                                     "bien \xC3\xA0 vous",
                                                     "bien a vous",
                                                     "amicalement",
                                                     "bonne journ\xC3\xA9"
                                                     "e",
                                                     "bonne r\xC3\xA9"
                                                     "ception",
                                                     "respectueusement",
                                                     "cdlt",
                                                     "kind regards",
                                                     "best regards",
                                                     "warm regards",
                                                     "with regards",
                                                     "regards",
                                                     "best wishes",
                                                     "all the best",
                                                     "yours sincerely",
                                                     "sincerely",
                                                     "yours faithfully",
                                                     "yours truly",
                                                     "cheers",
                                                     "many thanks",
                                                     "mit freundlichen gr\xC3\xBC\xC3\x9F"
                                                     "en",
                                                     "viele gr\xC3\xBC\xC3\x9F"
                                                     "e",
                                                     "saludos cordiales",
                                                     "saludos",
                                                     "\xC3\xA0 bient\xC3\xB4t",
                                                     "a bientot",
                                                     "\xC3\xA0 tr\xC3\xA8s bient\xC3\xB4t",
                                                     "bonne soir\xC3\xA9"
                                                     "e",
                                                     "bon week-end",
                                                     "au plaisir",
                                                     "see you soon",
                                                     "talk soon",
                                                     "cordiali saluti"};

/// Words that no person is called by: they name a desk, a role or a firm.
constexpr std::array<std::string_view, 30> kNoPersons{
    "service",  "support",  "team",   "\xC3\xA9quipe", "equipe", "l'\xC3\xA9quipe",
    "help",     "helpdesk", "desk",   "customer",      "client", "clients",
    "vendeurs", "vendeur",  "seller", "sellers",       "care",   "noreply",
    "no-reply", "contact",  "info",   "relations",     "the",    "le",
    "la",       "les",      "votre",  "your",          "notre",  "our"};

/// Words that begin a wish or a farewell, and no name.
constexpr std::array<std::string_view, 10> kNoFirst{"\xC3\xA0", "au",    "aux",    "bonne", "bon",
                                                    "merci",    "thank", "thanks", "until", "see"};

/// Parts of addresses that many people share.
constexpr std::array<std::string_view, 22> kShared{
    "support",  "service",      "services",      "contact",        "info",           "help",
    "helpdesk", "desk",         "noreply",       "no-reply",       "donotreply",     "do-not-reply",
    "care",     "customercare", "serviceclient", "service-client", "seller-support", "sellers",
    "vendeurs", "vendeur",      "mailer-daemon", "postmaster"};

std::string_view trimmed(std::string_view text) {
  constexpr std::array<std::string_view, 6> kBlanks{" ", "\t", "\r", "\n", "\xC2\xA0", "\xE2\x80\xAF"};
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view blank : kBlanks) {
      while (text.starts_with(blank)) {
        text.remove_prefix(blank.size());
        again = true;
      }
      while (text.ends_with(blank)) {
        text.remove_suffix(blank.size());
        again = true;
      }
    }
  }
  return text;
}

/// Lower case for ASCII and for the letters of two bytes that have one there (À … Þ).
std::string folded(std::string_view text) {
  std::string out = lower_case(text);
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    const auto second = static_cast<unsigned char>(out[i + 1]);
    if (out[i] == '\xC3' && second >= 0x80 && second <= 0x9E && second != 0x97)
      out[i + 1] = static_cast<char>(second | 0x20U);
  }
  return out;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t feed = std::min(text.find('\n', at), text.size());
    if (const std::string_view line = trimmed(text.substr(at, feed - at)); !line.empty()) lines.push_back(line);
    at = feed + 1;
  }
  return lines;
}

std::string_view domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

std::string_view local_of(std::string_view address) { return address.substr(0, address.rfind('@')); }

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// `words` in `line`, both folded, not as part of longer words.
bool stands_in(std::string_view words, std::string_view line) {
  if (words.empty()) return false;
  for (std::size_t at = line.find(words); at != std::string_view::npos; at = line.find(words, at + 1)) {
    const bool starts = at == 0 || !is_word_byte(line[at - 1]);
    const std::size_t end = at + words.size();
    if (starts && (end == line.size() || !is_word_byte(line[end]))) return true;
  }
  return false;
}

/// What stands behind closing words at the start of `line`; nothing when it does not begin so.
std::optional<std::string_view> behind_closing(const MailMapping& mapping, std::string_view line) {
  const std::string lower = folded(line.substr(0, 80));
  std::size_t longest = 0;
  const auto look = [&](std::string_view closing) {
    if (closing.empty() || !lower.starts_with(closing)) return;
    if (lower.size() > closing.size() && is_word_byte(lower[closing.size()])) return;
    longest = std::max(longest, closing.size());
  };
  for (const std::string_view closing : kClosings) look(closing);
  for (const std::string& closing : mapping.closings) look(folded(closing));
  if (longest == 0) return {};
  std::string_view rest = trimmed(line.substr(longest));
  while (!rest.empty() && (rest.front() == ',' || rest.front() == '.' || rest.front() == '!' || rest.front() == '-' ||
                           rest.front() == ':'))
    rest = trimmed(rest.substr(1));
  return rest;
}

/// The line as the name of a person, cut before what follows a comma or a bar; empty when it is none.
std::string as_person(const MailMapping& mapping, std::string_view line) {
  std::string_view name = trimmed(line);
  for (const std::string_view end : {",", " - ", " \xE2\x80\x93 ", " \xE2\x80\x94 ", "|", " / ", "(", ";"})
    name = trimmed(name.substr(0, name.find(end)));
  while (!name.empty() && (name.front() == '-' || name.front() == '*' || name.front() == '_'))
    name = trimmed(name.substr(1));
  while (!name.empty() && (name.back() == '*' || name.back() == '_')) name = trimmed(name.substr(0, name.size() - 1));
  if (name.size() < 2 || name.size() > kNameBytesMax) return {};
  if (name.find_first_of("0123456789@:/\\<>[]{}=?!\"") != std::string_view::npos) return {};
  const auto first = static_cast<unsigned char>(name.front());
  if (first < 0x80 && (first < 'A' || first > 'Z')) return {};
  const std::string lower = folded(name);
  for (const std::string& each : mapping.no_persons)
    if (stands_in(folded(each), lower)) return {};
  std::size_t words = 0;
  for (std::string_view rest = lower; !rest.empty();) {
    const std::size_t gap = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, gap);
    rest = trimmed(rest.substr(gap));
    if (++words > 4) return {};
    if (words == 1 && std::find(kNoFirst.begin(), kNoFirst.end(), word) != kNoFirst.end()) return {};
    if (std::find(kNoPersons.begin(), kNoPersons.end(), word) != kNoPersons.end()) return {};
  }
  return std::string(name);
}

bool is_shared(std::string_view address) {
  const std::string local = lower_case(local_of(address));
  return std::any_of(kShared.begin(), kShared.end(), [&](std::string_view word) {
    return local == word ||
           (local.size() > word.size() && local.starts_with(word) && !is_word_byte(local[word.size()])) ||
           (local.size() > word.size() && local.ends_with(word) &&
            !is_word_byte(local[local.size() - word.size() - 1]));
  });
}

/// Not a domain, and not everybody.
bool names_one(std::string_view pattern) { return !pattern.starts_with('@') && pattern != "*"; }

const std::string* covering(const std::vector<std::string>& patterns, std::string_view address) {
  // What names the address itself says more than what names its domain.
  const std::string* found = nullptr;
  for (const std::string& pattern : patterns) {
    if (!covers(pattern, address)) continue;
    if (names_one(pattern)) return &pattern;
    if (found == nullptr || found->size() < pattern.size()) found = &pattern;
  }
  return found;
}

void check_patterns(TomlTable& table, std::string_view key, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns) {
    const std::size_t at = pattern.find('@');
    if (pattern == "*") continue;
    if (at == std::string::npos || at + 1 == pattern.size() || pattern.find_first_of(" <>,") != std::string::npos)
      table.fault(table.place(key), formats::toml_quoted(pattern) +
                                        " is no address; write \"anna@shop.example\", \"@shop.example\" or "
                                        "\"@*.shop.example\"");
  }
}

std::vector<std::string> patterns_of(TomlTable& table, std::string_view key) {
  std::vector<std::string> patterns = table.texts(key);
  check_patterns(table, key, patterns);
  return patterns;
}

MailMapping read_document(TomlTable document) {
  MailMapping mapping;
  constexpr std::array<std::string_view, 1> kKinds{"mailbox"};
  document.require("kind", "kind = \"mailbox\"");
  document.choice("kind", kKinds, 0);
  mapping.name = document.text("name");
  mapping.describes = document.text("describes");
  TomlTable desk = document.table("desk");
  mapping.desk = patterns_of(desk, "addresses");
  mapping.automatic = patterns_of(desk, "automatic");
  if (!document.recording() && mapping.desk.empty())
    document.fault(desk.place(), "nobody is the desk; write [desk] with addresses = [\"@market.example\"]");
  desk.finish();
  TomlTable seller = document.table("seller");
  mapping.seller = patterns_of(seller, "addresses");
  mapping.seller_name = seller.text("name");
  if (!document.recording() && mapping.seller.empty())
    document.fault(seller.place(), "nobody is the seller; write [seller] with addresses = [\"anna@shop.example\"]");
  for (const std::string& pattern : mapping.seller)
    if (std::any_of(mapping.desk.begin(), mapping.desk.end(),
                    [&](const std::string& other) { return lower_case(other) == lower_case(pattern); }))
      document.fault(seller.place("addresses"),
                     formats::toml_quoted(pattern) + " is of the desk and of the seller; leave it to one of them");
  mapping.desk_at = desk.place("addresses").line;
  mapping.seller_at = seller.place("addresses").line;
  seller.finish();
  TomlTable persons = document.table("persons");
  if (persons.recording() || persons.has("by")) {
    const std::uint32_t ways = persons.choices("by", kWays, 7);
    mapping.by_address = (ways & 1U) != 0;
    mapping.by_signature = (ways & 2U) != 0;
    mapping.by_name = (ways & 4U) != 0;
  }
  mapping.closings = persons.texts("closings");
  mapping.no_persons = persons.texts("no_persons");
  persons.finish();
  document.each("agent", [&mapping](TomlTable table) {
    AgentRule agent;
    table.require("name", "write name = \"Marie D.\"");
    agent.name = table.text("name");
    agent.addresses = patterns_of(table, "addresses");
    agent.signatures = table.texts("signatures");
    if (!table.recording() && agent.addresses.empty() && agent.signatures.empty())
      table.fault(table.place(), "nothing shows who this is; write addresses = […] or signatures = […]");
    table.finish();
    mapping.agents.push_back(std::move(agent));
  });
  TomlTable left_out = document.table("left_out");
  mapping.left_out = patterns_of(left_out, "addresses");
  left_out.finish();
  document.finish();
  return mapping;
}

void write_texts(std::string& out, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  out += key;
  out += " = [";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ", ";
    out += formats::toml_quoted(texts[i]);
  }
  out += "]\n";
}

void write_text(std::string& out, std::string_view key, std::string_view text) {
  if (!text.empty()) out += std::string(key) + " = " + formats::toml_quoted(text) + "\n";
}

void place_person(const MailMapping& mapping, const OwnWords& own, const Address& from, Placing& placing) {
  if (mapping.by_address)
    for (const AgentRule& agent : mapping.agents)
      if (const std::string* pattern = covering(agent.addresses, from.address)) {
        placing.person = agent.name;
        placing.person_by = PersonBy::address;
        placing.person_rule = *pattern;
        return;
      }
  if (mapping.by_signature) {
    std::vector<std::string_view> last = lines_of(own.text);
    if (last.size() > kLastLines) last.erase(last.begin(), last.end() - static_cast<std::ptrdiff_t>(kLastLines));
    for (const std::string_view line : lines_of(own.signature)) last.push_back(line);
    for (const AgentRule& agent : mapping.agents)
      for (const std::string& signature : agent.signatures)
        for (auto line = last.rbegin(); line != last.rend(); ++line)
          if (stands_in(folded(signature), folded(line->substr(0, 400)))) {
            placing.person = agent.name;
            placing.person_by = PersonBy::signature;
            placing.person_rule = signature;
            return;
          }
    if (std::string name = signed_name(mapping, own.text, own.signature); !name.empty()) {
      placing.person_rule = name;
      placing.person = std::move(name);
      placing.person_by = PersonBy::signature;
      return;
    }
  }
  if (mapping.by_name)
    if (std::string name = as_person(mapping, from.name); !name.empty()) {
      placing.person_rule = from.name;
      placing.person = std::move(name);
      placing.person_by = PersonBy::name;
      return;
    }
  if (mapping.by_address && !is_shared(from.address)) {
    placing.person = lower_case(from.address);
    placing.person_by = PersonBy::address;
    placing.person_rule = placing.person;
  }
}

}  // namespace

Result<MailMapping> read_mail_mapping(std::string_view text, std::string path) {
  GUICHET_TRY(document, formats::parse_toml(text, path));
  formats::TomlFaults faults;
  MailMapping mapping = read_document(TomlTable(&document, "", {}, faults));
  if (!faults.none()) return faults.error(path);
  if (mapping.name.empty()) mapping.name = path;
  mapping.path = std::move(path);
  return mapping;
}

Result<MailMapping> load_mail_mapping(const std::string& path) {
  GUICHET_TRY(text, mapping_text(path));
  return read_mail_mapping(text, path);
}

Error covers_nobody(const MailMapping& mapping, const std::map<std::string, std::uint64_t>& senders) {
  std::vector<std::pair<std::string, std::uint64_t>> most(senders.begin(), senders.end());
  std::stable_sort(most.begin(), most.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string wrote;
  for (std::size_t i = 0; i < most.size() && i < 3; ++i)
    wrote += (i == 0 ? "" : ", ") + most[i].first + " (" + std::to_string(most[i].second) + ")";
  return {Fault::unreadable,
          mapping.path + ":" + std::to_string(mapping.desk_at) +
              ": no mail is from or to the addresses of [desk], nor from those of [seller] on line " +
              std::to_string(mapping.seller_at) + "; most mails are from " +
              (wrote.empty() ? std::string{"nobody who is named"} : wrote)};
}

std::string mail_mapping_as_toml(const MailMapping& mapping) {
  std::string out = "kind = \"mailbox\"\n";
  write_text(out, "name", mapping.name);
  write_text(out, "describes", mapping.describes);
  out += "\n[desk]\n";
  write_texts(out, "addresses", mapping.desk);
  write_texts(out, "automatic", mapping.automatic);
  out += "\n[seller]\n";
  write_text(out, "name", mapping.seller_name);
  write_texts(out, "addresses", mapping.seller);
  std::vector<std::string> ways;
  if (mapping.by_address) ways.emplace_back("address");
  if (mapping.by_signature) ways.emplace_back("signature");
  if (mapping.by_name) ways.emplace_back("name");
  out += "\n[persons]\n";
  if (ways.empty()) out += "by = []\n";
  write_texts(out, "by", ways);
  write_texts(out, "closings", mapping.closings);
  write_texts(out, "no_persons", mapping.no_persons);
  if (!mapping.left_out.empty()) {
    out += "\n[left_out]\n";
    write_texts(out, "addresses", mapping.left_out);
  }
  for (const AgentRule& agent : mapping.agents) {
    out += "\n[[agent]]\n";
    write_text(out, "name", agent.name);
    write_texts(out, "addresses", agent.addresses);
    write_texts(out, "signatures", agent.signatures);
  }
  return out;
}

std::set<std::string> mail_mapping_keys() {
  std::set<std::string> known;
  formats::TomlFaults faults;
  read_document(TomlTable(nullptr, "", {}, faults, &known));
  return known;
}

bool is_mail_mapping(std::string_view text) {
  const auto document = formats::parse_toml(text, "mapping");
  if (!document) return false;
  const TomlValue* kind = document->find("kind");
  return kind != nullptr && kind->kind == TomlValue::Kind::text && kind->text == "mailbox";
}

bool covers(std::string_view pattern, std::string_view address) {
  const std::string want = lower_case(pattern);
  const std::string have = lower_case(address);
  if (have.find('@') == std::string::npos) return false;
  if (want == "*") return true;
  if (!want.starts_with('@')) return want == have;
  const std::string_view domain = domain_of(have);
  if (!want.starts_with("@*.")) return domain == std::string_view(want).substr(1);
  const std::string_view below = std::string_view(want).substr(2);  // ".shop.example"
  return domain == below.substr(1) || (domain.size() > below.size() && domain.ends_with(below));
}

std::string_view name(SideBy by) {
  switch (by) {
    case SideBy::nothing: return "nothing";
    case SideBy::address: return "address";
    case SideBy::domain: return "domain";
    case SideBy::agent: return "agent";
  }
  return "nothing";
}

std::string_view name(PersonBy by) {
  switch (by) {
    case PersonBy::nothing: return "nothing";
    case PersonBy::address: return "address";
    case PersonBy::signature: return "signature";
    case PersonBy::name: return "name";
  }
  return "nothing";
}

std::string_view name(MachineBy by) {
  switch (by) {
    case MachineBy::nothing: return "nothing";
    case MachineBy::header: return "header";
    case MachineBy::address: return "address";
  }
  return "nothing";
}

std::string Placing::reason() const {
  std::string out = side == Party::desk ? "desk" : side == Party::seller ? "seller" : "third";
  out += " by " + std::string(name(side_by));
  if (!side_rule.empty()) out += " " + side_rule;
  if (!person.empty()) out += "; " + person + " by " + std::string(name(person_by)) + " \"" + person_rule + "\"";
  if (machine_by == MachineBy::address) out += "; a program by its address";
  if (machine_by == MachineBy::header)
    out += "; a program by its header" + (automatic ? " (" + std::string(mail::name(*automatic)) + ")" : std::string{});
  return out;
}

Placing place(const MailMapping& mapping, const Message& message) {
  return place(mapping, message, own_words(message.text));
}

Placing place(const MailMapping& mapping, const Message& message, const OwnWords& own) {
  Placing placing;
  placing.side = Party::third;
  static const Address kNobody;
  const Address* from = &kNobody;
  // The first sender that is of a side speaks for all of them.
  for (const std::vector<Address>* list : {&message.from, &message.sender}) {
    for (const Address& each : *list) {
      if (each.address.empty()) continue;
      if (from->address.empty()) from = &each;
      const std::string* seller = covering(mapping.seller, each.address);
      const std::string* desk = covering(mapping.desk, each.address);
      const std::string* agent = nullptr;
      for (const AgentRule& rule : mapping.agents)
        if (agent == nullptr) agent = covering(rule.addresses, each.address);
      // An address that is named counts more than a domain: a seller may have his address with the marketplace.
      const bool is_seller =
          seller != nullptr &&
          (names_one(*seller) || (agent == nullptr && (desk == nullptr || (*seller != "*" && !names_one(*desk)))));
      if (is_seller) {
        placing.side = Party::seller;
        placing.side_rule = *seller;
      } else if (agent != nullptr) {
        placing.side = Party::desk;
        placing.side_rule = *agent;
      } else if (desk != nullptr) {
        placing.side = Party::desk;
        placing.side_rule = *desk;
      } else {
        continue;
      }
      placing.side_by = !is_seller && agent != nullptr ? SideBy::agent
                        : names_one(placing.side_rule) ? SideBy::address
                                                       : SideBy::domain;
      from = &each;
      break;
    }
    if (placing.side_by != SideBy::nothing) break;
  }
  placing.left_out = covering(mapping.left_out, from->address) != nullptr;
  placing.automatic = mail::automatic(message);
  if (covering(mapping.automatic, from->address) != nullptr) {
    placing.machine_by = MachineBy::address;
  } else if (placing.automatic && *placing.automatic != Automatic::mailing_list) {
    placing.machine_by = MachineBy::header;
  }
  if (placing.side == Party::desk && !placing.machine()) {
    place_person(mapping, own, *from, placing);
  } else if (!from->address.empty()) {
    placing.person = as_person(mapping, from->name);
    placing.person_by = placing.person.empty() ? PersonBy::address : PersonBy::name;
    if (placing.person.empty()) placing.person = lower_case(from->address);
    placing.person_rule = placing.person_by == PersonBy::name ? from->name : placing.person;
  } else if (!message.from.empty()) {
    placing.person = utf8_cut(message.from.front().name, kNameBytesMax);
    placing.person_by = placing.person.empty() ? PersonBy::nothing : PersonBy::name;
    placing.person_rule = placing.person;
  }
  return placing;
}

std::string signed_name(const MailMapping& mapping, std::string_view text, std::string_view signature) {
  std::vector<std::string_view> lines = lines_of(text);
  const std::vector<std::string_view> behind = lines_of(signature);
  const std::size_t first = lines.size() > 2 * kLastLines ? lines.size() - 2 * kLastLines : 0;
  // From below: the last closing words are the letter's own.
  for (std::size_t i = lines.size(); i > first; --i) {
    const auto rest = behind_closing(mapping, lines[i - 1]);
    if (!rest) continue;
    if (!rest->empty()) {
      if (std::string name = as_person(mapping, *rest); !name.empty()) return name;
      continue;
    }
    const std::string_view below = i < lines.size() ? lines[i] : behind.empty() ? std::string_view{} : behind.front();
    if (std::string name = as_person(mapping, below); !name.empty()) return name;
    return {};
  }
  for (const std::string_view line : behind)
    if (!behind_closing(mapping, line)) return as_person(mapping, line);
  return {};
}

void MailSurvey::add(const Message& message, std::string_view raw) {
  ++mails_;
  if (message.from.empty()) return;
  const std::string from = lower_case(message.from.front().address);
  if (from.empty()) return;
  Seen& writer = addresses_[from];
  ++writer.wrote;
  if (writer.name.empty()) writer.name = message.from.front().name;
  const auto kind = mail::automatic(message);
  if (kind && *kind != Automatic::mailing_list) ++writer.automatic;
  std::set<std::string> to;
  for (const std::vector<Address>* list : {&message.to, &message.cc})
    for (const Address& each : *list)
      if (!each.address.empty() && to.size() < 50) to.insert(lower_case(each.address));
  for (const std::string& each : to) {
    ++addresses_[each].got;
    ++sent_[{from, each}];
  }
  for (const std::string_view header : {"delivered-to", "x-original-to", "envelope-to"}) {
    const auto ids = read_addresses(message.field(raw, header));
    if (ids.empty() || ids.front().address.empty()) continue;
    const std::string owner = lower_case(ids.front().address);
    ++addresses_[owner].delivered;
    ++sent_[{from, owner}];
    break;
  }
}

struct MailSurvey::Chosen {
  std::string owner, owner_name, domain;
  std::vector<std::string> desk, automatic;
  std::uint64_t owner_wrote{}, owner_got{}, desk_to{}, desk_from{};
};

std::optional<std::string> MailSurvey::owner() const {
  // Whoever both writes and is written to most: a mailbox holds what its owner sent and got.
  const std::string* best = nullptr;
  std::pair<std::uint64_t, std::uint64_t> most{};
  for (const auto& [address, seen] : addresses_) {
    const std::uint64_t got = std::max(seen.got, seen.delivered);
    const std::pair<std::uint64_t, std::uint64_t> score{std::min(seen.wrote, got) + seen.delivered, got};
    if (score <= most) continue;
    most = score;
    best = &address;
  }
  if (best == nullptr) return {};
  return *best;
}

MailSurvey::Chosen MailSurvey::chosen() const {
  Chosen chosen;
  const auto found = owner();
  if (!found) return chosen;
  chosen.owner = *found;
  const Seen& seen = addresses_.at(chosen.owner);
  chosen.owner_name = seen.name;
  chosen.owner_wrote = seen.wrote;
  chosen.owner_got = std::max(seen.got, seen.delivered);
  std::map<std::string, Pair, std::less<>> by_domain;
  for (const auto& [pair, count] : sent_) {
    if (pair.first == chosen.owner && pair.second != chosen.owner)
      by_domain[std::string(domain_of(pair.second))].to += count;
    if (pair.second == chosen.owner && pair.first != chosen.owner)
      by_domain[std::string(domain_of(pair.first))].from += count;
  }
  std::pair<std::uint64_t, std::uint64_t> most{};
  for (const auto& [domain, pair] : by_domain) {
    const std::pair<std::uint64_t, std::uint64_t> score{std::min(pair.to, pair.from), pair.to + pair.from};
    if (domain.empty() || score <= most) continue;
    most = score;
    chosen.domain = domain;
    chosen.desk_to = pair.to;
    chosen.desk_from = pair.from;
  }
  if (chosen.domain.empty()) return chosen;
  if (chosen.domain == domain_of(chosen.owner)) {
    // The same house, or a provider that both use: only the addresses themselves tell them apart.
    for (const auto& [pair, count] : sent_)
      for (const std::string& other : {pair.first, pair.second})
        if (other != chosen.owner && (pair.first == chosen.owner || pair.second == chosen.owner) &&
            domain_of(other) == chosen.domain &&
            std::find(chosen.desk.begin(), chosen.desk.end(), other) == chosen.desk.end())
          chosen.desk.push_back(other);
  } else {
    chosen.desk = {"@*." + chosen.domain};
  }
  for (const auto& [address, each] : addresses_)
    if (each.wrote > 0 && each.automatic == each.wrote &&
        std::any_of(chosen.desk.begin(), chosen.desk.end(),
                    [&a = address](const std::string& p) { return covers(p, a); }))
      chosen.automatic.push_back(address);
  return chosen;
}

Result<MailMapping> MailSurvey::propose() const {
  const Chosen chosen = this->chosen();
  if (chosen.owner.empty() || chosen.domain.empty())
    return Error{Fault::unreadable, "the mailbox does not show who is who (" + std::to_string(mails_) + " mails, " +
                                        std::to_string(addresses_.size()) +
                                        " addresses); write a mapping (docs/mailbox-mapping.md)"};
  MailMapping mapping;
  mapping.path = "proposal";
  mapping.name = chosen.owner;
  mapping.describes = "Proposed from " + std::to_string(mails_) + " mails.";
  mapping.seller = {chosen.owner};
  mapping.seller_name = chosen.owner_name;
  mapping.desk = chosen.desk;
  mapping.automatic = chosen.automatic;
  return mapping;
}

std::vector<std::string> MailSurvey::reasons() const {
  const Chosen chosen = this->chosen();
  std::vector<std::string> out;
  if (chosen.owner.empty()) return out;
  out.push_back("seller " + chosen.owner + ": wrote " + std::to_string(chosen.owner_wrote) + " mails and got " +
                std::to_string(chosen.owner_got) + " of " + std::to_string(mails_));
  if (chosen.domain.empty()) return out;
  out.push_back("desk " + chosen.domain + ": the seller wrote to it " + std::to_string(chosen.desk_to) +
                " times and heard from it " + std::to_string(chosen.desk_from) + " times, more than from any other");
  for (const std::string& address : chosen.automatic)
    out.push_back("program " + address + ": its headers say so on every mail");
  return out;
}

}  // namespace guichet::intake::mail
