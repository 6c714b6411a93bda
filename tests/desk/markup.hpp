// What a test can say of a page without a browser: its elements in order, and what is plainly wrong with them.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::desk {

/// Lists of faults as one text, so that a test that fails shows them.
inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text.append(line).append("\n");
  return text;
}

struct Tag {
  std::string name;
  std::map<std::string, std::string> attributes;
  bool closing = false;
  std::string_view operator[](const std::string& name_of_attribute) const {
    const auto found = attributes.find(name_of_attribute);
    return found == attributes.end() ? std::string_view{} : std::string_view{found->second};
  }
};

/// Our own writer puts every attribute into double quotes and escapes ">" in them.
inline std::vector<Tag> tags_of(std::string_view page) {
  std::vector<Tag> tags;
  for (std::size_t at = page.find('<'); at != std::string_view::npos; at = page.find('<', at + 1)) {
    if (page.substr(at).starts_with("<!")) continue;
    std::string_view inside = page.substr(at + 1, page.find('>', at) - at - 1);
    Tag tag;
    tag.closing = inside.starts_with('/');
    if (tag.closing) inside.remove_prefix(1);
    const std::size_t end = std::min(inside.find_first_of(" /"), inside.size());
    tag.name = inside.substr(0, end);
    inside.remove_prefix(end);
    for (std::size_t equal = inside.find("=\""); equal != std::string_view::npos; equal = inside.find("=\"")) {
      const std::size_t begin = inside.rfind(' ', equal) + 1;
      const std::size_t quote = inside.find('"', equal + 2);
      tag.attributes.emplace(inside.substr(begin, equal - begin), inside.substr(equal + 2, quote - equal - 2));
      inside.remove_prefix(quote + 1);
    }
    tags.push_back(std::move(tag));
  }
  return tags;
}

/// Everything that is wrong with a page, one line each.
inline std::vector<std::string> faults_of(std::string_view page) {
  static const std::set<std::string> kVoid{"br", "col", "hr", "img", "input", "link", "meta", "wbr", "path", "rect"};
  std::vector<std::string> faults, open;
  std::multiset<std::string> ids, labelled;
  std::vector<std::pair<std::string, std::string>> pointers, controls;
  std::size_t headings = 0, mains = 0, rank = 0;
  for (const Tag& tag : tags_of(page)) {
    if (tag.closing) {
      if (open.empty() || open.back() != tag.name)
        faults.push_back("</" + tag.name + "> closes " + (open.empty() ? "nothing" : open.back()));
      else
        open.pop_back();
      continue;
    }
    if (!kVoid.contains(tag.name)) open.push_back(tag.name);
    headings += tag.name == "h1" ? 1U : 0U;
    mains += tag.name == "main" ? 1U : 0U;
    if (tag.name.size() == 2 && tag.name[0] == 'h' && tag.name[1] >= '1' && tag.name[1] <= '6') {
      const auto now = static_cast<std::size_t>(tag.name[1] - '0');
      if (now > rank + 1) faults.push_back(tag.name + " after h" + std::to_string(rank));
      rank = now;
    }
    if (!tag["id"].empty()) ids.emplace(tag["id"]);
    if (tag.name == "label") labelled.emplace(tag["for"]);
    for (const char* pointer : {"for", "aria-describedby", "aria-labelledby"}) {
      std::string_view rest = tag[pointer];
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        pointers.emplace_back(pointer, rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    if ((tag.name == "input" && tag["type"] != "hidden" && tag["type"] != "submit") || tag.name == "select" ||
        tag.name == "textarea")
      if (tag["aria-label"].empty()) controls.emplace_back(tag.name, tag["id"]);
    for (const auto& [name, value] : tag.attributes)
      if (name == "style" || name.starts_with("on")) faults.push_back("<" + tag.name + " " + name + "> is not allowed");
    if (tag.name == "style" || (tag.name == "script" && tag["src"].empty())) faults.push_back("inline " + tag.name);
    if (tag.name == "a" && tag["href"] == "#") faults.emplace_back("a link to nowhere");
  }
  if (!open.empty()) faults.push_back("<" + open.back() + "> stays open");
  if (headings != 1) faults.push_back(std::to_string(headings) + " first headings");
  if (mains != 1) faults.push_back(std::to_string(mains) + " main parts");
  for (const std::string& id : ids)
    if (ids.count(id) > 1) faults.push_back("id " + id + " twice");
  for (const auto& [pointer, id] : pointers)
    if (!ids.contains(id)) faults.push_back(pointer + " points at " + id + ", which is not there");
  for (const auto& [name, id] : controls)
    if (!labelled.contains(id)) faults.push_back(name + " " + id + " has no label");
  return faults;
}

/// The words of a page, its tags left out; spaces run together, those that do not break like the others.
inline std::string words_on(std::string_view page) {
  std::string words;
  bool in_tag = false;
  for (const char c : page) {
    if (c == '<') in_tag = true;
    if (!in_tag) words += c == '\n' ? ' ' : c;
    if (c == '>') {
      in_tag = false;
      words += ' ';
    }
  }
  for (const std::string_view space : {"\u00a0", "\u202f"})
    for (std::size_t at = words.find(space); at != std::string::npos; at = words.find(space, at))
      words.replace(at, space.size(), " ");
  std::string joined;
  for (const char c : words)
    if (c != ' ' || (!joined.empty() && joined.back() != ' ')) joined += c;
  return joined;
}

}  // namespace guichet::desk
