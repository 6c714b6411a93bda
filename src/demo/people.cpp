#include <guichet/demo/people.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include <guichet/base/random.hpp>

namespace guichet::demo {
namespace {

using namespace std::string_view_literals;
using desk::Role;
using formats::Language;

constexpr std::array kGivenFrench{"Adèle"sv,    "Amandine"sv, "Bastien"sv,  "Bérénice"sv, "Cédric"sv, "Clémence"sv,
                                  "Corentin"sv, "Delphine"sv, "Élodie"sv,   "Étienne"sv,  "Fabien"sv, "Gaëlle"sv,
                                  "Hugo"sv,     "Inès"sv,     "Jérôme"sv,   "Karine"sv,   "Loïc"sv,   "Maëlle"sv,
                                  "Nadia"sv,    "Océane"sv,   "Perrine"sv,  "Quentin"sv,  "Rachid"sv, "Sabine"sv,
                                  "Thibault"sv, "Ursule"sv,   "Violaine"sv, "Yann"sv,     "Zoé"sv};
constexpr std::array kFamilyFrench{
    "Aubépin"sv,   "Bellecombe"sv, "Chardonnet"sv, "Desrosiers"sv, "Escoffier"sv,  "Fauvel"sv,    "Grandclément"sv,
    "Hérisson"sv,  "Joubert"sv,    "Kerbrat"sv,    "Lavigne"sv,    "Montreux"sv,   "Nivernais"sv, "Ourliac"sv,
    "Pélissier"sv, "Quérou"sv,     "Roncin"sv,     "Sauvageot"sv,  "Tournebize"sv, "Vauquelin"sv, "Yvrande"sv};
constexpr std::array kGivenEnglish{"Alice"sv,  "Brendan"sv, "Cathal"sv, "Deirdre"sv, "Edmund"sv, "Fiona"sv,
                                   "Graham"sv, "Harriet"sv, "Ivor"sv,   "Juliet"sv,  "Kieran"sv, "Lorna"sv,
                                   "Marcus"sv, "Nuala"sv,   "Owen"sv,   "Priya"sv,   "Rowan"sv,  "Sheila"sv,
                                   "Tamsin"sv, "Una"sv,     "Victor"sv, "Winifred"sv};
constexpr std::array kFamilyEnglish{"Ashdown"sv,  "Barrowby"sv,   "Carrick"sv,    "Dunmore"sv,   "Ellerby"sv,
                                    "Farthing"sv, "Greaves"sv,    "Hollins"sv,    "Inchbald"sv,  "Kettering"sv,
                                    "Larkspur"sv, "Meadows"sv,    "Nethercott"sv, "Oakes"sv,     "Penhale"sv,
                                    "Quinlan"sv,  "Ravensdale"sv, "Standish"sv,   "Thornbury"sv, "Wetherall"sv};
constexpr std::array kHousesFrench{"Atelier"sv, "Maison"sv, "Comptoir"sv, "Fabrique"sv, "Manufacture"sv, "Grange"sv};
constexpr std::array kHousesEnglish{"Goods"sv, "Workshop"sv, "Supply"sv, "& Daughters"sv, "Trading"sv, "Stores"sv};
constexpr std::array kPlaces{
    "Brumelune"sv,    "Sorbelle"sv,    "Tavignon"sv,    "Orvance"sv,    "Quillemont"sv, "Mirandol"sv,  "Galvaise"sv,
    "Perlouette"sv,   "Cassegrole"sv,  "Valombreuse"sv, "Rochetaine"sv, "Luzerne"sv,    "Fontagris"sv, "Bellorme"sv,
    "Cormiane"sv,     "Sauverin"sv,    "Tourmelle"sv,   "Argencine"sv,  "Plumechat"sv,  "Noisemare"sv, "Vertelune"sv,
    "Ombrechêne"sv,   "Grivelle"sv,    "Fernhollow"sv,  "Wickmere"sv,   "Dunnagh"sv,    "Larkenby"sv,  "Thistlewane"sv,
    "Osterley Fen"sv, "Brackenwell"sv, "Mossgarth"sv,   "Hollowell"sv};

/// Persons one after the other, no name twice.
class Naming {
 public:
  explicit Naming(std::uint64_t seed) : random_(seed, 1) {}

  std::string person(Language language) {
    for (;;) {
      std::string name = language == Language::fr ? fmt::format("{} {}", any(kGivenFrench), any(kFamilyFrench))
                                                  : fmt::format("{} {}", any(kGivenEnglish), any(kFamilyEnglish));
      if (taken_.insert(name).second) return name;
    }
  }
  std::string account(Language language) {
    for (;;) {
      std::string name = language == Language::fr ? fmt::format("{} {}", any(kHousesFrench), any(kPlaces))
                                                  : fmt::format("{} {}", any(kPlaces), any(kHousesEnglish));
      if (taken_.insert(name).second) return name;
    }
  }
  bool happens(std::uint32_t percent) { return random_.below(100) < percent; }

