#include <guichet/core/names.hpp>

#include <gtest/gtest.h>

#include <set>

namespace guichet {
namespace {

template <class Enum>
void goes_both_ways() {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < spellings<Enum>().size(); ++i) {
    const auto value = static_cast<Enum>(i);
    EXPECT_EQ(from_name<Enum>(name(value)), value);
    EXPECT_TRUE(seen.insert(name(value)).second) << name(value) << " is spelled twice";
  }
  EXPECT_EQ(name(static_cast<Enum>(255)), "?");
  EXPECT_EQ(from_name<Enum>("?"), std::nullopt);
  EXPECT_EQ(from_name<Enum>(""), std::nullopt);
}

TEST(Names, go_both_ways) {
  goes_both_ways<EventKind>();
  goes_both_ways<CommandKind>();
  goes_both_ways<Refusal>();
  goes_both_ways<Party>();
  goes_both_ways<Turn>();
  goes_both_ways<Phase>();
  goes_both_ways<Clock>();
  goes_both_ways<Ground>();
  goes_both_ways<AssignReason>();
  goes_both_ways<HandOffReason>();
  goes_both_ways<Decided>();
  goes_both_ways<MediationEnd>();
  goes_both_ways<RestrictionKind>();
  goes_both_ways<CostKind>();
  goes_both_ways<Link>();
  goes_both_ways<Effect>();
  goes_both_ways<AssignMode>();
  goes_both_ways<Assignment::StripTo>();
  goes_both_ways<Answers::ReplyClockStarts>();
}

TEST(Names, stand_in_the_order_of_the_values) {
  EXPECT_EQ(name(EventKind::opened), "opened");
  EXPECT_EQ(name(EventKind::went_overdue), "went_overdue");
  EXPECT_EQ(name(EventKind::closed), "closed");
  EXPECT_EQ(name(EventKind::procedure_changed), "procedure_changed");
  EXPECT_EQ(name(CommandKind::send_message), "send_message");
  EXPECT_EQ(name(CommandKind::close_case), "close_case");
  EXPECT_EQ(name(CommandKind::tick), "tick");
  EXPECT_EQ(name(Refusal::no_such_case), "no_such_case");
  EXPECT_EQ(name(Refusal::unread_message), "unread_message");
  EXPECT_EQ(name(Refusal::time_out_of_range), "time_out_of_range");
  EXPECT_EQ(name(Clock::cooling), "cooling");
  EXPECT_EQ(name(Ground::desk_alone), "desk_alone");
  EXPECT_EQ(name(Effect::hand_back), "hand_back");
  EXPECT_EQ(name(RestrictionKind::termination), "termination");
}

}  // namespace
}  // namespace guichet
