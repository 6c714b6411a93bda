#include "told_mailbox.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include <guichet/dossier/costs.hpp>
#include <guichet/intake/mail/dkim.hpp>
#include <guichet/intake/mail/hops.hpp>
#include <guichet/intake/mail/mailbox.hpp>
#include <guichet/intake/mail/maildir.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/intake/mail/quoting.hpp>
#include <guichet/intake/mail/sides.hpp>
#include <guichet/intake/mail/thread.hpp>

#include "progress.hpp"
#include "quoted.hpp"
#include "read_mailbox.hpp"

namespace guichet::cli {
namespace {

namespace mail = intake::mail;

std::string file_name(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return name.empty() ? std::filesystem::path(path).parent_path().filename().string() : name;
}

mail::Reading without_files(bool digests = false) {
  mail::Reading reading;
  reading.bodies = false;
  reading.digests = digests;
  return reading;
}

/// Reads every mail at the paths. Places are told without the folder that the mailbox lies in.
Outcome each_mail(const std::vector<std::string>& paths, std::string_view doing,
                  const std::function<void(const mail::FoundMail&, const std::string& place)>& visit) {
  ProgressBar progress{std::string{doing}};
  for (const std::string& path : paths) {
    mail::Walk walk;
    walk.progress = [&](std::uint64_t done, std::uint64_t all) { progress(done, all); };
    const std::string folder = std::filesystem::path(path).parent_path().string();
    GUICHET_TRY(count, mail::for_each_mail(path, walk, [&](const mail::FoundMail& found) {
                  std::string place = found.place;
                  if (!folder.empty() && place.starts_with(folder + "/")) place.erase(0, folder.size() + 1);
                  visit(found, place);
                  return true;
                }));
  }
  return Done{};
}

dossier::MailSeal seal_of(std::string_view raw, const mail::RecordedKeys& keys) {
  const std::vector<mail::DkimResult> results =
      mail::check_dkim(raw, mail::read_head(raw), [&](const std::string& name) { return keys.find(name); });
  const bool signed_at_all =
      std::any_of(results.begin(), results.end(), [](const mail::DkimResult& one) { return !one.domain_keys; });
  switch (mail::best_of(results)) {
    case mail::DkimVerdict::pass: return dossier::MailSeal::verified;
    case mail::DkimVerdict::fail:
    case mail::DkimVerdict::policy: return dossier::MailSeal::failed;
    case mail::DkimVerdict::none: return signed_at_all ? dossier::MailSeal::key_unknown : dossier::MailSeal::none;
    case mail::DkimVerdict::temperror:
    case mail::DkimVerdict::permerror: return dossier::MailSeal::key_unknown;
  }
  return dossier::MailSeal::none;
}

/// Collects mails, then joins them into threads.
class Teller {
 public:
  Teller(const mail::MailMapping& mapping, const mail::RecordedKeys& keys) : mapping_(mapping), keys_(keys) {}

  void add(const mail::FoundMail& found, const std::string& place) {
    const mail::Message message = mail::read_message(found.raw, without_files(true));
    const mail::Placing placing = mail::place(mapping_, message);
    if (!found.separator.empty() || message.names_itself()) ++recognised_;
    const auto of_desk = [this](const mail::Address& to) {
      return std::any_of(mapping_.desk.begin(), mapping_.desk.end(),
                         [&](const std::string& pattern) { return mail::covers(pattern, to.address); });
    };
    covered_ = covered_ || placing.side == Party::desk || placing.side == Party::seller ||
               std::any_of(message.to.begin(), message.to.end(), of_desk) ||
               std::any_of(message.cc.begin(), message.cc.end(), of_desk);
    if (!covered_ && !message.from.empty() && !message.from.front().address.empty())
      ++senders_[mail::lower_case(message.from.front().address)];
    if (placing.left_out) {
      ++left_out_;
      return;
    }
    const mail::Way way = mail::way_of(message);
    dossier::ToldMail told;
    told.message_id = message.message_id;
    told.place = place;
    // A Date that lies far from the last server's time, behind it or ahead, is not believed.
    const bool far = message.date && way.arrived &&
                     (*way.arrived - message.date->at > std::chrono::days{1} ||
                      message.date->at - *way.arrived > std::chrono::days{1});
    told.arrived = way.arrived.has_value();
    if (message.date && !far) {
      told.at = message.date->at;
    } else if (way.arrived) {
      told.at = way.arrived;
      told.at_received = true;
    }
    told.side = placing.side;
    told.machine = placing.machine();
    if (!message.from.empty()) told.address = message.from.front().address;
    if (!told.machine && placing.person_by != mail::PersonBy::nothing) {
      told.agent = placing.person;
      told.agent_by = name(placing.person_by);
    }
    told.subject = message.subject;
    told.own = mail::own_words(message.text).text;
    told.text = message.text;
    for (const auto* ids : {&message.in_reply_to, &message.references})
      for (const std::string& id : *ids)
        if (std::find(told.unseen.begin(), told.unseen.end(), id) == told.unseen.end()) told.unseen.push_back(id);
    const auto first = std::find_if(way.stations.begin(), way.stations.end(),
                                    [](const mail::Station& station) { return station.since_date.has_value(); });
    if (message.date && first != way.stations.end()) told.skew = -*first->since_date;
    told.relayed = !way.stations.empty();
    told.seal = seal_of(found.raw, keys_);
    told.says = mail::what_it_says(message, found.raw);
    threads_.add(message.message_id, message.in_reply_to, message.references);
    ids_.insert(message.message_id);
    undivided_ += found.passed_over;
    cut_ += found.cut ? 1U : 0U;
    flawed_ += message.flaws.none() ? 0U : 1U;
    mails_.push_back(std::move(told));
  }