 private:
  std::string_view any(std::span<const std::string_view> names) {
    return names[random_.below(static_cast<std::uint32_t>(names.size()))];
  }
  Random random_;
  std::set<std::string, std::less<>> taken_;
};

/// Small letters of the Latin alphabet for an address: "élodie-kerbrat" becomes "elodie-kerbrat".
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      out += c;
    } else if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (static_cast<unsigned char>(c) == 0xC3 && i + 1 < text.size()) {
      // Latin-1 letters of two bytes, either case: what French names have.
      const unsigned char second = static_cast<unsigned char>(text[++i]) | 0x20U;
      out += second <= 0xA5   ? 'a'
             : second == 0xA7 ? 'c'
             : second <= 0xAB ? 'e'
             : second <= 0xAF ? 'i'
             : second <= 0xB6 ? 'o'
                              : 'u';
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

class Gathering {
 public:
  Gathering(const rehearsal::Scenario& scenario, const std::string& password, std::uint64_t seed)
      : scenario_(scenario), password_(password), naming_(seed) {}

  Crowd crowd;

  desk::Person& add(Role role, std::string name, std::string email, Language language) {
    desk::Person person;
    person.id = ActorId{static_cast<std::uint32_t>(crowd.persons.size()) + 1};
    person.name = std::move(name);
    person.email = std::move(email);
    person.role = role;
    person.language = language;
    person.languages = role == Role::seller ? std::vector<std::string>{std::string{formats::code(language)}}
                                            : std::vector<std::string>{"fr", "en"};
    if (!person.email.empty()) person.password = password_;
    return crowd.persons.emplace_back(std::move(person));
  }

  void personas(const rulebook::ProcedureFile& procedure) {
    Personas& all = crowd.personas;
    all.administrator = add(Role::administrator, "Ada Lindqvist", "admin@demo.example", Language::en).id;
    all.supervisor = add(Role::supervisor, "Solène Marchetti", "supervisor@demo.example", Language::fr).id;
    all.auditor = add(Role::auditor, "Alban Weiss", "auditor@demo.example", Language::fr).id;
    desk::Person& agent = add(Role::agent, "Camille Varenne", "agent@demo.example", Language::fr);
    agent.teams = {"desk"};
    all.agent = agent.id;
    desk::Person& decider = add(Role::decider, "Denise Okafor", "decider@demo.example", Language::en);
    decider.teams = {"heads"};
    all.decider = decider.id;
    // A mediator is found by the name under which the procedure knows him.
    const auto named = [&](std::size_t i, const char* otherwise) {
      return i < procedure.mediators.size() ? procedure.mediators[i].name : std::string{otherwise};
    };
    all.mediator = add(Role::mediator, named(0, "Mediator"), "mediator@demo.example", Language::fr).id;
    crowd.other_mediator = add(Role::mediator, named(1, "Other mediator"), "mediator-2@desk.example", Language::en).id;
  }

  void desk(const std::vector<std::uint32_t>& team_of) {
    std::vector<std::vector<std::size_t>> teams(scenario_.teams.size());
    for (const std::uint32_t team : team_of) {
      const Language language = naming_.happens(65) ? Language::fr : Language::en;
      std::string name = naming_.person(language);
      const std::string& id = scenario_.teams[team].id;
      const bool decides = id == "heads" || id == "disputes";
      std::string email = plain(name) + "@desk.example";
      desk::Person& person = add(decides ? Role::decider : Role::agent, std::move(name), std::move(email), language);
      person.teams = {id};
      crowd.staff.push_back(person.id);
      teams[team].push_back(crowd.persons.size() - 1);
    }
    // Each stands in for the next of his team.
    for (const auto& team : teams)
      for (std::size_t i = 0; i < team.size() && team.size() > 1; ++i)
        crowd.persons[team[i]].substitute = crowd.persons[team[(i + 1) % team.size()]].id;
    for (const std::size_t first : {crowd.personas.agent.value - 1U, crowd.personas.decider.value - 1U})
      for (std::size_t team = 0; team < teams.size(); ++team)
        if (!teams[team].empty() && crowd.persons[first].teams.front() == scenario_.teams[team].id)
          crowd.persons[first].substitute = crowd.persons[teams[team].front()].id;
  }

  void market(std::uint32_t sellers) {
    crowd.members.resize(1);
    for (std::uint32_t i = 0; i <= sellers; ++i) {
      const bool persona = i == 0;
      const Language language = persona || naming_.happens(62) ? Language::fr : Language::en;
      desk::Account account;
      account.id = ledger::AccountId{i + 1};
      account.name = persona ? "Atelier Brumelune" : naming_.account(language);
      account.reference = fmt::format("V-{:05}", 10'402 + i * 37);
      const std::string house = plain(account.name) + ".example";
      std::vector<ActorId>& members = crowd.members.emplace_back();
      const unsigned count = persona || naming_.happens(25) ? 2 : 1;
      for (unsigned k = 0; k < count; ++k) {
        std::string name = persona && k == 0 ? std::string{"Basile Marronnier"} : naming_.person(language);
        std::string email = persona && k == 0 ? std::string{"seller@demo.example"} : plain(name) + "@" + house;
        desk::Person& person = add(Role::seller, std::move(name), std::move(email), language);
        person.account = account.id;
        members.push_back(person.id);
      }
      if (persona) {
        crowd.personas.seller = members.front();
        crowd.persona_account = account.id;
        // What one visitor opens, another finds on his own desk.
        account.first_asked = {crowd.personas.agent, crowd.personas.decider};
      }
      crowd.accounts.push_back(std::move(account));
    }
  }

 private:
  const rehearsal::Scenario& scenario_;
  const std::string& password_;
  Naming naming_;
};

}  // namespace

Crowd crowd_of(const rehearsal::Scenario& scenario, const std::vector<std::uint32_t>& team_of,
               const rulebook::ProcedureFile& procedure, const std::string& password, std::uint64_t seed) {
  Gathering gathering(scenario, password, seed);
  gathering.personas(procedure);
  gathering.desk(team_of);
  gathering.market(scenario.arrivals.sellers);
  return std::move(gathering.crowd);
}

ledger::AccountId account_of_part(std::uint32_t seller, bool of_the_persona) {
  return ledger::AccountId{of_the_persona ? 1U : seller + 1U};
}

std::string given_name(const std::string& name) { return name.substr(0, name.find(' ')); }

}  // namespace guichet::demo
