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
/// All that come before, but absent, which no case on the shelf is.
constexpr std::uint8_t kLiving = kClosedBit - 2;

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
  const bool by_promise = query.order == Order::promise;
  if (by_promise && query.team && query.turn && query.owner == ActorId{} && !query.account)
    return {"shelf_waiting",
            "closed = 0 AND owner = 0 AND team = ? AND turn = ?",
            {std::string_view{*query.team}, static_cast<std::int64_t>(*query.turn)}};
  if (query.account) return {"shelf_living_account", "closed = 0 AND account = ?", {number_of(*query.account)}};
  if (query.owner) return {"shelf_living_owner", "closed = 0 AND owner = ?", {number_of(*query.owner)}};
  if (by_promise && query.team)
    return {"shelf_living_team", "closed = 0 AND team = ?", {std::string_view{*query.team}}};
  return {"shelf_living_" + std::string{ending(query.order)}, "closed = 0", {}};
}

Stream closed_ones(const CaseQuery& query) {
  // A closed case has no promise: without one the number orders.
  const Order order = query.order == Order::promise ? Order::number : query.order;
  Stream stream{"shelf_closed_", "closed = 1", {}, query.order == Order::promise};
  if (query.account) {
    stream.index += "account_";
    stream.where += " AND account = ?";
    stream.bound.emplace_back(number_of(*query.account));
  } else if (query.owner) {
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

/// From so many cases on they are no longer looked up one by one: then a walk in the list's order finds a page of them.
constexpr std::int64_t kRareMost = 1000;

std::string among(const char* column, const std::vector<unsigned>& values) {
  std::string all = std::string{column} + " IN (";
  for (std::size_t i = 0; i < values.size(); ++i) all += (i == 0 ? "" : ", ") + std::to_string(values[i]);
  return all + ")";
}

/// A team's cases by what they seldom are. The values of a column that is not asked for stand there all, so that the
/// next one is found by the index too.
std::optional<Stream> of_kinds(const CaseQuery& query) {
  const std::uint8_t living = query.phases & kLiving;
  const bool some_phases = living != 0 && living != kLiving;
  if (!query.team || (!query.matter && !query.ran_out && !some_phases)) return std::nullopt;
  Stream stream{"shelf_kinds", "team = ?", {std::string_view{*query.team}}};
  std::vector<unsigned> matters, phases;
  for (unsigned matter = 0; matter < kMattersMax; ++matter)
    if (!query.matter || *query.matter == matter) matters.push_back(matter);
  for (unsigned bit = 2; bit <= kClosedBit; bit *= 2)
    if ((query.phases & bit) != 0) phases.push_back(bit);
  stream.where += " AND " + among("matter", matters);
  if (some_phases || query.ran_out) stream.where += " AND " + among("phase", phases);
  if (query.ran_out) stream.where += " AND ran_out = 1";
  return stream;
}

/// Indexes of what hardly any case is, as far as the query asks for it.
std::vector<Stream> rare_ones(const CaseQuery& query) {
  if (query.account || (query.owner && *query.owner != ActorId{})) return {};
  std::vector<Stream> all;
  if (query.adverse_after) all.push_back({"shelf_adverse", "adverse = 1", {}});
  if (query.agents_min >= 3) all.push_back({"shelf_many_agents", "agent_count >= 3", {}});
  if (query.closed_without_decision) all.push_back({"shelf_undecided", "undecided = 1", {}});
  static_assert(static_cast<unsigned>(Turn::third) == 3);
  if (query.team && query.turn == Turn::third)
    all.push_back({"shelf_third", "turn = 3 AND team = ?", {std::string_view{*query.team}}});
  if (auto kinds = of_kinds(query)) all.push_back(std::move(*kinds));
  return all;
}

std::vector<Stream> streams_of(const CaseQuery& query) {
  if (query.asked) return {{"shelf_asked", "asked > 0 AND asked = ?", {number_of(*query.asked)}}};
  if (query.mediator) return {{"shelf_mediator", "mediator > 0 AND mediator = ?", {number_of(*query.mediator)}}};
  if (query.hand_off_pending && !query.account) return {{"shelf_asked", "asked > 0", {}}};
  if (!query.account && !query.owner && !query.team) {
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

/// Imported history lives under no procedure, and so has none of its matters: of the state that a row begins with, the
/// bytes after 7 due instants, 5 numbers of four bytes and a day (docs/ledger-format.md) say which procedure it is.
constexpr const char* kUnderAProcedure = " AND substr(facts, 51, 2) <> x'0000'";

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
  if (query.matter) {
    add("matter = ?", std::int64_t{*query.matter});
    stream.where += kUnderAProcedure;
  }
  // A stream is of living cases or of closed ones: asked for all of either, it has nothing to look up.
  const std::uint8_t of_stream = stream.where.starts_with("closed = 0") ? kLiving : 0xFF;
  if ((query.phases & of_stream) != of_stream) add("(phase & ?) != 0", std::int64_t{query.phases});
  if (query.turn) add("turn = ?", static_cast<std::int64_t>(*query.turn));
  if (query.agents_min != 0) add("agent_count >= ?", std::int64_t{query.agents_min});
  if (query.desk_due_before) add("desk_due < ?", query.desk_due_before->time_since_epoch().count());
  if (query.hand_off_pending) stream.where += " AND asked > 0";
  if (query.unread) stream.where += " AND unread = 1";
  if (query.adverse_after) stream.where += " AND adverse = 1";
  if (query.closed_without_decision) stream.where += " AND undecided = 1";
  static_assert(kOverdue == 0x80);
  if (query.ran_out) stream.where += " AND ran_out = 1";
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

std::string counting(const Stream& stream) {
  return "SELECT count(*) FROM (SELECT 1 FROM shelf INDEXED BY " + stream.index + " WHERE " + stream.where +
         " LIMIT ?)";
}

/// The way to a list that looks at the fewest rows. What a query asks for beside a team may be met by hardly any case:
/// then an index of those alone is sorted, where a walk in order would look at all others too.
Result<std::vector<Stream>> best_streams(Connection& connection, StatementShelf& made, const CaseQuery& query) {
  for (Stream& rare : rare_ones(query)) {
    Rows rows(connection, made.of(counting(rare)));
    bind_all(rows, rare);
    rows.bind(kRareMost + 1);
    GUICHET_TRY(found, rows.next());
    if (found && rows.integer(0) <= kRareMost) return std::vector<Stream>{std::move(rare)};
  }
  return streams_of(query);
}

std::string selection(const Stream& piece, Order order, bool falling) {
  const std::string direction = falling ? " DESC" : "";
  const std::string by = piece.by_number ? "case_id" : column(order);
  std::string sql = std::string{"SELECT "} + kRowColumns + " FROM shelf INDEXED BY " + piece.index + " WHERE " +
                    piece.where + " ORDER BY " + by + direction;
  if (by != "case_id") sql += ", case_id" + direction;
  return sql + " LIMIT ?";
}

/// A stream as it is read: one piece after the other, its next row ready to be compared with another stream's.
class Reading {
 public:
  Reading(Connection& connection, StatementShelf& made, std::vector<Stream> pieces, const CaseQuery& query)
      : connection_(connection), made_(made), pieces_(std::move(pieces)), query_(query) {}

  const std::optional<ShelfRow>& row() const { return row_; }

  Outcome next() {
    row_.reset();
    while (true) {
      if (!rows_) {
        if (place_ == pieces_.size()) return Done{};
        const Stream& piece = pieces_[place_];
        rows_.emplace(connection_, made_.of(selection(piece, query_.order, falls(query_))));
        bind_all(*rows_, piece);
        rows_->bind(static_cast<std::int64_t>(list_limit(query_.limit) + 1));
      }
      GUICHET_TRY(found, rows_->next());
      if (found) {
        row_ = row_from(*rows_);
        return Done{};
      }
      rows_.reset();
      ++place_;
    }
  }

 private:
  Connection& connection_;
  StatementShelf& made_;
  std::vector<Stream> pieces_;
  const CaseQuery& query_;
  std::size_t place_ = 0;
  std::optional<Rows> rows_;
  std::optional<ShelfRow> row_;
};

}  // namespace

Result<Listed<ShelfRow>> SqliteReader::cases(const CaseQuery& query) {
  GUICHET_TRY(key, key_after(query.after));
  const std::size_t limit = list_limit(query.limit);
  const bool falling = falls(query);
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  made_.make_room();
  std::vector<std::unique_ptr<Reading>> readings;
  GUICHET_TRY(streams, best_streams(*connection_, made_, query));
  for (Stream& stream : streams) {
    add_filters(query, stream);
    readings.push_back(std::make_unique<Reading>(*connection_, made_, after(stream, query.order, falling, key), query));
    GUICHET_TRY(first, readings.back()->next());
  }
  Listed<ShelfRow> listed;
  while (true) {
    Reading* first = nullptr;
    for (const auto& reading : readings) {
      if (!reading->row()) continue;
      if (first == nullptr) {
        first = reading.get();
        continue;
      }
      const ListKey its = key_of(query.order, *reading->row());
      const ListKey best = key_of(query.order, *first->row());
      if (falling ? best < its : its < best) first = reading.get();
    }
    if (first == nullptr) return listed;
    if (listed.rows.size() == limit) {
      listed.next = cursor_at(key_of(query.order, listed.rows.back()));
      return listed;
    }
    listed.rows.push_back(*first->row());
    GUICHET_TRY(next, first->next());
  }
}

Result<std::uint64_t> SqliteReader::count(const CaseQuery& query, std::uint64_t most) {
  GUICHET_TRY(moment, Transaction::begin(*connection_, Transaction::Kind::reading));
  made_.make_room();
  std::uint64_t counted = 0;
  GUICHET_TRY(streams, best_streams(*connection_, made_, query));
  for (Stream& stream : streams) {
    add_filters(query, stream);
    Rows rows(*connection_, made_.of(counting(stream)));
    bind_all(rows, stream);
    rows.bind(static_cast<std::int64_t>(most - counted));
    GUICHET_TRY(found, rows.next());
    if (found) counted += rows.whole(0);
  }
  return counted;
}

}  // namespace guichet::ledger
