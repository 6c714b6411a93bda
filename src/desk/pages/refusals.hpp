// Pages for what the server refuses before anybody has asked for a page: too large, unreadable, too many. Made once, in
// each language, so that a desk under pressure only gives them out.
#pragma once

#include <functional>
#include <string_view>

#include <guichet/base/result.hpp>
#include <guichet/desk/visit.hpp>

namespace guichet::desk {

/// For ServerOptions::refusal. Programs get a problem with `why` as its detail, people a page in their language.
using Refusing = std::function<Response(const Request& so_far, int status, std::string_view why)>;
Result<Refusing> refusal_pages(Shared& shared);

}  // namespace guichet::desk
