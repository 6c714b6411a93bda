// Lists that people saved under a name, each for himself or for a team. Knows what a list's address looks like, not
// what is in the list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <guichet/desk/visit.hpp>

namespace guichet::desk {

/// Records: kind "view", owner the person; or kind "team_view", owner nobody. The key is made from who saved it (or
/// for which team) and the name, so that the same name saved again takes the place of the first.
struct SavedView {
  std::string key, name, address;
  std::string team;  // for all of this team; empty: for the one who saved it
  ActorId by;
};

/// What this person finds: his own by name, then those of his teams.
std::vector<SavedView> views_of(const Visit& visit);
/// His own, and of a team those he saved himself; supervisors tidy up for all.
bool may_forget(const Visit& visit, const SavedView& view);

}  // namespace guichet::desk
