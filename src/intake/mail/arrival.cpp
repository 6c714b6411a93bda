#include <guichet/intake/mail/arrival.hpp>

#include <map>
#include <memory>

#include <guichet/base/utf8.hpp>

namespace guichet::intake::mail {
namespace {

constexpr std::size_t kStationsTold = 30;
constexpr std::size_t kWordBytes = 200;
constexpr std::size_t kKeysMost = 40, kFailedMost = 3;

std::string short_of(std::string_view text) {
  return utf8_cut(utf8_repair(text.substr(0, 4 * kWordBytes)), kWordBytes);
}

std::string signature_line(const DkimResult& result) {
  std::string line = std::string(name(result.verdict)) + ": " + result.reason;
  if (!result.domain.empty() && result.reason.find(result.domain) == std::string::npos) line += ", d=" + result.domain;
  if (!result.algorithm.empty()) {
    line += " (" + result.algorithm;
    if (result.key_bits > 0) line += ", " + std::to_string(result.key_bits) + " bits";
    line += ")";
  }
  if (result.verdict == DkimVerdict::pass)
    for (const std::string& weak : result.weak) line += "; " + weak;
  if (result.verdict == DkimVerdict::permerror && result.body_kept)
    line += *result.body_kept ? "; the body is the one that was signed" : "; the body is not the one that was signed";
  return utf8_cut(utf8_repair(line), 4 * kWordBytes);
}

std::string seconds(Duration span) {
  const auto whole = std::chrono::duration_cast<Seconds>(span).count();
  return (whole < 0 ? "" : "+") + std::to_string(whole) + " s";
}

std::string station_line(const Station& station) {
  std::string line = "from " + (station.hop.from.empty() ? std::string{"?"} : short_of(station.hop.from));
  if (!station.hop.from_address.empty())
    line += " [" + short_of(station.hop.from_address) + "]" + (station.private_address ? " (private)" : "");
  line += " by " + (station.hop.by.empty() ? std::string{"?"} : short_of(station.hop.by));
  line += station.hop.date ? " at " + print_instant(station.hop.date->at) : ", no time";
  if (station.since_before) line += ", " + seconds(*station.since_before);
  if (!station.since_before && station.since_date) line += ", " + seconds(*station.since_date) + " after its date";
  return line;
}

/// A mail may name a hundred keys; whoever waits for a server that is silent does not wait for all of them.
FindKey within_reason(const FindKey& find_key) {
  if (!find_key) return find_key;
  struct Asked {
    std::map<std::string, KeyAnswer> answers;
    std::size_t failed{};
  };
  return [find_key, asked = std::make_shared<Asked>()](const std::string& name) {
    if (const auto before = asked->answers.find(name); before != asked->answers.end()) return before->second;
    if (asked->failed >= kFailedMost || asked->answers.size() >= kKeysMost)
      return KeyAnswer{.kind = KeyAnswer::Kind::failed,
                       .texts = {},
                       .why = asked->failed >= kFailedMost ? "too many others could not" : "the mail names too many"};
    KeyAnswer answer = find_key(name);
    if (answer.kind == KeyAnswer::Kind::failed) ++asked->failed;
    return asked->answers.emplace(name, std::move(answer)).first->second;
  };
}

}  // namespace

Arrival arrival_of(std::string_view raw, const Message& message, const FindKey& find) {
  const FindKey find_key = within_reason(find);
  Arrival arrival;
  arrival.way = way_of(message);
  DkimRules rules;
  if (arrival.way.arrived) {
    rules.at = arrival.way.arrived;
  } else if (message.date) {
    rules.at = message.date->at;
  }
  BodyDigests bodies;
  rules.bodies = &bodies;
  const Head head = read_head(raw);
  arrival.signatures = check_dkim(raw, head, find_key, rules);
  arrival.chain = check_arc(raw, head, find_key, rules);
  return arrival;
}

std::vector<std::pair<std::string, std::string>> arrival_lines(const Arrival& arrival) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (arrival.signatures.empty()) lines.emplace_back("dkim", "none: no signature");
  for (std::size_t i = 0; i < arrival.signatures.size(); ++i)
    lines.emplace_back(i == 0 ? "dkim" : "dkim " + std::to_string(i + 1), signature_line(arrival.signatures[i]));
  lines.emplace_back("arc", std::string(name(arrival.chain.verdict)) + ": " + short_of(arrival.chain.reason));
  lines.emplace_back("way", arrival.way.in_words());
  for (std::size_t i = 0; i < arrival.way.stations.size() && i < kStationsTold; ++i)
    lines.emplace_back("station " + std::to_string(i + 1), station_line(arrival.way.stations[i]));
  return lines;
}

}  // namespace guichet::intake::mail