  /// Whether the mapping speaks of these mails.
  bool covered() const { return covered_; }
  std::uint64_t recognised() const { return recognised_; }
  const std::map<std::string, std::uint64_t>& senders() const { return senders_; }

  std::vector<dossier::ToldMail> finish() {
    for (std::size_t i = 0; i < mails_.size(); ++i) {
      mails_[i].thread = static_cast<std::uint32_t>(threads_.thread_of(i));
      std::erase_if(mails_[i].unseen, [&](const std::string& id) { return ids_.contains(id); });
    }
    return std::move(mails_);
  }

  std::vector<dossier::Remark> remarks(const formats::Phrases& phrases) const {
    std::vector<dossier::Remark> remarks;
    const auto note = [&](std::string_view key, std::uint64_t count) {
      if (count > 0) remarks.push_back({phrases(key), count, {}, {}});
    };
    note("audit.remark.left_out", left_out_);
    note("audit.remark.cut", cut_);
    note("audit.remark.undivided", undivided_);
    note("audit.remark.flawed", flawed_);
    return remarks;
  }

 private:
  const mail::MailMapping& mapping_;
  const mail::RecordedKeys& keys_;
  mail::Threads threads_;
  std::set<std::string, std::less<>> ids_;
  std::vector<dossier::ToldMail> mails_;
  std::map<std::string, std::uint64_t> senders_;  // until somebody is of a side
  std::uint64_t recognised_ = 0, left_out_ = 0, cut_ = 0, flawed_ = 0, undivided_ = 0;
  bool covered_ = false;
};

Outcome add_costs_to(dossier::MailboxSource& source, const std::string& path, const dossier::MailboxAudit& audit,
                     const formats::Phrases& phrases) {
  GUICHET_TRY(claim, dossier::load_claim(path));
  if (!claim.until && !audit.to)
    return Error{Fault::usage, path + ": says no last day, and no mail has a date; write until = 2026-06-30 in it"};
  if (!claim.until) claim.until = dossier::day_of(*audit.to);
  const dossier::Day last = *claim.until;
  GUICHET_TRY(counted, dossier::count_claim(std::move(claim), dossier::Rates::shipped(), last));
  source.costs = dossier::costs_as_html(counted.claim, counted.costs, phrases);
  source.costs_json = dossier::costs_as_json(counted.claim, counted.costs);
  return Done{};
}

}  // namespace

Result<ToldMailbox> tell_mailbox(const MailboxToTell& box, formats::Language language) {
  ToldMailbox told;
  mail::RecordedKeys keys;
  for (const std::string& path : box.keys)
    if (const Outcome loaded = keys.load(path); !loaded) return loaded.error();
  mail::MailMapping mapping;
  if (box.mapping.empty()) {
    mail::MailSurvey survey;
    bool any = false;
    if (const Outcome seen = each_mail(box.paths, "looking who is who",
                                       [&](const mail::FoundMail& found, const std::string& /*place*/) {
                                         const mail::Message message = mail::read_message(found.raw, without_files());
                                         any = any || !found.separator.empty() || message.names_itself();
                                         survey.add(message, found.raw);
                                       });
        !seen)
      return seen.error();
    if (!any) return no_mails(box.paths);
    GUICHET_TRY(proposed, survey.propose());
    mapping = std::move(proposed);
    told.source.mapping_origin = "proposed";
    told.source.reasons = survey.reasons();
  } else {
    GUICHET_TRY(given, mail::load_mail_mapping(box.mapping));
    mapping = std::move(given);
    told.source.mapping_origin = "given";
  }
  Teller teller(mapping, keys);
  if (const Outcome read =
          each_mail(box.paths, "reading",
                    [&](const mail::FoundMail& found, const std::string& place) { teller.add(found, place); });
      !read)
    return read.error();
  if (teller.recognised() == 0) return no_mails(box.paths);
  if (!box.mapping.empty() && !teller.covered()) return mail::covers_nobody(mapping, teller.senders());
  const formats::Phrases phrases(language);
  told.source.remarks = teller.remarks(phrases);
  told.audit = dossier::audit_mailbox(teller.finish());
  told.source.mapping = mapping.name;
  told.source.desk = mapping.desk;
  told.source.seller = mapping.seller;
  told.source.keys = !box.keys.empty();
  told.source.command = "guichet audit";
  for (const std::string& path : box.paths) {
    told.source.names.push_back(file_name(path));
    told.source.command += " " + quoted(path);
  }
  if (!box.mapping.empty()) told.source.command += " --mapping " + quoted(box.mapping);
  for (const std::string& path : box.keys) told.source.command += " --keys " + quoted(path);
  if (!box.claim.empty()) {
    told.source.command += " --claim " + quoted(box.claim);
    if (const Outcome added = add_costs_to(told.source, box.claim, told.audit, phrases); !added) return added.error();
  }
  for (const std::string& word : box.more) told.source.command += " " + quoted(word);
  return told;
}

}  // namespace guichet::cli
