// Lists of cases: which index gives which order, so that a page of a list costs what it shows.
#include <algorithm>
#include <utility>
#include <variant>

#include <guichet/ledger/sqlite_reader.hpp>
#include <guichet/ledger/sqlite_tables.hpp>

namespace guichet::ledger {
namespace {

using Order = CaseQuery::Order;
using Bound = std::variant<std::int64_t, std::string_view>;

/// Cases from one index. Living and closed cases have indexes of their own, so a list may have two streams.
struct Stream {
  std::string index, where;
  std::vector<Bound> bound;
  bool by_number = false;  // all of one key: only the number orders them
};

constexpr std::uint8_t kClosedBit = 1U << static_cast<unsigned>(Phase::closed);

std::string_view ending(Order order) {
  switch (order) {
    case Order::promise: return "due";
    case Order::changed: return "changed";
    case Order::opened: return "opened";
    case Order::number: break;
  }
  return "number";
}

template <class IdType>
std::int64_t number_of(IdType id) {
  return std::int64_t{id.value};
}

Stream living(const CaseQuery& query) {
  if (query.owner) return {"shelf_living_owner", "closed = 0 AND owner = ?", {number_of(*query.owner)}};
  return {"shelf_living_" + std::string{ending(query.order)}, "closed = 0", {}};
}

Stream closed_ones(const CaseQuery& query) {
  // A closed case has no promise: without one the number orders.
  const Order order = query.order == Order::promise ? Order::number : query.order;
  Stream stream{"shelf_closed_", "closed = 1", {}, query.order == Order::promise};
  if (query.owner) {
    stream.index += "owner_";
    stream.where += " AND owner = ?";
    stream.bound.emplace_back(number_of(*query.owner));
  } else if (query.team) {
    stream.index += "team_";
    stream.where += " AND team = ?";
    stream.bound.emplace_back(std::string_view{*query.team});
  }
  stream.index += ending(order);
  return stream;
}

std::vector<Stream> streams_of(const CaseQuery& query) {
  if (query.asked) return {{"shelf_asked", "asked > 0 AND asked = ?", {number_of(*query.asked)}}};
  if (query.mediator) return {{"shelf_mediator", "mediator > 0 AND mediator = ?", {number_of(*query.mediator)}}};
  if (query.account) return {{"shelf_account", "account = ?", {number_of(*query.account)}}};
  if (query.hand_off_pending) return {{"shelf_asked", "asked > 0", {}}};
  if (!query.owner && !query.team) {
    if (query.adverse_after) return {{"shelf_adverse", "adverse = 1", {}}};
    if (query.agents_min >= 3) return {{"shelf_many_agents", "agent_count >= 3", {}}};
    if (query.closed_without_decision && query.order == Order::changed)
      return {{"shelf_undecided", "undecided = 1", {}}};
  }
  std::vector<Stream> streams;
  if ((query.phases & ~kClosedBit) != 0 && !query.closed_without_decision) streams.push_back(living(query));
  if ((query.phases & kClosedBit) != 0 && !query.desk_due_before) streams.push_back(closed_ones(query));
  return streams;
}

/// Everything that the query asks of a row; what the index has seen to already costs next to nothing.
void add_filters(const CaseQuery& query, Stream& stream) {
  const auto add = [&](const char* condition, Bound value) {
    stream.where += std::string{" AND "} + condition;
    stream.bound.push_back(value);
  };
  if (query.account) add("account = ?", number_of(*query.account));
  if (query.owner) add("owner = ?", number_of(*query.owner));
  if (query.mediator) add("mediator > 0 AND mediator = ?", number_of(*query.mediator));
  if (query.team) add("team = ?", std::string_view{*query.team});
  if (query.matter) add("matter = ?", std::int64_t{*query.matter});
  if (query.phases != 0xFF) add("(phase & ?) != 0", std::int64_t{query.phases});
  if (query.turn) add("turn = ?", static_cast<std::int64_t>(*query.turn));
  if (query.agents_min != 0) add("agent_count >= ?", std::int64_t{query.agents_min});
  if (query.desk_due_before) add("desk_due < ?", query.desk_due_before->time_since_epoch().count());
  if (query.hand_off_pending) stream.where += " AND asked > 0";
  if (query.unread) stream.where += " AND unread = 1";
  if (query.adverse_after) stream.where += " AND adverse = 1";
  if (query.closed_without_decision) stream.where += " AND undecided = 1";
  // The flags are the 61st byte of a packed state, and this one is their highest bit.
  static_assert(kOverdue == 0x80);
  if (query.ran_out) stream.where += " AND substr(state, 61, 1) >= x'80'";
}

std::string column(Order order) {
  switch (order) {
    case Order::promise: return "desk_due";
    case Order::changed: return "changed";
    case Order::opened: return "opened";
    case Order::number: break;
  }
  return "case_id";
}

/// The conditions that take up a list after `key`, one after the other: first those of the same key, then the others.
std::vector<Stream> after(const Stream& stream, Order order, bool falling, const std::optional<ListKey>& key) {
  if (!key) return {stream};
  const std::string beyond = falling ? " < ?" : " > ?";
  Stream ties = stream;
  Stream others = stream;
  if (order == Order::number) {
    ties.where += " AND case_id" + beyond;
    ties.bound.emplace_back(number_of(key->case_id));
    return {ties};
  }
  if (stream.by_number) {
    // Their common key is "never", the greatest: either they are all behind us, or all before us, or we are among them.
    const bool among = key->at == kNever.time_since_epoch().count();
    if (!among) return falling ? std::vector<Stream>{} : std::vector<Stream>{stream};
    ties.where += " AND case_id" + beyond;
    ties.bound.emplace_back(number_of(key->case_id));
    return {ties};
  }
  ties.where += " AND " + column(order) + " = ? AND case_id" + beyond;
  ties.bound.emplace_back(key->at);
  ties.bound.emplace_back(number_of(key->case_id));
  others.where += " AND " + column(order) + beyond;
  others.bound.emplace_back(key->at);
  return {ties, others};
}

void bind_all(Rows& rows, const Stream& stream) {
  for (const Bound& value : stream.bound)
    if (const auto* number = std::get_if<std::int64_t>(&value))
      rows.bind(*number);
    else
      rows.bind(std::get<std::string_view>(value));
}

}  // namespace

Result<Listed<ShelfRow>> SqliteReader::cases(const CaseQuery& query) {
  GUICHET_TRY(key, key_after(query.after));
  const std::size_t limit = list_limit(query.limit);
  const bool falling = falls(query);
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  std::vector<ShelfRow> rows;
  for (Stream& stream : streams_of(query)) {
    add_filters(query, stream);
    const std::size_t before = rows.size();
    for (const Stream& piece : after(stream, query.order, falling, key)) {
      const std::size_t wanted = limit + 1 - (rows.size() - before);
      if (wanted == 0) break;
      const std::string direction = falling ? " DESC" : "";
      const std::string by = stream.by_number ? "case_id" : column(query.order);
      std::string sql = std::string{"SELECT "} + kRowColumns + " FROM shelf INDEXED BY " + piece.index + " WHERE " +
                        piece.where + " ORDER BY " + by + direction;
      if (by != "case_id") sql += ", case_id" + direction;
      Rows found(*connection_, made_.of(sql + " LIMIT ?"));
      bind_all(found, piece);
      found.bind(static_cast<std::int64_t>(wanted));
      while (true) {
        GUICHET_TRY(more, found.next());
        if (!more) break;
        rows.push_back(row_from(found));
      }
    }
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(before);
    std::inplace_merge(rows.begin(), middle, rows.end(), [&](const ShelfRow& a, const ShelfRow& b) {
      const ListKey left = key_of(query.order, a);
      const ListKey right = key_of(query.order, b);
      return falling ? right < left : left < right;
    });
  }
  Listed<ShelfRow> listed;
  if (rows.size() > limit) {
    rows.resize(limit);
    listed.next = cursor_at(key_of(query.order, rows.back()));
  }
  listed.rows = std::move(rows);
  return listed;
}

Result<std::uint64_t> SqliteReader::count(const CaseQuery& query, std::uint64_t most) {
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  std::uint64_t counted = 0;
  for (Stream& stream : streams_of(query)) {
    add_filters(query, stream);
    Rows rows(*connection_, made_.of("SELECT count(*) FROM (SELECT 1 FROM shelf INDEXED BY " + stream.index +
                                     " WHERE " + stream.where + " LIMIT ?)"));
    bind_all(rows, stream);
    rows.bind(static_cast<std::int64_t>(most - counted));
    GUICHET_TRY(found, rows.next());
    if (found) counted += rows.whole(0);
  }
  return counted;
}

}  // namespace guichet::ledger
