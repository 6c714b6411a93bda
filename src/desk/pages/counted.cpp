#include <guichet/desk/pages/counted.hpp>

#include <guichet/base/check.hpp>
#include <guichet/desk/api/problem.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {

WideTable::WideTable(Html& html, const std::string& caption, const std::vector<std::string>& head, unsigned numbers)
    : html_(html) {
  html.open("div", {{"class", "wide"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", caption}});
  html.open("table").element("caption", caption).open("thead").open("tr");
  for (const std::string& word : head) {
    if ((numbers & 1U) != 0)
      html.element("th", word, {{"scope", "col"}, {"class", "number"}});
    else
      html.element("th", word, {{"scope", "col"}});
    numbers >>= 1U;
  }
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

Response counting(const formats::Phrases& phrases, const CountTold& count) {
  if (!count.running && !count.fault.empty()) return ledger_trouble(phrases);
  Response response = problem(503, "counting", phrases(count.there ? "count.old" : "count.first"));
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

std::string with_count(std::string object, const CountTold& count) {
  GUICHET_CHECK(object.starts_with('{'), "what was counted is told as an object");
  formats::JsonWriter json(0);
  json.begin_object().key("at").value(print_instant(count.counted)).key("up_to_entry").value(count.position);
  json.end_object();
  std::string told = json.take();
  while (!told.empty() && told.back() == '\n') told.pop_back();
  return object.insert(1, "\n  \"counted\": " + told + ",");
}

}  // namespace guichet::desk
