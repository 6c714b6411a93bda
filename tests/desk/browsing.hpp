// Somebody with a browser before an open desk: keeps cookies and sends forms with what their pages hid in them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "markup.hpp"
#include "open_desk.hpp"

namespace guichet::desk {

class Browsing {
 public:
  explicit Browsing(OpenDesk& desk) : desk_(desk) {}

  Response get(std::string_view address) {
    Request request = request_to(Method::get, address);
    return keep(desk_.send(request));
  }

  /// Sends a form of the page that was seen last; follows nothing.
  Response post(std::string_view address, const std::vector<std::pair<std::string, std::string>>& values) {
    Request request = request_to(Method::post, address);
    request.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
    request.headers.emplace_back("origin", "http://desk.example");
    std::string body = "once=" + std::to_string(++sent_) + "&csrf=" + url_encoded(csrf_);
    for (const auto& [name, value] : values) body += "&" + url_encoded(name) + "=" + url_encoded(value);
    request.body = body;
    last_ = request;
    return keep(desk_.send(request));
  }
  /// The last form again, as a second press of its button would.
  Response post_again() { return keep(desk_.send(last_)); }

  /// The page that a form's answer leads to.
  Response follow(const Response& response) {
    const std::string* place = header(response, "Location");
    EXPECT_EQ(response.status, 303) << words_on(response.body);
    return place != nullptr ? get(*place) : Response{};
  }
  static const std::string* header(const Response& response, std::string_view name) {
    for (const auto& [known, value] : response.headers) {
      const bool same = std::ranges::equal(known, name, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
      if (same) return &value;
    }
    return nullptr;
  }
  static std::string place(const Response& response) {
    const std::string* location = header(response, "Location");
    return location != nullptr ? *location : std::string{};
  }

  std::map<std::string, std::string>& cookies() { return cookies_; }
  void from(std::string peer) { peer_ = std::move(peer); }

 private:
  Request request_to(Method method, std::string_view address) const {
    Request request;
    request.method = method;
    std::string_view path = address.substr(0, address.find('?'));
    request.path = url_decoded(path);
    if (path.size() < address.size()) {
      std::string_view rest = address.substr(path.size() + 1);
      while (!rest.empty()) {
        const std::string_view one = rest.substr(0, rest.find('&'));
        const std::size_t equals = std::min(one.find('='), one.size());
        request.query.emplace_back(url_decoded(one.substr(0, equals)),
                                   url_decoded(one.substr(std::min(equals + 1, one.size()))));
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
      }
    }
    request.peer = peer_;
    request.headers.emplace_back("host", "desk.example");
    for (const auto& [name, value] : cookies_) request.cookies.emplace_back(name, value);
    return request;
  }

  Response keep(Response response) {
    for (const auto& [name, value] : response.headers) {
      if (name != "Set-Cookie") continue;
      const std::size_t equals = value.find('=');
      const std::string cookie = value.substr(0, equals);
      if (value.find("Max-Age=0") != std::string::npos)
        cookies_.erase(cookie);
      else
        cookies_[cookie] = value.substr(equals + 1, value.find(';') - equals - 1);
    }
    if (response.status != 303) {
      csrf_.clear();
      for (const Tag& tag : tags_of(response.body))
        if (tag.name == "input" && tag["name"] == "csrf") csrf_ = tag["value"];
    }
    return response;
  }

  OpenDesk& desk_;
  std::map<std::string, std::string> cookies_;
  std::string csrf_, peer_ = "192.0.2.9";
  Request last_;
  int sent_ = 0;
};

}  // namespace guichet::desk
