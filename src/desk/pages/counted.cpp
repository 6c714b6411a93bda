#include <guichet/desk/pages/counted.hpp>

#include <guichet/desk/api/problem.hpp>

namespace guichet::desk {

WideTable::WideTable(Html& html, const std::string& caption, const std::vector<std::string>& head) : html_(html) {
  html.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", caption}});
  html.open("table").element("caption", caption).open("thead").open("tr");
  for (const std::string& word : head) html.element("th", word, {{"scope", "col"}});
  html.close().close().open("tbody");
}

void WideTable::end() { html_.close().close().close(); }

void as_of(Html& html, const Visit& visit, const CountTold& count, std::string_view address) {
  const formats::Phrases& phrases = visit.phrases;
  const auto whole = [&phrases](std::uint64_t n) { return phrases.number(static_cast<double>(n)); };
  html.open("p", {{"class", "muted"}, {"role", "status"}});
  if (count.there)
    html.text(
        phrases("count.as_of", {{"moment", moment_words(visit, count.counted)}, {"position", whole(count.position)}}));
  else if (count.fault.empty())
    html.text(phrases("count.first"));
  if (count.running && count.all != 0)
    html.text(" ").text(phrases("count.running", {{"done", whole(count.done)}, {"all", whole(count.all)}}));
  if (!count.there) html.text(" ").element("a", phrases("count.look_again"), {{"href", Url(address)}});
  html.close();
  if (!count.fault.empty())
    html.open("p", {{"class", "warning"}}).text(phrases("count.fault", {{"fault", count.fault}})).close();
}

Response counting(const formats::Phrases& phrases) {
  Response response = problem(503, "counting", phrases("count.first"));
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

}  // namespace guichet::desk
