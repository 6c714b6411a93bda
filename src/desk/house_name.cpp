#include <guichet/desk/house_name.hpp>

#include <guichet/desk/visit.hpp>
#include <guichet/formats/json.hpp>

namespace guichet::desk {
namespace {

constexpr std::string_view kKind = "house", kKey = "name";

}  // namespace

std::string HouseName::now() const {
  const std::scoped_lock lock(mutex_);
  return name_;
}

void HouseName::changed(const ledger::Record& record) {
  if (record.kind != kKind || record.key != kKey) return;
  const auto body = formats::parse_json(record.body, "the house's name");
  const formats::JsonValue* name = body ? body->find("name") : nullptr;
  if (name == nullptr) return;
  const std::scoped_lock lock(mutex_);
  name_ = name->text;
}

ledger::RecordChange house_called(std::string_view name) {
  formats::JsonWriter json(0);
  json.begin_object().key("name").value(name).end_object();
  ledger::RecordChange change;
  change.record.kind = kKind;
  change.record.key = kKey;
  change.record.body = json.take();
  return change;
}

std::string house_name(const Shared& shared) {
  if (!shared.house.name.empty()) return shared.house.name;
  std::string said = shared.called != nullptr ? shared.called->now() : std::string{};
  return said.empty() ? "Guichet" : said;
}

}  // namespace guichet::desk
