#include <guichet/desk/dossiers.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <guichet/core/names.hpp>
#include <guichet/desk/case_lines.hpp>
#include <guichet/desk/mail_moving.hpp>
#include <guichet/desk/measured.hpp>
#include <guichet/desk/moments.hpp>
#include <guichet/dossier/label.hpp>
#include <guichet/formats/json.hpp>
#include <guichet/intake/mail/compose.hpp>
#include <guichet/intake/mail/message.hpp>
#include <guichet/intake/mail/quoting.hpp>
#include <guichet/ledger/proving.hpp>
#include <guichet/measures/tally.hpp>

namespace guichet::desk {
namespace {

using dossier::Edition;
using dossier::Entry;
using dossier::Piece;
using dossier::ToldCase;
using formats::Phrases;

Piece::Kind kind_of(ledger::TextKind kind) {
  switch (kind) {
    case ledger::TextKind::words: return Piece::Kind::words;
    case ledger::TextKind::note: return Piece::Kind::note;
    case ledger::TextKind::file: return Piece::Kind::file;
    case ledger::TextKind::mail: return Piece::Kind::mail;
    case ledger::TextKind::label: return Piece::Kind::label;
  }
  return Piece::Kind::words;
}

std::string_view word_of(ledger::Channel channel) {
  switch (channel) {
    case ledger::Channel::web: return "web";
    case ledger::Channel::mail: return "mail";
    case ledger::Channel::api: return "api";
    case ledger::Channel::clock: return "clock";
    case ledger::Channel::import: return "import";
    case ledger::Channel::demo: return "demo";
  }
  return "web";
}

/// Tells one case, for one edition.
class Telling {
 public:
  Telling(const DossierParts& parts, const DossierWish& wish, ledger::CaseFile file)
      : parts_(parts),
        wish_(wish),
        file_(std::move(file)),
        procedure_(parts.procedures.of_case(file_.row.state)),
        phrases_(wish.language),
        zone_(zone_of(procedure_.file)),
        voice_(voice()) {}

  Result<std::string> make() {
    GUICHET_TRY(pieces, take_pieces());
    GUICHET_TRY(erasures, take_erasures());
    withhold();
    take_events();
    told_.timeline = dossier::timeline_of(
        told_.events, procedure_.file.procedure, [this](TextId id) { return words_of(id); }, files_of(told_));
    take_facts();
    take_people();
    take_letters();
    GUICHET_TRY(adverse, take_adverse());
    dossier::Bundling bundling;
    GUICHET_TRY(proof, take_proof(bundling));
    return dossier::bundle(told_, voice_, bundling);
  }

 private:
  bool for_seller() const { return wish_.edition == Edition::seller; }

  // ---- names ----

  dossier::Voice voice() const {
    return {.phrases = phrases_,
            .file = procedure_.file,
            .person = [this](ActorId id) { return person(id); },
            .moment = [this](Instant at) { return moment_in_words(phrases_, zone_, at); },
            .to_level = [this](std::size_t level) { return to_level(phrases_, procedure_.file, level); },
            .procedure = [this](ProcedureId id) -> std::string {
              const InForce* of = parts_.procedures.of(id);
              if (of == nullptr) return {};
              return phrases_("event.procedure_changed",
                              {{"title", of->file.title.in(phrases_.language())}, {"version", of->file.version}});
            }};
  }

  std::string person(ActorId id) const {
    if (!id) return phrases_("person.clock");
    const auto known = parts_.people.person(id);
    return known && !known->name.empty() ? known->name : phrases_("person.unknown", {{"n", std::to_string(id.value)}});
  }

  // ---- texts ----

