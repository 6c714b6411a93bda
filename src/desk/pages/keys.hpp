// The single-key shortcuts of the desk's pages: what each does, which key it has, and how a person changes that. None
// closes or decides anything.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include <guichet/desk/visit.hpp>

namespace guichet::desk {

struct Shortcut {
  std::string_view action;  // its name in records and in the script, and the end of its key "keys.<action>"
  std::string_view key;     // unless the person chose another
};
inline constexpr std::array<Shortcut, 11> kShortcuts{{{"help", "?"},
                                                      {"search", "s"},
                                                      {"next", "j"},
                                                      {"previous", "k"},
                                                      {"open", "Enter"},
                                                      {"reply", "r"},
                                                      {"note", "n"},
                                                      {"hand_off", "a"},
                                                      {"questions", "q"},
                                                      {"escalate", "e"},
                                                      {"go", "g"}}};
/// After the key of "go": where to.
struct Destination {
  std::string_view key, address;
  std::string_view phrase;  // key of its name
};
inline constexpr std::array<Destination, 6> kDestinations{{{"c", "/cases", "frame.nav.my_cases"},
                                                           {"q", "/queue", "frame.nav.queue"},
                                                           {"s", "/search", "frame.nav.search"},
                                                           {"m", "/trays/mail", "frame.nav.mail"},
                                                           {"t", "/templates", "frame.nav.templates"},
                                                           {"b", "/supervise", "frame.nav.supervise"}}};

/// The key of each shortcut, in the order of kShortcuts; empty: switched off. Record kind "keys", key the person.
using ChosenKeys = std::array<std::string, kShortcuts.size()>;
ChosenKeys keys_of(ledger::Reader& reader, ActorId person);

/// Where in the list two actions have one key, or a key is no single sign: the index, or the size when all is well.
std::size_t first_wrong(const ChosenKeys& keys);

}  // namespace guichet::desk