  Outcome take_pieces() {
    for (const ledger::Text& text : file_.texts) {
      Piece piece{.id = text.id,
                  .kind = kind_of(text.kind),
                  .author = text.author,
                  .name = text.name,
                  .media_type = text.media_type,
                  .body = text.body,
                  .bytes = text.body_bytes,
                  .digest = text.digest,
                  .erased = text.erased};
      const bool left_out = text.kind == ledger::TextKind::file || text.kind == ledger::TextKind::mail;
      if (left_out && !text.erased) {
        GUICHET_TRY(whole, parts_.reader.text(text.id));
        piece.body = std::move(whole.body);
      }
      told_.pieces.push_back(std::move(piece));
    }
    std::ranges::sort(told_.pieces, {}, &Piece::id);
    return Done{};
  }

  /// From the house's log, where whoever erased a text left a note.
  Outcome take_erasures() {
    if (std::ranges::none_of(told_.pieces, [](const Piece& piece) { return piece.erased.has_value(); })) return Done{};
    for (std::uint64_t after = 0;;) {
      GUICHET_TRY(notes, parts_.reader.house_notes(after, ledger::kListMax));
      if (notes.empty()) return Done{};
      after = notes.back().number;
      for (const ledger::HouseNote& note : notes) take(note);
    }
  }
  void take(const ledger::HouseNote& note) {
    if (note.what != "text_erased") return;
    const auto detail = formats::parse_json(note.detail, "house note");
    const formats::JsonValue* text = detail ? detail->find("text") : nullptr;
    if (text == nullptr || text->integer <= 0 || text->integer > 0xFFFF'FFFF) return;
    const TextId id{static_cast<std::uint32_t>(text->integer)};
    const Piece* piece = piece_of(told_, id);
    if (piece == nullptr || !piece->erased || erasure_of(told_, id) != nullptr) return;
    // Words of whoever erased it say more than the word that was chosen from a list.
    const formats::JsonValue* reason = detail->find("why");
    if (reason == nullptr) reason = detail->find("reason");
    told_.erasures.push_back({.text = id, .by = note.by, .reason = reason == nullptr ? std::string() : reason->text});
  }

  bool sellers_own(ActorId author) const {
    const auto known = parts_.people.person(author);
    return known && known->role == Role::seller && known->account == file_.row.account;
  }

  /// An imported event whose text is a label with a mail beside it.
  struct ImportedMail {
    const Event* event{};
    TextId mail;
    std::vector<TextId> files;
  };
  std::vector<ImportedMail> imported_mails() const {
    std::vector<ImportedMail> mails;
    for (const ledger::KeptEvent& kept : file_.events) {
      const Piece* piece = piece_of(told_, kept.event.text);
      if (piece == nullptr || piece->kind != Piece::Kind::label || piece->body.empty()) continue;
      dossier::Words words = dossier::words_or_plain(piece->body, piece->media_type);
      if (words.mail) mails.push_back({.event = &kept.event, .mail = words.mail, .files = std::move(words.files)});
    }
    return mails;
  }

  intake::mail::Message read(TextId mail) const {
    const Piece* piece = piece_of(told_, mail);
    return intake::mail::read_message(piece == nullptr ? std::string_view{} : piece->body, {.bodies = false});
  }

  /// Of imported mails a seller may have those that he sent and those that were sent to an address from which he wrote;
  /// what the desk or a third sent to others is not his. Puts texts among what is shown or what stays inside.
  void share_imported(std::set<TextId>& shown, std::set<TextId>& inside) const {
    const std::vector<ImportedMail> mails = imported_mails();
    std::set<std::string> sellers;
    for (const ImportedMail& one : mails)
      if (one.event->party == Party::seller)
        for (const intake::mail::Address& from : read(one.mail).from)
          sellers.insert(intake::mail::lower_case(from.address));
    for (const ImportedMail& one : mails) {
      bool his = one.event->party == Party::seller;
      if (!his) {
        const intake::mail::Message message = read(one.mail);
        const auto known = [&](const intake::mail::Address& to) {
          return sellers.contains(intake::mail::lower_case(to.address));
        };
        his = std::ranges::any_of(message.to, known) || std::ranges::any_of(message.cc, known);
      }
      if (one.event->kind == EventKind::note_made) his = false;
      std::set<TextId>& texts = his ? shown : inside;
      texts.insert(one.mail);
      texts.insert(one.files.begin(), one.files.end());
      if (!his) texts.insert(one.event->text);
    }
    for (const ledger::KeptEvent& kept : file_.events)
      if (kept.event.kind == EventKind::note_made) inside.insert(kept.event.text);
  }

  /// What the desk keeps to itself: that it exists stays. A seller may have the raw mails that he wrote himself and, of
  /// imported history, those that were sent to him; those of others show addresses and ways that are theirs.
  void withhold() {
    if (!for_seller()) return;
    std::set<TextId> inside, shown;
    share_imported(shown, inside);
    for (const ledger::KeptEvent& kept : file_.events)
      if (kept.event.kind == EventKind::hand_off_proposed || kept.event.kind == EventKind::hand_off_refused)
        inside.insert(kept.event.text);
      else if (kept.event.kind == EventKind::exhibit_added)
        shown.insert(kept.event.text);
    for (const Piece& piece : told_.pieces) {
      if (piece.kind != Piece::Kind::words || inside.contains(piece.id)) continue;
      for (const TextId file : dossier::words_or_plain(piece.body, piece.media_type).files) shown.insert(file);
    }
    const std::vector<TextId> elsewhere = withheld_texts(file_);
    for (Piece& piece : told_.pieces) {
      switch (piece.kind) {
        case Piece::Kind::words: piece.withheld = inside.contains(piece.id); break;
        case Piece::Kind::note: piece.withheld = true; break;
        case Piece::Kind::file: piece.withheld = !shown.contains(piece.id) && !sellers_own(piece.author); break;
        case Piece::Kind::mail: piece.withheld = !shown.contains(piece.id) && !sellers_own(piece.author); break;
        case Piece::Kind::label: piece.withheld = inside.contains(piece.id); break;
      }
      piece.withheld |= std::ranges::find(elsewhere, piece.id) != elsewhere.end();
      if (!piece.withheld) continue;
      piece.body.clear();
      piece.name.clear();
      piece.bytes = 0;
    }
  }

  std::optional<dossier::FoundWords> words_of(TextId id) const {
    const Piece* piece = piece_of(told_, id);
    if (piece == nullptr || piece->kind == Piece::Kind::mail) return std::nullopt;
    dossier::FoundWords found;
    found.note = piece->kind == Piece::Kind::note;
    found.label = piece->kind == Piece::Kind::label;
    found.erased = piece->erased;
    if (piece->kind == Piece::Kind::file)
      found.words.files.push_back(id);
    else if (!piece->body.empty())
      found.words = dossier::words_or_plain(piece->body, piece->media_type);
    found.program = found.label && dossier::is_by_program(piece->body);
    if (found.label && found.words.mail) {
      // A mail that was imported is a message. What it quotes is left out for reading; the kept text is never cut.
      found.label = false;
      std::string own = intake::mail::own_words(found.words.body).text;
      own.erase(own.find_last_not_of(" \t\n") + 1);
      if (!own.empty()) found.words.body = std::move(own);
    }
    return found;
  }

  // ---- events ----

  void take_events() {
    for (const ledger::KeptEvent& kept : file_.events) {
      const auto act = std::ranges::lower_bound(file_.acts, kept.act, {}, &ledger::Act::number);
      const bool known = act != file_.acts.end() && act->number == kept.act;
      const bool commanded = known && act->command;
      told_.events.push_back({.event = kept.event,
                              .position = kept.position,
                              .act = kept.act,
                              .cause = commanded ? std::optional{act->command->kind} : std::nullopt,
                              .elsewhere = commanded ? contended(*act->command) : Contended{},
                              .act_text = commanded ? act->command->text : TextId{}});
      told_.comings.push_back({.recorded = known ? act->recorded : kept.event.at,
                               .channel = known ? word_of(act->channel) : "import",
                               .text_digest = kept.text_digest,
                               .imported = !commanded});
    }
  }

  void take_facts() {
    const ledger::ShelfRow& row = file_.row;
    told_.id = row.case_id;
    told_.edition = wish_.edition;
    told_.house = parts_.house;
    told_.subject = row.subject;
    told_.account = row.account.value;
    const auto account = parts_.people.account(row.account);
    told_.seller = account && !account->name.empty()
                       ? account->name
                       : phrases_("account.unknown", {{"n", std::to_string(row.account.value)}});
    const auto& matters = procedure_.file.matters;
    const bool imported = !told_.comings.empty() && told_.comings.front().imported;
    if (imported)
      told_.matter = imported_matter();
    else if (row.state.matter() < matters.size())
      told_.matter = matters[row.state.matter()].title.in(wish_.language);
    if (row.state.owner) told_.owner = person(row.state.owner);
    told_.stands = phrases_(fmt::format("phase.{}", name(row.state.phase())));
    told_.amount_cents = row.amount_cents;
    told_.zone = zone_;
    told_.procedure_name = procedure_.file.title.in(wish_.language);
    told_.procedure_version = procedure_.adopted.version;
    told_.procedure_toml = procedure_.adopted.toml;
    told_.procedure_number = procedure_.adopted.id.value;
    told_.program = "guichet";
  }

  /// What the other system called it; empty when it said nothing.
  std::string imported_matter() const {
    const Piece* piece = piece_of(told_, told_.events.front().event.text);
    if (piece == nullptr || piece->kind != Piece::Kind::label || piece->body.empty()) return {};
    const auto label = dossier::label_from_json(piece->body);
    return label ? label->matter : std::string();
  }

  /// People of another system have no role here; of them it is known on whose side they spoke.
  std::string_view role_of(ActorId id) const {
    const auto known = parts_.people.person(id);
    if (known && known->role != Role::nobody) return desk::name(known->role);
    for (const dossier::ToldEvent& one : told_.events)
      if (one.event.actor == id && one.event.party != Party::nobody) return guichet::name(one.event.party);
    return known ? desk::name(known->role) : "unknown";
  }

  void take_people() {
    std::set<ActorId> ids;
    for (const dossier::ToldEvent& one : told_.events) {
      ids.insert(one.event.actor);
      if (names_somebody(one.event.kind)) ids.insert(ActorId{one.event.detail});
    }
    for (const Piece& piece : told_.pieces) ids.insert(piece.author);
    for (const dossier::Erasure& one : told_.erasures) ids.insert(one.by);
    ids.erase(ActorId{});
    for (const ActorId id : ids) told_.people.push_back({.id = id, .name = person(id), .role = role_of(id)});
  }

  static bool names_somebody(EventKind kind) {
    using enum EventKind;
    return kind == assigned || kind == hand_off_proposed || kind == hand_off_accepted || kind == hand_off_refused ||
           kind == hand_off_lapsed || kind == referred_to_mediator;
  }

  // ---- mails ----

  /// Whether an event speaks in words that a mail could carry.
  static bool is_letter(const Entry& entry) {
    if (!entry.words || entry.words->note || entry.words->label || entry.words->erased) return false;
    if (entry.event.party == Party::clock || entry.event.kind == EventKind::note_made) return false;
    const dossier::Words& words = entry.words->words;
    if (words.fact || !words.claim.empty()) return false;  // a statement of the chronology, said to nobody
    return words.mail || !words.body.empty() || !words.facts.empty() || !words.ground.empty();
  }

  void take_letters() {
    std::vector<std::string> before;
    for (const Entry& entry : told_.timeline.entries) {
      if (!is_letter(entry)) continue;
      dossier::LetterFile letter{.version = entry.event.version};
      const Piece* mail = entry.words->words.mail ? piece_of(told_, entry.words->words.mail) : nullptr;
      if (mail != nullptr && !mail->withheld && !mail->erased) {
        letter.eml = mail->body;
        letter.raw = true;
        const intake::mail::Message read = intake::mail::read_message(letter.eml, {.bodies = false});
        if (read.date) letter.date_said = read.date->at;
      } else {
        letter.eml = composed(entry, before);
      }
      told_.letters.push_back(std::move(letter));
    }
  }

  /// Addresses under .invalid (RFC 2606): nobody's own address is given away, and no mail can be sent to them.
  intake::mail::Address address_of(const Entry& entry, bool sender) const {
    const bool from_seller = entry.event.party == Party::seller;
    if (sender)
      return {.name = person(entry.event.actor),
              .address = fmt::format("person-{}@guichet.invalid", entry.event.actor.value)};
    return from_seller ? intake::mail::Address{.name = told_.house, .address = "desk@guichet.invalid"}
                       : intake::mail::Address{.name = told_.seller,
                                               .address = fmt::format("account-{}@guichet.invalid", told_.account)};
  }

  std::string composed(const Entry& entry, std::vector<std::string>& before) const {
    const dossier::Words& words = entry.words->words;
    std::string text;
    const auto part = [&text](const std::string& more) {
      if (more.empty()) return;
      if (!text.empty()) text += "\n\n";
      text += more;
    };
    const auto labelled = [&](std::string_view key, const std::string& value) {
      if (!value.empty()) part(phrases_(fmt::format("dossier.said.{}", key)) + " " + value);
    };
    part(words.body);
    labelled("facts", words.facts);
    labelled("ground", words.ground);
    labelled("measure", words.measure);
    for (const std::string& question : words.questions) labelled("question", question);
    std::string files;
    for (const TextId id : words.files)
      if (const Piece* file = piece_of(told_, id))
        files += fmt::format("{}- {} ({})", files.empty() ? "" : "\n", file->name, hex(sha256(file->body)));
    part(files);
    const std::string id = fmt::format("case-{}.event-{}@guichet.invalid", told_.id.value, entry.event.version.value);
    std::string out = intake::mail::compose(
        {.from = address_of(entry, true),
         .to = address_of(entry, false),
         .subject =
             told_.subject.empty() ? phrases_("case.number", {{"n", std::to_string(told_.id.value)}}) : told_.subject,
         .text = text,
         .date = entry.event.at,
         .message_id = id,
         .in_reply_to = before.empty() ? std::string() : before.back(),
         .references = before.empty() ? std::vector<std::string>{} : std::vector{before.back()},
         .list_name = {},
         .list_id = {},
         .automatic = false,
         .stop_address = {}});
    before.push_back(id);
    return out;
  }

  // ---- adverse measures after offers, appeals and claims: over the seller's latest cases ----

  Outcome take_adverse() {
    ledger::CaseQuery query;
    query.account = file_.row.account;
    query.limit = ledger::kListMax;
    GUICHET_TRY(listed, parts_.reader.cases(query));
    const Instant until = told_.until();
    const auto restricted = [](const ledger::ShelfRow& row) { return row.restrictions != 0; };
    if (std::ranges::none_of(listed.rows, restricted)) return Done{};
    GUICHET_TRY(texts, parts_.ledger.reader());
    CasesAsHistories histories(parts_.procedures, *texts);
    measures::Tally tally;
    tally.can_say(measures::kEventsSay);
    for (const ledger::ShelfRow& row : listed.rows) {
      GUICHET_TRY(file, texts->case_file(row.case_id));
      if (!file) continue;
      std::vector<Event> events;
      // Of the other cases too only what had happened on the dossier's own day.
      for (const ledger::KeptEvent& kept : file->events)
        if (kept.event.at <= until) events.push_back(kept.event);
      if (events.empty()) continue;
      told_.adverse_cases.push_back(row.case_id);
      const CaseHistory history = histories.of(row, events);
      for (const Moment& moment : history.moments) {
        if (moment.kind != EventKind::restriction_announced) continue;
        // Another system's measure is an event of no kind, and its moment has one.
        const auto event = std::ranges::find_if(events, [&moment](const Event& one) {
          return one.at == moment.at && (one.kind == moment.kind || one.kind == EventKind::none);
        });
        if (event != events.end())
          told_.adverse_measures.push_back({.case_id = row.case_id, .version = event->version});
      }
      tally.fold(history);
    }
    const measures::Findings findings = tally.findings(histories.names());
    if (const measures::Figure* figure = findings.figure(measures::MeasureId::adverse_after)) told_.adverse = *figure;
    return Done{};
  }

  // ---- the proof ----

  Outcome take_proof(dossier::Bundling& bundling) {
    const auto shown = [this](const ledger::Text& text) {
      const Piece* piece = piece_of(told_, text.id);
      return piece != nullptr && !piece->withheld;
    };
    auto receipt = ledger::receipt_of_case(parts_.reader, file_, {.act = {}, .text = shown});
    // A ledger of an older format that was opened to be read has no heads; the dossier says so.
    if (!receipt && receipt.error().fault != Fault::not_found) return receipt.error();
    if (receipt) {
      bundling.receipt = proof::print_receipt(*receipt);
      told_.proven = true;
      bundling.text_key = [this](TextId id) { return parts_.reader.text_key(id); };
    }
    GUICHET_TRY(key, key_at_hand(parts_.reader, parts_.ledger));
    // Another key would only make a list that nobody believes.
    if (key.kind != KeyAtHand::Kind::ours) return Done{};
    bundling.key = key.found;
    bundling.sign = [this](std::string_view list) -> Result<proof::Signature> {
      GUICHET_TRY(one, parts_.ledger.sign(list));
      return one.signature;
    };
    told_.key = hex(key.found);
    return take_stamp(bundling);
  }

  /// Only one over the very head to which the receipt leads says something about this dossier.
  Outcome take_stamp(dossier::Bundling& bundling) {
    GUICHET_TRY(head, parts_.reader.head(0));
    GUICHET_TRY(stamps, parts_.reader.stamps());
    for (const ledger::KeptStamp& stamp : stamps)
      if (head && stamp.head == head->number) bundling.stamp = stamp.response;
    told_.stamped = !bundling.stamp.empty();
    return Done{};
  }

  const DossierParts& parts_;
  const DossierWish& wish_;
  ledger::CaseFile file_;
  const InForce& procedure_;
  Phrases phrases_;
  std::string zone_;
  dossier::Voice voice_;
  ToldCase told_;
};

}  // namespace

Result<KeyAtHand> key_at_hand(ledger::Reader& reader, ledger::Ledger& ledger) {
  using Kind = KeyAtHand::Kind;
  GUICHET_TRY(head, reader.head(0));
  if (!head) return KeyAtHand{.kind = Kind::no_head};
  GUICHET_TRY(keys, reader.keys());
  if (head->key == 0 || head->key > keys.size())
    return Error{Fault::unreadable, "the newest head of the ledger names no key of it; run \"guichet ledger check\""};
  KeyAtHand key{.kind = Kind::missing, .wanted = keys[head->key - 1].key};
  const auto signature = ledger.sign("guichet manifest: is the key at hand?\n");
  if (!signature && signature.error().fault != Fault::not_found) return signature.error();
  if (!signature) return key;
  key.found = signature->key;
  key.kind = key.found == key.wanted ? Kind::ours : Kind::others;
  return key;
}

Result<std::optional<std::string>> make_dossier(const DossierParts& parts, const DossierWish& wish) {
  GUICHET_TRY(file, parts.reader.case_file(wish.case_id));
  if (!file) return std::optional<std::string>{};
  GUICHET_TRY(made, Telling(parts, wish, *std::move(file)).make());
  return std::optional{std::move(made)};
}

Edition edition_for(const Person& person) { return sees_the_inside(person) ? Edition::whole : Edition::seller; }

}  // namespace guichet::desk
